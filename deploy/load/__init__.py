"""Realistic traffic for minutes at a share of what this machine can do: `make load`. Written for Locust."""
