"""Memberships of institutions in networks, with every spell of each."""
