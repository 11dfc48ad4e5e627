"""Partners that support institutions and networks: bodies of government, of society, firms, and persons."""
