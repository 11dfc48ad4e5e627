"""Indicators: what they mean, their values, and why they are what they are. Reads only; the projection writes."""
