"""The programs that make the region data shipped with the registry. Run by a developer, never by a service."""
