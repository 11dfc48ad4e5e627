"""Attacks over HTTP on the running services: what strangers, callers of elsewhere and broken clients may try."""
