"""What Wahana is made of, and whether any of it is known to be unsafe: advisories, a bill of materials, secrets in the tree."""
