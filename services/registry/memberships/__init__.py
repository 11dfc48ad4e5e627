"""Memberships: who belongs to an institution, over which days; counts of the named members."""
