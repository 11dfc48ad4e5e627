"""Records that nobody can read: parked with reason and bytes, others flow; too many in a row stop the worker."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

import asyncpg
import orjson
import pytest
from aiokafka.structs import RecordMetadata

from services.reporting import parked, worker
from services.reporting.models import SCHEMA
from shared import database, kafka
from shared.consumer import Consumer
from shared.events.envelope import State
from shared.events.registry import Institution
from tests.faults import oracle
from tests.faults.armed import Open, arm, ended, events, struck
from tests.house import House

Headers = Sequence[tuple[str, bytes | None]]
NUL_REASON = "schema urn:wahana:schema:\\x00 is not"


async def sent(house: House, records: Sequence[tuple[bytes | None, Headers]]) -> list[RecordMetadata]:
    """Puts records under one key (so in one partition) into the institutions' topic, past the outbox."""
    settings = house.settings("registry")
    producer = kafka.producer(settings)
    await producer.start()
    try:
        topic = kafka.full_name(settings, Institution.topic())
        return [
            await producer.send_and_wait(topic, key=oracle.POISON, value=value, headers=list(headers))
            for value, headers in records
        ]
    finally:
        await producer.stop()


async def an_event(house: House) -> tuple[bytes, dict[str, bytes]]:
    """Value and headers of an institution's event as it lies in Kafka."""
    record = next(r for r in await oracle.log_of(house) if ".institution." in r.topic)
    return record.value, dict(record.headers)


def poisons(value: bytes, headers: dict[str, bytes]) -> dict[str, tuple[bytes | None, Headers]]:
    """Unreadable records by what their reason says."""
    no_id: Headers = [*((n, c) for n, c in headers.items() if n != "ce_id"), ("ce_id", None)]
    without = {name: content for name, content in headers.items() if name != "ce_subject"}
    return {
        "the record has no value": (None, list(headers.items())),
        "Invalid JSON": (b"{", list(headers.items())),
        "Field required": (b"{}", list(headers.items())),
        "header 'ce_subject' is missing": (value, list(without.items())),
        "header 'ce_id' is missing": (value, no_id),
        "is not urn:wahana:schema:registry.institution.v1": (
            value,
            list((headers | {"ce_dataschema": b"urn:other"}).items()),
        ),
        NUL_REASON: (value, list((headers | {"ce_dataschema": b"urn:wahana:schema:\0"}).items())),
    }


async def parked_rows(house: House) -> list[asyncpg.Record]:
    return await house.fetch("reporting", "SELECT * FROM parked_event ORDER BY id")


@pytest.mark.fault("F17")
async def test_unreadable_records_are_parked_once_with_reason_and_bytes_and_others_flow(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    await workload.write(20)
    given = poisons(*await an_event(house))
    await sent(house, list(given.values()))
    projector, done = await arm(house, "reporting", "consumer.before_commit", skip=0)
    await struck(done)
    await ended(projector)
    assert await parked_rows(house) == [], "parked in the transaction that moves the position, or not at all"
    await house.start_process("reporting")
    await workload.write(20)
    await oracle.check(house, workload)
    rows = await parked_rows(house)
    assert len(rows) == len(given)
    for row, (reason, (value, _)) in zip(rows, given.items(), strict=True):
        assert reason in row["reason"]
        assert row["value"] == value
    assert {str(row["subject_id"]) for row in rows} > {"None"}


@pytest.mark.fault("F17")
async def test_more_than_twenty_in_a_row_stop_the_worker_and_it_stays_stopped(opened: Open) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await workload.write(8)
    await house.caught_up()
    await house.stop_worker("reporting")
    _, headers = await an_event(house)
    await sent(house, [(b"{", list(headers.items()))] * 21)
    for _ in range(2):
        stopped = await house.start_process("reporting")
        assert await ended(stopped) == 1
        assert "worker.stops" in events(stopped)
    assert len(await parked_rows(house)) <= 20


class OlderInstitution(Institution):
    """A reader that is older than the events: it does not know their schema."""

    VERSION: ClassVar[int] = 0


async def test_parked_events_are_applied_by_a_retry_once_they_can_be_read_and_discarded_otherwise(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    await workload.write(6)
    (garbage,) = await sent(house, [(b"{", [])])
    settings = house.settings("reporting")
    engine = database.open_engine(settings, pool_size=2, schema=SCHEMA)
    contracts: dict[str, type[State]] = {**worker.CONTRACTS, Institution.topic(): OlderInstitution}
    older = asyncio.create_task(Consumer(settings, engine, contracts, worker.consumer(settings, engine).handle).run())
    await house.caught_up("reporting")
    older.cancel()
    await asyncio.gather(older, return_exceptions=True)
    await engine.dispose()
    assert not await house.fetch("reporting", "SELECT 1 FROM dossier WHERE noun = 'institution' AND sequence > 0")

    rows = await parked_rows(house)
    retried = await parked.retry(settings, None)
    assert retried.applied == len(rows) - 1
    ((number, reason),) = retried.unreadable.items()
    assert "header" in reason
    (left,) = await parked_rows(house)
    assert (left["id"], left["offset"]) == (number, garbage.offset)
    connection = await asyncpg.connect(settings.driver_dsn, server_settings={"search_path": SCHEMA})
    assert await parked.discard(connection, [number]) == 1
    assert await parked.listed(connection) == []
    await connection.close()
    await house.start_worker("reporting")
    await oracle.check(house, workload)


async def test_parked_events_that_are_stale_by_now_change_nothing(opened: Open) -> None:
    """A later event of the subject was applied meanwhile; the retry must not take it back."""
    house, workload = await opened("registry", "activities", "reporting")
    await house.caught_up()
    value, headers = await an_event(house)
    await house.execute("reporting", "DELETE FROM parked_event")
    connection = await asyncpg.connect(house.settings("reporting").driver_dsn, server_settings={"search_path": SCHEMA})
    await connection.execute(
        "INSERT INTO parked_event (topic, partition, \"offset\", subject_id, sequence, headers, value, reason)"
        " VALUES ($1, 0, 0, $2, 1, $3::text::jsonb, $4, 'was not understood')",
        f"{house.prefix}.{Institution.topic()}", UUID(headers["ce_subject"].decode()),
        orjson.dumps([[name, content.decode()] for name, content in headers.items()]).decode(), value,
    )  # fmt: skip
    await connection.close()
    assert (await parked.retry(house.settings("reporting"), None)).applied == 1
    await oracle.check(house, workload)
