"""Local cultural values: what is practised where, by whom, and how it lives on."""
