"""Communities that are counted as one, such as a komunitas adat terpencil."""
