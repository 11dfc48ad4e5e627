"""Which regions an event concerns that came back from Kafka: the outbox knew, and that was lost with the database.

Narrow where in doubt: whom the feed does not show such an event, it shows the record's later ones.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

HERE = ("village_id", "village_ids", "region_id", "region_ids")
WITHIN = ("seats", "territory")
"""Lists of pieces that each name a village."""
THROUGH = ("institution_id", "institution_ids", "network_id", "network_ids", "lead_institution_id")
"""What has its place where these lie: memberships, officers, places in networks, agreements."""


def of(data: Mapping[str, Any]) -> set[UUID]:
    """The regions that a state names as its own."""
    pieces = [piece for name in WITHIN for piece in data.get(name) or ()]
    return {id for holder in (data, *pieces) for id in _ids(holder, HERE)}


def leads_through(data: Mapping[str, Any]) -> set[UUID]:
    """The institutions and networks where a state has its place, if it names no region itself."""
    return set() if of(data) else set(_ids(data, THROUGH))


def _ids(holder: Mapping[str, Any], names: Iterable[str]) -> Iterable[UUID]:
    for name in names:
        value = holder.get(name)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield UUID(one)
