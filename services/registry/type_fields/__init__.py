"""Further fields of the institutions of a type, by a JSON Schema that an administrator sets, in versions."""
