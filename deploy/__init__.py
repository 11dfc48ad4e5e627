"""Running Wahana: the local platform, contracts, benchmark."""
