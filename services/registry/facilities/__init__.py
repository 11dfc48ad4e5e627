"""Facilities of institutions in their three classes, and what checks found about them."""
