"""Positions that a request builds upon: what a caller copies from `Wahana-Position` to have it waited for."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from shared.language import Text
from shared.problems import BadRequest, Fault

MOST = 20
"""Positions a request may name."""
_POSITION = re.compile(r"([a-z]+)/([0-9a-fA-F-]{36})@([1-9][0-9]{0,8})")


class NotAPosition(BadRequest):
    slug = "not-a-position"
    title = Text("Posisi yang ditunggu tidak dapat dibaca", "The position to wait for cannot be read")


@dataclass(frozen=True, slots=True)
class Position:
    """A version of a subject, as `Wahana-Position` told it."""

    service: str
    subject: UUID
    sequence: int

    def __str__(self) -> str:
        return f"{self.service}/{self.subject}@{self.sequence}"


def positions(written: str, services: Collection[str], parameter: str) -> list[Position]:
    """The positions of a comma separated list, of these services only. `parameter` is where it was written.

    Raises NotAPosition naming the first that is none.
    """
    parts = written.split(",")
    if len(parts) > MOST:
        raise _not_a_position(
            Text(f"Ada {len(parts)} posisi.", f"There are {len(parts)} positions."),
            Text(f"Sebutkan paling banyak {MOST}.", f"Name at most {MOST}."),
            parameter,
        )
    return [_position(part.strip(), services, parameter) for part in parts]


def _position(written: str, services: Collection[str], parameter: str) -> Position:
    found = _POSITION.fullmatch(written)
    try:
        if found and found[1] in services:
            return Position(found[1], UUID(found[2]), int(found[3]))
    except ValueError:
        pass  # 36 hexadecimal digits and hyphens that are no UUID
    forms = [f"{service}/<id>@<" for service in services]
    raise _not_a_position(
        Text(f"«{written[:80]}» bukan posisi.", f"«{written[:80]}» is no position."),
        Text(
            f"Tulis persis seperti header Wahana-Position: {' atau '.join(f'{form}nomor>' for form in forms)}.",
            f"Write it exactly as the header Wahana-Position told it: {' or '.join(f'{form}number>' for form in forms)}.",
        ),
        parameter,
    )


def _not_a_position(message: Text, remedy: Text, parameter: str) -> NotAPosition:
    return NotAPosition(errors=[Fault("not-a-position", message, remedy, parameter=parameter)])
