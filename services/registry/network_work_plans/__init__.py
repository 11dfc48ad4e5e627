"""What a network means to do in a year, and from which money."""
