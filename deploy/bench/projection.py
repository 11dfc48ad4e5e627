"""Projection: the cells of institutions and activities from real Kafka topics by real workers, against COPY of the same events.

Timed inside the database by commit times, from the first batch that moved a position to the last: neither the start of
the processes nor the joining of the group is in it, and the events of that first batch are not counted.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence

import asyncpg

from deploy.bench import events
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from services.reporting import verification
from services.reporting.dossiers import PROJECTION_LOCK
from services.reporting.measures import GROUPS
from services.reporting.periods import Period
from shared.consumer import BATCH
from shared.events.envelope import Event, State

GOAL, GOAL_TWO = Goal(0.08, 0.18), Goal(1.5, 1.8)
WORKERS = (1, 2, 3)
PLACE = """
    SELECT coalesce(sum(next_offset), 0)::bigint, extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))::float8
    FROM position WHERE starts_with(topic, $1)
"""
WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'wahana-reporting' AND wait_event_type = 'Lock'
"""

Published = tuple[State, Event]
"""What is put into a topic."""


class NotTheSame(RuntimeError):
    """The numbers are wrong, or depend on how many workers made them."""


def run(stage: Stage) -> list[Row]:
    """Events per second of one worker, of two and of three, each on new topics and a new database; their cells are equal."""
    villages = [identity for _, identity in stage.villages()]
    told = [(one.state, one.event()) for one in events.country(stage.size.events, villages, seed=1)]
    copied: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    projected: dict[int, list[float]] = {workers: [] for workers in WORKERS}
    digests: set[tuple[str, ...]] = set()
    for number in range(stage.size.rounds):
        for workers in WORKERS:
            with installed(stage, "reporting") as wahana:
                copied[workers].append(asyncio.run(copy(wahana, [event for _, event in told])))
                projected[workers].append(_project(wahana, told, workers))
                digests.add(asyncio.run(_digest(wahana)))
                if number == 0:
                    asyncio.run(verify(wahana))
    if len(digests) > 1:
        raise NotTheSame(f"{len(digests)} different sets of cells came out of the same events")
    one, two, three = (Measured.of(projected[workers], "/s") for workers in WORKERS)
    return [
        against(
            f"projection of {len(told):,} events, 1 worker", one, Measured.of(copied[1], "/s COPY"), GOAL
        ),
        against("projection, 2 workers", two, Measured.of(copied[2], "/s COPY")),
        against("projection, 3 workers", three, Measured.of(copied[3], "/s COPY")),
        Row("two workers / one", two, one, two.over(one), GOAL_TWO),
        Row("three workers / one", three, one, three.over(one)),
    ]  # fmt: skip


ENVELOPE = "event_id uuid, type text, subject_id uuid, sequence int, time timestamptz, dataschema text, data json"
"""What an event is: its attributes and its data, in the types of the outbox."""


async def copy(wahana: Installation, told: Sequence[Event]) -> float:
    """Rows per second of COPY into a plain table, in batches as large as the worker's, each committed; median of five."""
    records = [
        (event.id, event.type, event.subject, event.sequence, event.time, event.schema, event.data.decode())
        for event in told
    ]
    connection = await wahana.connect("reporting")
    rates: list[float] = []
    for _ in range(5):
        await connection.execute(f"CREATE TABLE copied ({ENVELOPE})")
        began = time.perf_counter()
        for start in range(0, len(records), BATCH):
            await connection.copy_records_to_table("copied", records=records[start : start + BATCH])
        rates.append(len(records) / (time.perf_counter() - began))
        await connection.execute("DROP TABLE copied")
    await connection.close()
    return statistics.median(rates)


def _project(wahana: Installation, told: Sequence[tuple[State, Event]], workers: int) -> float:
    """Events per second. The workers are held back by the lock of the projection until all of them have work."""
    events.publish(wahana.settings("reporting"), told)
    with asyncio.Runner() as runner:
        connection = runner.run(wahana.connect("reporting"))
        runner.run(connection.execute("SELECT pg_advisory_lock($1, hashtext('live'))", PROJECTION_LOCK))
        wahana.start(*(["reporting-worker"] * workers))
        wahana.until(
            lambda: runner.run(connection.fetchval(WAITING)) >= workers, f"{workers} workers have a batch", within=60
        )
        runner.run(connection.execute("SELECT pg_advisory_unlock($1, hashtext('live'))", PROJECTION_LOCK))
        return runner.run(timed(wahana, connection, wahana.prefix, len(told)))


async def timed(wahana: Installation, connection: asyncpg.Connection, topics: str, count: int) -> float:
    """Events per second of the topics whose names begin so; closes the connection. Raises NotTheSame if some are missing."""
    first: tuple[int, float] | None = None
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        (applied, at), *_ = await connection.fetch(PLACE, topics)
        if applied and first is None:
            first = applied, at
        if first and applied >= count:
            await connection.close()
            # Few events may all come in one batch.
            return float((count - first[0]) / (at - first[1])) if at > first[1] else float(count)
        wahana.supervisor.check()
        await asyncio.sleep(0.02)
    raise NotTheSame(f"not all of {count} events were applied within 10 minutes")


async def _digest(wahana: Installation) -> tuple[str, ...]:
    """What the cells and tallies hold, in a few numbers. Rows of zeros say nothing and depend on the order of events."""
    connection = await wahana.connect("reporting")
    found = [await connection.fetchval("SELECT sum(hashtextextended(tally::text, 0)) FROM tally WHERE amount <> 0")]
    for group in GROUPS:
        name = group.table.name
        nothing = " AND ".join(f"{measure} = 0" for measure in group.measures)
        found.append(
            await connection.fetchval(
                f"SELECT sum(hashtextextended({name}::text, 0)) FROM {name} WHERE NOT ({nothing})"  # noqa: S608
            )
        )
    await connection.close()
    return tuple(map(str, found))


async def verify(wahana: Installation) -> None:
    """Recomputes the cells. Raises NotTheSame."""
    connection = await wahana.connect("reporting")
    first = Period.parse(wahana.settings("reporting").statistics_from).first
    differences = await verification.verify(connection, first)
    await connection.close()
    if differences:
        raise NotTheSame(f"{len(differences)} cells are not what the dossiers say, first {differences[0]}")
