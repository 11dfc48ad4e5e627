"""Contracts with those who call: the TypeScript client, the guide, and requests nobody would write by hand."""
