"""People: the only place with names and NIK. What identifies a person is sealed, masked or never leaves here."""
