"""Regions of Indonesia by Kemendagri code: the shipped table, and the spellings of a code that are understood."""
