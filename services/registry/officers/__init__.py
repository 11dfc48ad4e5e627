"""Officers: who holds which role of an institution, by which decree, over which days."""
