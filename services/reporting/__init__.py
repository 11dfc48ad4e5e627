"""Indicators, current within milliseconds and explainable; built only from the other services' events."""
