"""Programmes: the work plans of institutions and networks for a year, and what was done of them."""
