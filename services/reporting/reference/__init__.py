"""Reference data that indicators divide by: population, and PPKS on record. Told by those who keep them, not by events."""
