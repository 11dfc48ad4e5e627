"""What waits for somebody, and what runs out: read from the records themselves."""
