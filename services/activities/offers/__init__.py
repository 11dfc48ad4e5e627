"""Offers: what groups have for each other."""
