"""What flows: events that wait to be published, days without a seal, records that could not be read, the numbers' age."""

from collections.abc import AsyncIterator, Sequence

import asyncpg

from shared import audit_check, audit_seal, watermark
from shared.clock import Clock
from shared.doctor.findings import Finding, fault, graded, ok, warning

WAITING = (60.0, 600.0)
"""Seconds for which the oldest event may wait for Kafka."""
BEHIND = (60.0, 900.0)
"""Seconds that a consumer may lag behind what a source has committed."""
PARKED = (1, 1000)


async def _there(connection: asyncpg.Connection, table: str) -> bool:
    return bool(await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table))


async def outbox(connection: asyncpg.Connection, service: str, clock: Clock) -> AsyncIterator[Finding]:
    """How long the oldest event waits that was never published. What `republish` marked again is old, but not late."""
    if not await _there(connection, "outbox"):
        return
    ((pending, oldest),) = await connection.fetch(
        "SELECT count(*), min(time) FILTER (WHERE feed_position IS NULL) FROM outbox WHERE pending"
    )
    age = max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0
    yield graded(
        "flow.outbox", f"{pending} events wait for Kafka, the oldest new one for {age:.0f} s", age, WAITING,
        f"Look whether {service}'s worker runs and what it logs (relay), and at broker.reach.",
    )  # fmt: skip


async def sealed(connection: asyncpg.Connection, service: str, clock: Clock) -> AsyncIterator[Finding]:
    """Whether each ended day of the audit trail has its seal."""
    if not await _there(connection, "audit_seal"):
        return
    day = await audit_seal.next_day(connection)
    if day is not None and clock.now() > audit_seal.ended(day) + audit_check.LATE:
        yield fault(
            "audit.sealed",
            f"{day} has ended and has no seal",
            f"Start {service}'s worker, which seals; then run wahana verify-audit {service}.",
        )
    else:
        yield ok("audit.sealed", "every ended day is sealed" if day else "nothing to seal yet")


async def parked(connection: asyncpg.Connection, service: str) -> AsyncIterator[Finding]:
    """Records that could not be read and were put aside: their subjects are old until they are retried."""
    if not await _there(connection, "parked_event"):
        return
    ((count, since),) = await connection.fetch("SELECT count(*), min(parked_at) FROM parked_event")
    said = f"{count} since {since:%Y-%m-%d %H:%M} UTC" if count else "none"
    remedy = "Read why (wahana parked list), mend it, then wahana parked retry."
    if service != "reporting":
        remedy = "Read why (SELECT reason FROM parked_event), mend it, then republish the topic from its service."
    yield graded("flow.parked", said, count, PARKED, remedy)


async def behind(
    connection: asyncpg.Connection, service: str, sources: Sequence[str], clock: Clock
) -> AsyncIterator[Finding]:
    """How old what this service knows of each source is."""
    if not sources or not await _there(connection, "watermark"):
        return
    marks = {row["source"]: row["through"] for row in await connection.fetch(watermark.REACHED.text)}
    for source in sources:
        _, seconds = watermark.age(marks, [source], clock.now())
        remedy = (
            f"Look whether the workers of {source} and {service} run, at flow.outbox of {source} and at broker.reach."
        )
        if seconds is None:
            yield warning("flow.behind", f"{source} was never heard", remedy)
        else:
            yield graded("flow.behind", f"{seconds:.0f} s behind {source}", seconds, BEHIND, remedy)


async def restored(connection: asyncpg.Connection, service: str) -> AsyncIterator[Finding]:
    """Whether a restored database is level with what was published."""
    if not await _there(connection, "restoration"):
        return
    row = await connection.fetchrow("SELECT restored_at, finished_at FROM restoration ORDER BY id DESC LIMIT 1")
    if row is None:
        yield ok("database.restored", "never restored from a backup")
    elif row["finished_at"] is None:
        yield fault(
            "database.restored",
            f"restored {row['restored_at']:%Y-%m-%d %H:%M} UTC and not finished",
            f"Start nothing on it; run wahana restore finish {service}.",
        )
    else:
        yield ok("database.restored", f"level since {row['finished_at']:%Y-%m-%d %H:%M} UTC")
