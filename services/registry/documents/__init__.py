"""Documents of institutions: their pengesahan, rules and books, with the days they are in force."""
