"""Tests, mirrored on the source tree."""
