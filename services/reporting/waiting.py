"""`at_least=`: reading one's own write. The request waits until the dossiers have the named sequences (`semantics.md` §7.1),
and what lies in a named region that moved has followed it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.types import Integer, Uuid
from sqlalchemy.types import Text as TextType

from services.reporting.rights import IndicatorReader
from shared import walls
from shared.at_least import MOST, Position, positions
from shared.auth import NATION, Principal
from shared.events import activities
from shared.language import Text
from shared.problems import Conflict

WAIT = 2.0
"""Seconds a request waits at most."""
POLL = 0.01
RETRY_AFTER = "1"
SERVICES = ("registry", "activities")
"""Whose positions can be waited for."""


class EventParked(Conflict):
    slug = "event-parked"
    title = Text("Peristiwa ini tidak dapat dibaca dan disisihkan", "The event could not be read and was put aside")


class NotYet(BaseModel):
    """What an answer of 202 says: the numbers do not contain these versions yet. Ask again after `Retry-After`."""

    missing: Annotated[
        list[str],
        Field(
            description="What was waited for and has not arrived.",
            examples=[["registry/0197a3c0-5b1e-7cc0-8a52-1f6d4c1e7a90@3"]],
        ),
    ]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the waiting ended with; `missing` is empty if everything arrived."""

    missing: list[str]

    def answer(self) -> JSONResponse:
        """202 with what is missing."""
        return JSONResponse(NotYet(missing=self.missing).model_dump(), 202, headers={"Retry-After": RETRY_AFTER})


_OF_ACTIVITIES = ", ".join(f"'{state.NOUN}'" for state in activities.STATES)
# Facts about people lie in tables of their own; what of them lies in a village says so.
_HEARD = f"""
        SELECT sequence, village_id FROM dossier
        WHERE subject_id = given.subject AND (noun IN ({_OF_ACTIVITIES})) = (given.service = 'activities')
        UNION ALL SELECT sequence, village_id FROM sheet WHERE id = given.subject AND given.service = 'activities'
        UNION ALL SELECT sequence, village_id FROM benefit WHERE id = given.subject AND given.service = 'activities'
        UNION ALL SELECT sequence, NULL FROM owner
        WHERE unit IN (0, 1, 2) AND id = given.subject AND given.service = 'registry'
        UNION ALL SELECT sequence, NULL FROM membership WHERE id = given.subject AND given.service = 'registry'
        UNION ALL SELECT sequence, NULL FROM network_place WHERE id = given.subject AND given.service = 'registry'
"""  # noqa: S608  # our own names
_READ = text(f"""
    SELECT given.place, coalesce(itself.code, around.code) AS code, parked.sequence AS parked, parked.id AS parked_id,
        parked.reason
    FROM unnest(:services, :subjects, :sequences) WITH ORDINALITY AS given (service, subject, sequence, place)
    LEFT JOIN LATERAL (
        SELECT sequence, village_id FROM ({_HEARD}) AS heard ORDER BY sequence DESC LIMIT 1
    ) AS dossier ON true
    LEFT JOIN region AS itself ON itself.id = given.subject AND given.service = 'registry'
    LEFT JOIN region AS around ON around.id = dossier.village_id
    LEFT JOIN LATERAL (
        SELECT id, sequence, reason FROM parked_event
        WHERE parked_event.subject_id = given.subject AND parked_event.sequence >= given.sequence
            AND strpos(parked_event.topic, '.' || given.service || '.') > 0
        ORDER BY sequence, id LIMIT 1
    ) AS parked ON true
    WHERE coalesce(dossier.sequence, itself.sequence, 0) < given.sequence OR itself.moves
    ORDER BY given.place
""").bindparams(  # noqa: S608  # our own names
    bindparam("services", type_=ARRAY(TextType)), bindparam("subjects", type_=ARRAY(Uuid)),
    bindparam("sequences", type_=ARRAY(Integer)),
)  # fmt: skip


async def _arrival(
    request: Request,
    principal: IndicatorReader,
    at_least: Annotated[
        str | None,
        Query(
            max_length=2000,
            description=f"Positions that the numbers must contain, comma separated, at most {MOST}, as `Wahana-Position` told "
            "them. Waits up to 2 s; then 202.",
            examples=["registry/0197a3c0-5b1e-7cc0-8a52-1f6d4c1e7a90@3"],
        ),
    ] = None,
) -> Arrival:
    if at_least is None:
        return Arrival([])
    return await wait(request.app.state.engine, principal, positions(at_least, SERVICES, "at_least"), WAIT)


AtLeast = Annotated[Arrival, Depends(_arrival)]
"""The outcome of waiting for `at_least=`. It reads on connections of its own: the request's transaction begins later."""

RESPONSES: dict[int | str, dict[str, object]] = {
    202: {"model": NotYet, "description": "`at_least` has not arrived within 2 s; ask again after `Retry-After`."},
    409: {"description": "An event that `at_least` names was parked."},
}
"""What a route with `AtLeast` may answer beside its own."""


async def wait(engine: AsyncEngine, principal: Principal, wanted: Sequence[Position], within: float = WAIT) -> Arrival:
    """Waits until the dossiers have these versions or newer ones. Holds no transaction meanwhile. Raises EventParked."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        missing = await _missing(engine, principal, wanted)
        if not missing or loop.time() >= deadline:
            return Arrival(missing)
        await asyncio.sleep(POLL)


async def _missing(engine: AsyncEngine, principal: Principal, wanted: Sequence[Position]) -> list[str]:
    """The positions that have not arrived. Of a subject nothing else is told: its id may be of another area."""
    with walls.open_to_all():  # of what was put aside nobody knows where it lies
        async with engine.connect() as connection:
            found = await connection.execute(
                _READ,
                {
                    "services": [position.service for position in wanted],
                    "subjects": [position.subject for position in wanted],
                    "sequences": [position.sequence for position in wanted],
                },
            )
            rows = found.all()
    for row in rows:
        if row.parked_id is not None:
            # A subject of which nothing has arrived lies nowhere yet: in the nation's area alone.
            inside = principal.covers(row.code or NATION)
            position = wanted[row.place - 1]
            raise _parked(position, row.parked, row.parked_id, row.reason) if inside else _put_aside(position)
    return [str(wanted[row.place - 1]) for row in rows]


def _put_aside(position: Position) -> EventParked:
    """Outside of the caller's area: only that what was asked for does not come by itself."""
    return EventParked(
        Text(
            f"Posisi {position} tidak akan tercapai sampai petugas memperbaiki peristiwa yang disisihkan.",
            f"The position {position} will not be reached until an operator has repaired an event that was put aside.",
        ),
        extra={"position": str(position)},
    )


def _parked(position: Position, sequence: int, number: int, reason: str) -> EventParked:
    return EventParked(
        Text(
            f"Peristiwa {position.service}/{position.subject}@{sequence} disisihkan dengan nomor {number}: {reason}. "
            "Angka tidak memuatnya sampai petugas memperbaikinya.",
            f"The event {position.service}/{position.subject}@{sequence} was parked as number {number}: {reason}. "
            "The numbers do not contain it until an operator has repaired it.",
        ),
        extra={"position": f"{position.service}/{position.subject}@{sequence}", "parked_event": number},
    )
