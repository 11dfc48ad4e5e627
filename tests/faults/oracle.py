"""What must hold after every fault, whatever it was: none lost, none twice, in order, whole, and by itself.

I1 none lost: what was acknowledged is in the source and in reporting, at the source's sequence.
I2 none twice: `verify` finds no difference.
I3 truth: the numbers equal those of the same final events applied, undisturbed, to an empty database.
I4 order: nothing that was applied went back; the feed and Kafka tell each subject in the order of its sequence.
I5 life: everything catches up without a human.
I6 whole: a request without an answer is wholly there or wholly absent; asked again it has one effect.

I1, I3 and I4 are judged through the public APIs too, against a computation of their own (`truth`); what is asked of the
databases here is what no answer tells.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import asyncpg
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import moving, projection, verification, worker
from services.reporting.models import SCHEMA
from services.reporting.periods import Period
from services.reporting.settings import Settings
from services.reporting.worker import CONTRACTS
from shared import database, kafka, watermark
from shared.arrived import Arrived
from shared.events import activities, registry
from shared.events.envelope import Event
from tests.faults import truth
from tests.faults.workload import Workload
from tests.house import House, until
from tests.reporting.numbers import numbers

POISON = b"poison"
"""Key of records that a test put into Kafka past the outbox."""
TABLES = {
    service: tuple(state.NOUN.replace("-", "_") for state in states)
    for service, states in (("registry", registry.STATES), ("activities", activities.STATES))
}
"""Records with topics of their own: all that reporting reads, and what it only hears of."""
APPLIED = """
    SELECT subject_id AS id, sequence FROM dossier UNION ALL SELECT id, sequence FROM region
    UNION ALL SELECT id, sequence FROM sheet UNION ALL SELECT id, sequence FROM benefit
    UNION ALL SELECT id, sequence FROM membership UNION ALL SELECT id, sequence FROM network_place
    UNION ALL SELECT id, sequence FROM owner WHERE unit IN (0, 1, 2)
"""
"""What reporting's database has applied, by subject."""
GUARDED = ("dossier", "region", "sheet", "benefit", "membership", "network_place", "owner")

FOUND: dict[str, dict[str, object]] = {}
"""By the house's prefix what its last check found: writes acknowledged and unanswered, seconds until all was caught up."""

AUDIT = """
    CREATE TABLE public.went_back (what text, was bigint, became bigint);
    CREATE FUNCTION public.note_going_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO public.went_back SELECT TG_TABLE_NAME, was, became
        FROM (SELECT (to_jsonb(old) ->> TG_ARGV[0])::bigint, (to_jsonb(new) ->> TG_ARGV[0])::bigint) x (was, became)
        WHERE became <= was;
        RETURN new;
    END $$;
"""


async def audit(house: House) -> None:
    """From now on reporting's database notes every position, dossier and region that goes back or stands still."""
    await house.execute("reporting", AUDIT)
    for table, column in (("position", "next_offset"), *((table, "sequence") for table in GUARDED)):
        await house.execute(
            "reporting",
            # Of that column: a region also tells that what lies in it has followed it.
            f"CREATE TRIGGER audit AFTER UPDATE OF {column} ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION public.note_going_back('{column}')",
        )


async def check(house: House, workload: Workload, *, log_is_whole: bool = True) -> None:
    """Asserts all of it. Call when no fault is under way any more; `log_is_whole` unless a topic was lost."""
    since = datetime.now(UTC)
    for service in TABLES:
        await whole(house, service)
    await house.caught_up()
    recovered = (datetime.now(UTC) - since).total_seconds()
    FOUND[house.prefix] = {
        "acknowledged": workload.answers, "unanswered": workload.silences, "recovered": round(recovered, 1)
    }  # fmt: skip
    await workload.ask_again()
    await house.caught_up()
    for service in TABLES:
        await whole(house, service)
        await fed_in_order(house, service)
    await none_lost(house, workload)
    await numbers_are_true(house)
    await truth.told(house, workload.acknowledged)
    await sent_in_order(house, log_is_whole)
    await until(partial(says_so, house, since), "reporting says that it has caught up")
    assert await house.fetch("reporting", "SELECT * FROM public.went_back") == []


async def whole(house: House, service: str) -> None:
    """Every row has its events 1 … sequence, and every event its row."""
    rows = await house.fetch(
        service,
        "SELECT subject_id, max(row.sequence) AS row, count(o.id) AS events, max(o.sequence) AS newest FROM outbox o"
        f" FULL JOIN ({' UNION ALL '.join(f'SELECT id, sequence FROM {table}' for table in TABLES[service])}) row"
        " ON row.id = o.subject_id GROUP BY subject_id",
    )
    assert [row for row in rows if not row["row"] == row["events"] == row["newest"]] == []


async def fed_in_order(house: House, service: str) -> None:
    """Feed positions are 1 … n without gaps, and along them the sequences of each subject rise."""
    rows = await house.fetch(service, "SELECT subject_id, sequence, feed_position FROM outbox ORDER BY feed_position")
    assert [row["feed_position"] for row in rows] == list(range(1, len(rows) + 1))
    latest: dict[UUID, int] = {}
    for row in rows:
        assert row["sequence"] == latest.get(row["subject_id"], 0) + 1, row
        latest[row["subject_id"]] = row["sequence"]


async def none_lost(house: House, workload: Workload) -> None:
    """Acknowledged ≤ applied = source, for every subject."""
    source = {
        (service, str(row["id"])): row["sequence"]
        for service, tables in TABLES.items()
        for table in tables
        for row in await house.fetch(service, f"SELECT id, sequence FROM {table}")
    }
    applied = {str(row["id"]): row["sequence"] for row in await house.fetch("reporting", APPLIED)}
    assert {subject: applied.get(subject) for _, subject in source} == {key[1]: n for key, n in source.items()}
    lost = {key: n for key, n in workload.acknowledged.items() if source.get(key, 0) < n}
    assert lost == {}
    assert workload.acknowledged


async def numbers_are_true(house: House) -> None:
    """The cells equal their recomputation, and those of an undisturbed run."""
    settings: Settings = house.settings("reporting")
    connection = await asyncpg.connect(settings.driver_dsn, server_settings={"search_path": SCHEMA})
    try:
        assert await verification.verify(connection, Period.parse(settings.statistics_from).first) == []
    finally:
        await connection.close()
    assert await current_numbers(house) == await control_numbers(house)


async def current_numbers(house: House) -> dict[str, set[object]]:
    """What reporting holds now."""
    engine = database.open_engine(house.settings("reporting"), pool_size=1, schema=SCHEMA)
    try:
        return await numbers(engine)
    finally:
        await engine.dispose()


async def numbers_of_one(house: House) -> dict[str, set[object]]:
    """What an empty database holds after one worker read everything that lies in Kafka, from the beginning, in peace."""
    settings: Settings = house.settings("reporting")
    ends = {TopicPartition(*key): end for key, end in (await house.ends()).items()}
    read = {kafka.full_name(settings, topic) for topic in CONTRACTS}
    async with _empty(house) as engine:
        alone = worker.consumer(settings, engine)
        await alone.replay({partition: end for partition, end in ends.items() if partition.topic in read})
        await moving.finish(engine, Period.parse(settings.statistics_from).first)
        return await numbers(engine)


def now() -> datetime:
    """By the machine's clock, which workers that are processes have."""
    return datetime.now(UTC)


async def control_numbers(house: House) -> dict[str, set[object]]:
    """What an empty database holds after the final event of each subject was applied to it, once and in peace."""
    settings: Settings = house.settings("reporting")
    finals = [await final_events(house, service) for service in TABLES]
    async with _empty(house) as engine:
        for batch in finals:
            async with engine.begin() as connection:
                await connection.exec_driver_sql("SELECT 1")
                await projection.handle(connection, batch, Period.parse(settings.statistics_from).first)
            await moving.finish(engine, Period.parse(settings.statistics_from).first)
        return await numbers(engine)


async def final_events(house: House, service: str) -> list[Arrived]:
    """The newest event of each subject of a service."""
    rows = await house.fetch(
        service,
        "SELECT DISTINCT ON (subject_id) *, data::text AS text FROM outbox WHERE topic = ANY($1)"
        " ORDER BY subject_id, sequence DESC",
        list(CONTRACTS),
    )
    return [
        Arrived(
            Event(row["event_id"], row["type"], row["subject_id"], row["sequence"], row["time"], row["text"].encode(),
                  row["dataschema"]),
            CONTRACTS[row["topic"]].model_validate_json(row["text"]),
        )
        for row in rows
    ]  # fmt: skip


@asynccontextmanager
async def _empty(house: House) -> AsyncIterator[AsyncEngine]:
    name = f"control_{uuid4().hex[:12]}"
    cluster = house.cluster("reporting")
    await asyncio.to_thread(cluster.create_database, name, "template_reporting")
    settings = house.settings("reporting").model_copy(update={"database_url": cluster.dsn(name)})
    engine = database.open_engine(settings, pool_size=1, schema=SCHEMA)
    try:
        yield engine
    finally:
        await engine.dispose()
        await asyncio.to_thread(cluster.drop_database, name)


async def says_so(house: House, since: datetime) -> bool:
    """Whether the age of the numbers, as reporting tells it, lies after an instant for both sources."""
    engine = database.open_engine(house.settings("reporting"), pool_size=1, schema=SCHEMA)
    try:
        async with engine.connect() as connection:
            marks = await watermark.reached(connection)
            return all(source in marks and marks[source] > since for source in TABLES)
    finally:
        await engine.dispose()


async def sent_in_order(house: House, log_is_whole: bool) -> None:
    """In Kafka each subject's sequences appear for the first time in their order; repeats may follow."""
    seen: dict[bytes, list[int]] = {}
    for record in await log_of(house):
        if record.key != POISON:
            sequence = int(dict(record.headers)["ce_sequence"])
            known = seen.setdefault(record.key, [])
            if sequence not in known:
                assert sequence > max(known, default=0), (record.topic, record.key, sequence, known)
                known.append(sequence)
    if log_is_whole:
        assert [known for known in seen.values() if known != list(range(1, len(known) + 1))] == []


async def log_of(house: House) -> list[ConsumerRecord]:
    """Every record of the house's topics of facts; within a partition in the order in which it lies there."""
    ends = {TopicPartition(*key): end for key, end in (await house.ends()).items() if end}
    consumer = kafka.consumer(house.settings("reporting"), None)
    await consumer.start()
    try:
        consumer.assign(list(ends))
        begins = await consumer.beginning_offsets(list(ends))
        for partition, begin in begins.items():
            consumer.seek(partition, begin)
        records: list[ConsumerRecord] = []
        while len(records) < sum(ends.values()) - sum(begins.values()):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records.extend(batch)
        return records
    finally:
        await consumer.stop()
