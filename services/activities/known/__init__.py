"""Activities' own copy of what registry has announced: regions and institutions, and how requests are checked against it."""
