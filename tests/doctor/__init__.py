"""The doctor: each check is made to fail."""
