"""How old the keys over people are, as metrics. A key's age is told by its id, which begins with the month it was made:
`wahana people make-key 2026-03`."""

import re
from datetime import UTC, datetime

from services.registry.people.keys import Keyring
from shared import telemetry

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])(?:-|$)")


def observe(keyring: Keyring) -> None:
    """Sets the gauges of the keys in use: the first day of the month that the id names, 0 where it names none."""
    for use, id in (("sealing", keyring.sealing_id), ("lookup", keyring.lookup_id)):
        telemetry.person_key_made.labels(use).set(made(id))


def made(id: str) -> float:
    """Seconds since 1970 of the first day of the month that a key's id begins with; 0 if it begins with none."""
    month = _MONTH.match(id)
    return datetime(int(month[1]), int(month[2]), 1, tzinfo=UTC).timestamp() if month else 0.0
