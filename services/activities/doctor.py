"""What only activities has: it hears registry."""

SOURCES = ("registry",)
"""Services whose events activities keeps copies of."""
