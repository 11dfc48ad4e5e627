"""The management of networks: who holds which role over which days."""
