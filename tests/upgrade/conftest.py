"""The same house as for restores: services that stop and start."""

from tests.restore.conftest import clock, opened

__all__ = ["clock", "opened"]
