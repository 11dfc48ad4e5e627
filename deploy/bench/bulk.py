"""Bulk load: a country's institutions and memberships through the functions that imports use, with events and audit
entries, against the database copying the same rows inside itself. What it leaves behind is what lists are read among.

Every institution is validated as if it had been sent. Two loaders take turns: while the database stores one's batch,
the other makes its own.
"""

import asyncio
import contextlib
import gc
import random
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from deploy.bench import population
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation
from services.registry.institutions import states
from services.registry.memberships import service as memberships
from services.registry.models import Institution
from shared import database, outbox, process
from shared.auth import Principal

GOAL = Goal(3000, 6000)
BATCH = 1000
LOADERS = 2
COPIED = 20_000
BY = Principal("import-1", "import", frozenset({"integration"}), ("ID",))
Item = TypeVar("Item")
Placed = tuple[UUID, UUID]
"""An institution's id and that of its village."""


def fill(wahana: Installation) -> list[Row]:
    """Loads institutions, people and memberships; rows per second of the first and the last."""
    size = wahana.stage.size
    with _collecting_rarely():
        founded, institutions, limits = asyncio.run(_institutions(wahana))
        wahana.execute("registry", population.PEOPLE.format(count=size.people))
        random.Random(7).shuffle(founded)  # noqa: S311  # made-up data
        joined, joined_limits = asyncio.run(_memberships(wahana, founded))
    for table in ("institution", "person", "membership", "membership_spell"):
        wahana.execute("registry", f"VACUUM (ANALYZE) {table}")
    unit = "/s copied"
    return [
        Row(f"bulk load of {size.institutions:,} institutions", Measured.of(institutions, "/s"),
            Measured.of(limits, unit), goal=GOAL),
        against(f"… of {size.memberships:,} memberships", Measured.of(joined, "/s"), Measured.of(joined_limits, unit)),
    ]  # fmt: skip


@contextlib.contextmanager
def _collecting_rarely() -> Iterator[None]:
    """As every process of a service collects: untuned, it takes longer than all the rest of making the rows."""
    before = gc.get_threshold()
    process.tune_collection()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


async def _institutions(wahana: Installation) -> tuple[list[Placed], list[float], list[float]]:
    """Ids and villages, and for each part the rate and that of copying."""
    chance, founded = random.Random(5), list[Placed]()  # noqa: S311  # made-up data
    places = population.villages(wahana.stage.region_rows())
    engine = database.open_engine(wahana.settings("registry"), pool_size=LOADERS)
    rates, limits = [], []

    async def store(session: AsyncSession, sent: Sequence[population.Sent]) -> None:
        now = datetime.now(UTC)
        rows = [population.draft(one, BY, now) for one in sent]
        founded.extend((row.id, row.village_id) for row in rows)
        await outbox.register_many(session, [(row, states.state(row), _registered(row, now)) for row in rows])

    for part in _parts(wahana, wahana.stage.size.institutions):
        sent = [population.sent(chance, places) for _ in part]
        rates.append(await _load(engine, sent, store))
        limits.append(await _copied(wahana, "institution", "institution"))
    await engine.dispose()
    return founded, rates, limits


def _registered(row: Institution, now: datetime) -> outbox.Fact:
    return outbox.Fact("registered", by=BY.subject, at=now, regions=(row.village_id,))


async def _memberships(wahana: Installation, founded: Sequence[Placed]) -> tuple[list[float], list[float]]:
    """For each part the rate and that of copying."""
    chance, size = random.Random(6), wahana.stage.size  # noqa: S311  # made-up data
    engine = database.open_engine(wahana.settings("registry"), pool_size=LOADERS)
    joining = population.Joining(size.people, size.memberships, founded)
    rates, limits = [], []

    async def store(session: AsyncSession, numbers: Sequence[int]) -> None:
        now = datetime.now(UTC)
        drafts = [joining.draft(chance, number, now) for number in numbers]
        await memberships.register_many(session, drafts, by=BY.subject, now=now)

    for part in _parts(wahana, size.memberships):
        rates.append(await _load(engine, part, store))
        limits.append(await _copied(wahana, "membership", "membership", "membership_spell"))
    await engine.dispose()
    return rates, limits


def _parts(wahana: Installation, count: int) -> Iterator[range]:
    """As many as there are rounds: each is a figure of its own, as the tables grow."""
    rounds = wahana.stage.size.rounds
    bounds = [count * part // rounds for part in range(rounds + 1)]
    return (range(*bound) for bound in pairwise(bounds))


async def _load(
    engine: AsyncEngine, items: Sequence[Item], store: Callable[[AsyncSession, Sequence[Item]], Awaitable[None]]
) -> float:
    """Items stored per second, each batch a transaction."""
    batches = iter([items[start : start + BATCH] for start in range(0, len(items), BATCH)])

    async def loader() -> None:
        for batch in batches:
            async with database.transaction(database.sessions(engine)) as session:
                await store(session, batch)

    began = time.perf_counter()
    await asyncio.gather(*(loader() for _ in range(LOADERS)))
    return len(items) / (time.perf_counter() - began)


async def _copied(wahana: Installation, noun: str, *tables: str) -> float:
    """Records per second when the database copies them with their events and entries, indexes included."""
    connection = await wahana.connect("registry")
    of_noun = {"outbox": f"topic = 'registry.{noun}.v1'", "audit_entry": f"record_type = '{noun}'"}
    for table in (*tables, *of_noun):
        await connection.execute(f"CREATE TABLE copied_{table} (LIKE {table} INCLUDING ALL)")
    count = min(COPIED, await connection.fetchval(f"SELECT count(*) FROM {noun}"))  # noqa: S608  # our names
    began = time.perf_counter()
    async with connection.transaction():
        for table in (*tables, *of_noun):
            await connection.execute(
                f"INSERT INTO copied_{table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}"  # noqa: S608  # our own names
                f" WHERE {of_noun.get(table, 'true')} LIMIT {count}"
            )
    rate = count / (time.perf_counter() - began)
    for table in (*tables, *of_noun):
        await connection.execute(f"DROP TABLE copied_{table}")
    await connection.close()
    return float(rate)
