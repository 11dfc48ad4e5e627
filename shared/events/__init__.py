"""Event contracts: one file per publishing service, frozen by the JSON Schemas beside them."""
