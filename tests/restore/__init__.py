"""Backups and restores of a running Wahana, through its commands and its public API."""
