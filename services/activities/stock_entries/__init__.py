"""Granaries: what goes into an institution's stock and out of it, never below zero on any day."""
