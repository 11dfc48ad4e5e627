"""Referrals: somebody is sent on to a partner, and what it answers."""
