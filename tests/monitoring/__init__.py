"""What watches Wahana, tried on real processes."""
