"""The own money of networks: a ledger of what was collected and passed on."""
