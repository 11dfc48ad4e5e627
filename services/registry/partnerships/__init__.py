"""Agreements of partners with institutions and networks."""
