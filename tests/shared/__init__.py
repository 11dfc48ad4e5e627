"""Tests of the shared house."""
