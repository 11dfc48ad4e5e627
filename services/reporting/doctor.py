"""What only reporting has: its tables' schema, and whom it hears."""

from services.reporting import models, settings

SOURCES = settings.SOURCES
"""Services whose events the numbers are made of."""
SCHEMA = models.SCHEMA
