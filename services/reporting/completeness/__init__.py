"""Which villages reported their months: what the share of villages that reported (`coverage`) is made of."""
