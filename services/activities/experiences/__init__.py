"""Experiences: what groups learned and tell to each other."""
