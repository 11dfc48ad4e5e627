"""Families: people who are counted as one; the head is a role that somebody has or nobody."""
