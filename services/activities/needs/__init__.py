"""Needs: what groups ask of each other."""
