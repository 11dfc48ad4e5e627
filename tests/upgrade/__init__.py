"""What holds while a new version takes the place of the one before, and when it is taken back."""
