"""Proves the audit trail against its seals: which entry was altered, removed or inserted behind the trigger's back.

What it cannot know: what happened to entries of today before they are sealed, and that somebody who could rewrite all
the table made a whole new chain. Against the last, keep a seal's hash elsewhere (the worker logs each,
`GET /v1/audit-seals` lists them) and give it as `--expect`.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import asyncpg

from shared import audit_seal
from shared.audit_seal import NO_HASH, SHORT, Seal
from shared.clock import Clock, SystemClock
from shared.settings import ServiceSettings

LATE = timedelta(hours=1)
"""How long a transaction may take to commit its entries, at most, and a day to be sealed after its end."""
GUARDED = "SELECT tgenabled = 'A' FROM pg_trigger WHERE tgrelid = $1::regclass AND tgname = 'append_only'"
MAY_REWRITE = """
    SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_table_privilege('audit_seal', 'UPDATE, DELETE, TRUNCATE, TRIGGER')
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed: on which day, about which entry (none: about the day or its seal)."""

    what: str
    day: date | None = None
    entry: int | None = None

    def __str__(self) -> str:
        day = f"{self.day}: " if self.day else ""
        entry = f"entry {self.entry} " if self.entry is not None else ""
        return f"{day}{entry}{self.what}"


@dataclass
class Report:
    """What a check saw."""

    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    newest: Seal | None = None
    findings: list[Finding] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    """A sentence for each restore from a backup: what was told between backup and restore is not in the trail."""
    may_rewrite: bool = False
    """Whether the service's own role could rewrite the trail: it runs as the owner, or was granted too much."""

    def lines(self, service: str) -> list[str]:
        """The report for people: what is wrong first."""
        said = [f"{service}: {finding}" for finding in self.findings]
        upto = f" to {self.newest.day}, hash {self.newest.hash.hex()}" if self.newest else ""
        said.append(
            f"{service}: {len(self.findings)} findings. {self.sealed} entries under {self.seals} seals{upto};"
            f" {self.unsealed} not sealed yet."
        )
        said += [f"{service}: {sentence}" for sentence in self.restored]
        if self.may_rewrite:
            said.append(f"{service}: the service's own role may rewrite the trail: give it another than the owner's.")
        return said


async def check(settings: ServiceSettings, expect: Sequence[str] = (), clock: Clock | None = None) -> Report:
    """Recomputes every seal of a service's database from its entries. `expect` are hashes that must be among them."""
    connection = await audit_seal.connect(settings)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _check(connection, [text.lower() for text in expect], (clock or SystemClock()).now())
    finally:
        await connection.close()


async def _check(connection: asyncpg.Connection, expect: Sequence[str], now: datetime) -> Report:
    report = Report(may_rewrite=await connection.fetchval(MAY_REWRITE))
    previous: Seal | None = None
    known = set()
    while seal := await audit_seal.sealed(connection, previous.number if previous else 0):
        report.findings += _breaks(previous, seal)
        report.findings += [found async for found in _altered(connection, previous, seal)]
        report.seals += 1
        report.sealed += seal.entries
        report.newest = previous = seal
        known.add(seal.hash.hex())
    await _rest(connection, previous, now, report)
    report.restored = await _restored(connection)
    report.findings += [Finding(f"no seal has the expected hash {text}") for text in expect if text not in known]
    for table in ("audit_entry", "audit_seal"):
        if not await connection.fetchval(GUARDED, table):
            report.findings.append(Finding(f"{table}: the trigger that refuses changes is missing or switched off"))
    return report


async def _restored(connection: asyncpg.Connection) -> list[str]:
    if not await connection.fetchval("SELECT to_regclass('restoration') IS NOT NULL"):
        return []
    return [
        f"the database was restored on {row['restored_at']:%Y-%m-%d %H:%M} UTC by {row['restored_by']}"
        + (f" from a backup of {row['taken_at']}" if row["taken_at"] else "")
        + "; what was told in between is not in this trail."
        for row in await connection.fetch(
            "SELECT restored_at, restored_by, backup ->> 'taken_at' AS taken_at FROM restoration ORDER BY id"
        )
    ]


def _breaks(previous: Seal | None, seal: Seal) -> list[Finding]:
    """Seals that are missing before this one, and one that does not follow the one before it."""
    number, day = (previous.number + 1, previous.day + timedelta(days=1)) if previous else (1, seal.day)
    if seal.number != number:
        last = seal.day - timedelta(days=1)
        until = f" to {last}" if previous and last != day else ""
        return [Finding(f"the seal is missing{until}", day if previous else last)]
    if seal.day != day or seal.previous_hash != (previous.hash if previous else NO_HASH):
        return [Finding("the seal does not follow the one before it", seal.day)]
    return []


async def _altered(connection: asyncpg.Connection, previous: Seal | None, seal: Seal) -> AsyncIterator[Finding]:
    """What differs between a seal and the entries that it covers."""
    covered, differs = audit_seal.Covered(), False
    sealed = _sealed(seal)
    expected = next(sealed, None)
    async for row in audit_seal.rows(connection, _begin(previous, seal), seal.last_id):
        while expected is not None and expected[0] < row["id"]:
            differs = True
            yield Finding("was removed", seal.day, expected[0])
            expected = next(sealed, None)
        covered.add(row["id"], hash := audit_seal.digest(row))
        if expected is None or expected[0] != row["id"]:
            differs = True
            yield Finding("was inserted after the day was sealed", seal.day, row["id"])
            continue
        if expected[1] != hash[:SHORT]:
            differs = True
            yield Finding("was altered", seal.day, row["id"])
        elif row["at"] < _earliest(seal.day):
            day = row["at"].astimezone(UTC).date()
            yield Finding(f"was inserted later: it claims to be of {day}", seal.day, row["id"])
        expected = next(sealed, None)
    while expected is not None:
        differs = True
        yield Finding("was removed", seal.day, expected[0])
        expected = next(sealed, None)
    if not differs and seal.computed(covered.hash) != seal.hash:
        yield Finding("the seal was altered, or an entry with it", seal.day)


def _begin(previous: Seal | None, seal: Seal) -> int:
    """The last id before those that a seal covers. After a missing seal, only what it names itself is looked at."""
    if seal.number == (previous.number + 1 if previous else 1):
        return previous.last_id if previous else 0
    return seal.ids[0][0] - 1 if seal.ids else seal.last_id


def _sealed(seal: Seal) -> Iterator[tuple[int, bytes]]:
    """Each id that a seal names, ascending, and what it keeps of the entry's hash."""
    ids = (id for first, end in seal.ids for id in range(first, end))
    for place, id in enumerate(ids):
        yield id, seal.digests[place * SHORT : (place + 1) * SHORT]


def _earliest(day: date) -> datetime:
    """What an entry among those of a day may say of its time at the earliest."""
    return audit_seal.ended(day - timedelta(days=1)) - LATE


async def _rest(connection: asyncpg.Connection, last: Seal | None, now: datetime, report: Report) -> None:
    """The entries after the last seal: how many, whether one claims to be older, and whether they should be sealed."""
    begin = last.last_id if last else 0
    report.unsealed = await connection.fetchval("SELECT count(*) FROM audit_entry WHERE id > $1", begin)
    if last is not None:
        earliest = _earliest(last.day + timedelta(days=1))
        for row in await connection.fetch(
            "SELECT id, at FROM audit_entry WHERE id > $1 AND at < $2 ORDER BY id LIMIT 1000", begin, earliest
        ):
            day = row["at"].astimezone(UTC).date()
            report.findings.append(
                Finding(f"was inserted later: it is not among those sealed until {last.day}", day, row["id"])
            )
    day = await audit_seal.next_day(connection)
    if day is not None and now > audit_seal.ended(day) + LATE:
        report.findings.append(
            Finding("the day is not sealed, though it has ended: no worker ran, or the seal was removed", day)
        )
