"""Parked events over HTTP; what happens to them is in `services.reporting.parked`."""
