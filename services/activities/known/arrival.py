"""Waiting for what registry announced (`semantics.md` §7.3): a request may name positions it builds upon.

The wait is before the request's transaction: it holds no lock and, between two looks, no connection.
"""

import asyncio
from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import Header, Request
from sqlalchemy import ARRAY, Integer, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.activities.known import copies
from shared import edge
from shared.at_least import MOST, Position, positions
from shared.language import Text
from shared.positions import parked_event
from shared.problems import Conflict

HEADER = "Wahana-At-Least"
WAIT = 2.0
"""Seconds until a position that has not been reached is told to the caller."""
LOOK_EVERY = 0.025

_COPIES = ("known_region", "known_institution", *sorted({copy.__tablename__ for copy in copies.COPIES.values()}))
# A position names no kind of subject: it has arrived in the one copy where its id is.
_ARRIVED = " OR ".join(
    f"EXISTS (SELECT FROM {copy} known WHERE known.id = wanted.id AND known.sequence >= wanted.sequence)"
    for copy in _COPIES
)
_MISSING = (
    text(f"SELECT wanted.id FROM unnest(:ids, :sequences) AS wanted (id, sequence) WHERE NOT ({_ARRIVED})")  # noqa: S608  # our own names
    .bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("sequences", type_=ARRAY(Integer)))
    .columns(id=Uuid)
)


class ReferenceNotArrived(Conflict):
    slug = "reference-not-arrived"
    title = Text("Data rujukan dari registri belum tiba", "What this refers to has not arrived from registry yet")

    @classmethod
    def of(cls, missing: Mapping[str, int | None], parked: list[int]) -> "ReferenceNotArrived":
        """Names what is missing, `<id>@<sequence>`, and events about it that were put aside as unreadable."""
        names = [one if sequence is None else f"{one}@{sequence}" for one, sequence in missing.items()]
        return cls(
            Text(
                f"Belum tiba: {', '.join(names)}. Ulangi permintaan yang sama sebentar lagi; belum ada yang disimpan.",
                f"Not here yet: {', '.join(names)}. Send the same request again soon; nothing was stored.",
            ),
            headers={"Retry-After": "2"},
            extra={"missing": [f"registry/{name}" for name in names]} | ({"parked_events": parked} if parked else {}),
        )


class Route(edge.Route):
    """A route that first waits until the registry positions named by the caller are in the local copy."""

    async def ready(self, request: Request) -> None:
        """The wait. It costs us many looks, so that only those wait who are known, counted, and may do what they wait for."""
        if (named := request.headers.get(HEADER)) is not None:
            await reached(request.app.state.engine, _newest(positions(named, ["registry"], HEADER)))


async def documented(
    at_least: Annotated[
        str | None,
        Header(
            alias=HEADER,
            description=f"Positions of registry this builds upon, as its `Wahana-Position` gave them; up to {MOST}, comma "
            "separated. We wait up to 2 s for them, then 409 `reference-not-arrived`.",
            examples=["registry/0197a3b2-7c51-7d3e-9a52-5d0c7a1f2b3c@3"],
        ),
    ] = None,
) -> None:
    """The dependency by which the header stands in the API's document; `Route` reads it."""


def _newest(named: list[Position]) -> dict[UUID, int]:
    """The sequence wanted of each subject."""
    wanted: dict[UUID, int] = {}
    for one in named:
        wanted[one.subject] = max(one.sequence, wanted.get(one.subject, 0))
    return wanted


async def reached(engine: AsyncEngine, wanted: Mapping[UUID, int]) -> None:
    """Returns once the local copy has these sequences or later ones. Raises ReferenceNotArrived after two seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT
    while missing := await _missing(engine, wanted):
        if loop.time() >= deadline:
            raise ReferenceNotArrived.of({str(one): wanted[one] for one in missing}, await _parked(engine, missing))
        await asyncio.sleep(LOOK_EVERY)


async def _missing(engine: AsyncEngine, wanted: Mapping[UUID, int]) -> list[UUID]:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        found = await connection.execute(_MISSING, {"ids": list(wanted), "sequences": list(wanted.values())})
        return list(found.scalars())


async def _parked(engine: AsyncEngine, subjects: list[UUID]) -> list[int]:
    async with engine.connect() as connection:
        about = select(parked_event.c.id).where(parked_event.c.subject_id.in_(subjects)).order_by(parked_event.c.id)
        return list((await connection.execute(about)).scalars())
