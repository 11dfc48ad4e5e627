"""The program that makes the region table shipped with the registry. Run by a developer, never by a service."""
