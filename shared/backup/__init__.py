"""Backup and restore of one service's database, and how a restored one is brought level with what was published since."""
