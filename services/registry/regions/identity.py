"""A region's id, made from its Kemendagri code: every installation and every load agrees on it without a look-up.

A recoded region keeps the id it was first loaded with; only a region that is new gets one from its code.
"""

from typing import Final
from uuid import UUID, uuid5

from services.registry.regions.table import NATION

NAMESPACE: Final = UUID("5a3c8f0e-6a1d-4c7e-9b52-3f6d4c1e7a90")


def region_id(code: str) -> UUID:
    """The id of the region that was first loaded under this stored spelling of a code (`11.01.01.2001`, `ID`)."""
    return uuid5(NAMESPACE, f"kemendagri/{code}")


def parent_code(code: str) -> str | None:
    """The dotted code one level above another; None above the nation."""
    return None if code == NATION else code.rpartition(".")[0] or NATION
