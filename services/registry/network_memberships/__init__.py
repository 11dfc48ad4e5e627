"""Memberships of institutions in networks, and the people who speak for them there."""
