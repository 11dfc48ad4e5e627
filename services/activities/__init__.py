"""System of record for what institutions plan and do; knows institutions and regions from registry's events."""
