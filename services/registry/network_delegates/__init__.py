"""The people who speak for member institutions in a network."""
