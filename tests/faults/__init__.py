"""Kills, pauses and restarts on the real parts."""
