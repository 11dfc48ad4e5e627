"""Seals of the audit trail: once a UTC day has ended, its entries are chained to those of the day before by a hash.

A seal covers the ids after the seal before it, up to its own `last_id`, and names which of them are entries (an id that a
rolled-back transaction drew is none). So a row belongs to a seal by its id and not by its time: nothing has to be
written into the row, and a dump that is restored elsewhere still agrees.

No entry may come to a sealed id later. Ids are drawn before the commit, so when `last_id` is chosen, transactions that
hold smaller ids may still be open. Whoever inserts holds the table's lock ROW EXCLUSIVE from before the id is drawn
until its transaction ends; so the sealer looks who holds it, and waits until each of these has ended, as CREATE INDEX
CONCURRENTLY does. Then every id up to `last_id` is an entry or is none for ever. Nobody waits for the sealer. What is
committed later has a larger id and stands in a later seal, whatever its time says.

Two workers that seal at once compute the same; the seal's number and day are unique, and the second finds it done.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import asyncpg
import orjson
import structlog
from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

from shared import walls
from shared.clock import Clock, SystemClock
from shared.database import TROUBLE, shared_metadata
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

audit_seal = Table(
    "audit_seal",
    shared_metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False, unique=True, comment="UTC; it has ended"),
    Column("last_id", BigInteger, nullable=False, comment="It covers the ids after the seal before, to this"),
    Column("ids", INT8MULTIRANGE, nullable=False, comment="Those of them that are entries"),
    Column("entries", Integer, nullable=False, comment="How many"),
    Column("digests", LargeBinary, nullable=False, comment="First eight bytes of each entry's hash, in order of ids"),
    Column("previous_hash", LargeBinary, nullable=False, comment="Of the seal before; zeros for the first"),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256, as shared/audit_seal.py writes it down"),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
)

FORM = b"wahana-audit-1\n"
"""Names how the bytes that are hashed are written, so that another way can follow."""
NO_HASH = bytes(32)
SHORT = 8
"""Bytes of an entry's hash that a seal keeps, to tell which entry was altered; that one was, the whole hash tells."""
SETTLED = timedelta(minutes=5)
"""How long after its end a day is sealed: clocks differ, and most open transactions have ended by then."""
EVERY = 60.0
CHUNK = 1000
ROWS = """
    SELECT id, at, record_type, record_id, sequence, action, before::text, after::text, disclosed, actor, client,
        request_id, reason, region_ids
    FROM audit_entry WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3
"""
WRITERS = """
    SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = 'audit_entry'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND mode = 'RowExclusiveLock'
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """A row of `audit_seal`."""

    number: int
    day: date
    last_id: int
    ids: Sequence[tuple[int, int]]
    """Runs of ids, `[first, last + 1)`, in order."""
    entries: int
    digests: bytes
    previous_hash: bytes
    hash: bytes
    sealed_at: datetime

    def computed(self, entries_hash: bytes) -> bytes:
        """The hash of this seal over the hash of its entries' hashes."""
        said = [
            self.number, self.day, self.last_id, self.ids, self.entries, entries_hash.hex(),
            hashlib.sha256(self.digests).hexdigest(), self.previous_hash.hex(), self.sealed_at.astimezone(UTC),
        ]  # fmt: skip
        return hashlib.sha256(FORM + orjson.dumps(said)).digest()


def digest(row: Any) -> bytes:
    """The hash of one entry: of all its columns, in the table's order. Texts and JSON are taken as they are stored."""
    regions = row["region_ids"] and [str(id) for id in row["region_ids"]]
    said = [*row.values()]
    said[1], said[-1] = row["at"].astimezone(UTC), regions
    return hashlib.sha256(FORM + orjson.dumps(said)).digest()


class Covered:
    """The entries of a seal, added one by one in the order of their ids: of a day with millions only what the seal holds
    is kept, eight bytes each."""

    def __init__(self) -> None:
        self.ids: list[tuple[int, int]] = []
        """Runs of ids, `[first, last + 1)`."""
        self.entries = 0
        self.digests = bytearray()
        self._hashes = hashlib.sha256()

    def add(self, id: int, hash: bytes) -> None:
        """The next entry, and its hash."""
        if self.ids and self.ids[-1][1] == id:
            self.ids[-1] = (self.ids[-1][0], id + 1)
        else:
            self.ids.append((id, id + 1))
        self.entries += 1
        self.digests += hash[:SHORT]
        self._hashes.update(hash)

    @property
    def hash(self) -> bytes:
        """The hash over the entries' hashes, in order."""
        return self._hashes.digest()


async def rows(connection: asyncpg.Connection, after: int, last: int) -> AsyncIterator[Any]:
    """The entries with an id in `(after, last]`, in order."""
    while chunk := await connection.fetch(ROWS, after, last, CHUNK):
        for row in chunk:
            yield row
        after = chunk[-1]["id"]
        await asyncio.sleep(0)  # a large day must not keep the relay waiting


async def sealed(connection: asyncpg.Connection, after: int = 0) -> Seal | None:
    """The first seal after a number; one at a time, since a seal of a large day is large."""
    return _read(await connection.fetchrow("SELECT * FROM audit_seal WHERE number > $1 ORDER BY number LIMIT 1", after))


async def newest(connection: asyncpg.Connection) -> Seal | None:
    """The newest seal."""
    return _read(await connection.fetchrow("SELECT * FROM audit_seal ORDER BY number DESC LIMIT 1"))


def _read(row: asyncpg.Record | None) -> Seal | None:
    return None if row is None else Seal(**{**row, "ids": [(run.lower, run.upper) for run in row["ids"]]})


async def seal_ended_days(connection: asyncpg.Connection, now: datetime) -> list[Seal]:
    """Seals each day that has ended long enough, from the first entry's on; gives the new seals. Harmless to repeat."""
    made = []
    while (day := await next_day(connection)) is not None and now >= ended(day) + SETTLED:
        if (seal := await _seal(connection, day, now)) is None:
            break  # another worker was faster
        log.info("audit.sealed", day=day.isoformat(), number=seal.number, entries=seal.entries, hash=seal.hash.hex())
        made.append(seal)
    return made


async def next_day(connection: asyncpg.Connection) -> date | None:
    """The first day that has no seal; None while there is no entry."""
    day: date | None = await connection.fetchval("SELECT max(day) + 1 FROM audit_seal")
    if day is None:
        day = await connection.fetchval("SELECT (min(at) AT TIME ZONE 'UTC')::date FROM audit_entry")
    return day


def ended(day: date) -> datetime:
    """The end of a UTC day."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


async def _seal(connection: asyncpg.Connection, day: date, now: datetime) -> Seal | None:
    previous = await newest(connection)
    begin = previous.last_id if previous else 0
    last = await connection.fetchval("SELECT max(id) FROM audit_entry WHERE id > $1 AND at < $2", begin, ended(day))
    await _writers_ended(connection)
    covered = Covered()
    async for row in rows(connection, begin, last or begin):
        covered.add(row["id"], digest(row))
    unhashed = Seal(
        number=previous.number + 1 if previous else 1, day=day, last_id=last or begin, ids=covered.ids,
        entries=covered.entries, digests=bytes(covered.digests), previous_hash=previous.hash if previous else NO_HASH,
        hash=NO_HASH, sealed_at=now,
    )  # fmt: skip
    seal = replace(unhashed, hash=unhashed.computed(covered.hash))
    return seal if await _store(connection, seal) else None


async def _writers_ended(connection: asyncpg.Connection) -> None:
    """Waits for the transactions that hold the table for writing now, and for no later one."""
    waiting = {row[0] for row in await connection.fetch(WRITERS)}
    while waiting:
        await asyncio.sleep(0.2)
        waiting &= {row[0] for row in await connection.fetch(WRITERS)}


def _values(seal: Seal) -> dict[str, Any]:
    return {name: getattr(seal, name) for name in Seal.__slots__}


async def _store(connection: asyncpg.Connection, seal: Seal) -> bool:
    """False if there is such a seal already."""
    values = {**_values(seal), "ids": [asyncpg.Range(first, end) for first, end in seal.ids]}
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    stored = await connection.fetchval(
        f"INSERT INTO audit_seal ({', '.join(values)}) VALUES ({places})"  # noqa: S608  # our own columns
        " ON CONFLICT DO NOTHING RETURNING true",
        *values.values(),
    )
    return bool(stored)


async def run(settings: ServiceSettings, clock: Clock | None = None) -> None:
    """Seals ended days until cancelled, with a look each minute. A database that is away is sealed the next time."""
    clock = clock or SystemClock()
    while True:
        await asyncio.sleep(EVERY)
        try:
            connection = await connect(settings)
            try:
                await seal_ended_days(connection, clock.now())
            finally:
                await connection.close()
        except TROUBLE as error:
            log.warning("audit.not_sealed", error=error)


async def connect(settings: ServiceSettings) -> asyncpg.Connection:
    """A connection of its own, as the service's role, that no wall hides an entry from: a hidden one would look removed."""
    return await asyncpg.connect(
        settings.driver_dsn, timeout=10, command_timeout=60,
        server_settings={
            "application_name": f"wahana-{settings.service}-audit", "timezone": "UTC", "jit": "off",
            walls.AREAS: walls.EVERYTHING,
        },
    )  # fmt: skip
