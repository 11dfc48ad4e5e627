"""Changes of verified records: proposed, reviewed and verified by another person while the verified version answers."""
