"""Requests against the consumer of registry's events, each a transaction of its own: no copy is older than its source.

A transaction of the test stands in the way at one point, so that the other two meet in the order that is claimed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from uuid_utils.compat import uuid7

from services.activities.known import registry
from services.registry.regions import identity
from shared import database
from shared.arrived import Arrived
from shared.codes import InstitutionType, LegalStatus, Operation, Origin, RegionKind, RegionLevel, Verification
from shared.events import envelope
from shared.events.registry import Institution, Region, Seat
from tests.activities.announcer import AT
from tests.activities.world import HERE, NEXT_VILLAGE, PAPUA, World
from tests.house import until

RECODED = "93.01.01.2001"


@contextlib.asynccontextmanager
async def _transaction(world: World) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of ours that ends by rolling back."""
    connection = await asyncpg.connect(world.house.dsn("activities"))
    try:
        await connection.execute("BEGIN")
        yield connection
        await connection.execute("ROLLBACK")
    finally:
        await connection.close()


async def _waiting(world: World, count: int) -> bool:
    rows = await world.house.fetch(
        "activities",
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    return bool(rows[0]["n"] >= count)


async def _moved_or_waiting(world: World) -> bool:
    """The consumer has applied the move of the lead and the recoding of the village, or waits for who reads them."""
    rows = await world.house.fetch(
        "activities",
        "SELECT (SELECT count(*) FROM known_institution WHERE sequence = 2) AS leads,"
        " (SELECT count(*) FROM known_region WHERE sequence = 2) AS places",
    )
    return (rows[0]["leads"], rows[0]["places"]) == (1, 1) or await _waiting(world, 2)


async def _sees(world: World, record: str, area: str) -> int:
    return (await world.client("village-operator", area).get(f"/v1/activities/{record}")).status_code


async def _move(world: World, lead: Any) -> None:
    """Registry's events: the lead moves to the next village, the village in Papua gets another code."""
    await world.announcer.institution(NEXT_VILLAGE, id=lead, sequence=2)
    await world.announcer.region(RECODED, first_code=PAPUA, sequence=2)
    await until(lambda: _moved_or_waiting(world), "the consumer has met the request")


async def test_a_new_activity_is_scoped_by_where_its_lead_and_village_went_meanwhile(world: World) -> None:
    await world.posted(world.planned())
    taken = uuid7()
    async with _transaction(world) as ours:
        # Who inserts the same id waits for us: the request has read the lead's seat and has not committed.
        await ours.execute(
            "INSERT INTO activity SELECT (jsonb_populate_record(activity, jsonb_build_object('id', $1::text))).*"
            " FROM activity", str(taken),
        )  # fmt: skip
        post = asyncio.create_task(world.posted(world.planned(id=str(taken), village=PAPUA)))
        await until(lambda: _waiting(world, 1), "the request waits")
        await _move(world, world.lead)
    await post
    await world.announcer.arrived()
    assert [await _sees(world, str(taken), area) for area in (HERE, PAPUA, NEXT_VILLAGE, RECODED)] == [
        404, 404, 200, 200,
    ]  # fmt: skip


async def test_a_changed_activity_is_scoped_by_where_its_new_lead_and_village_went_meanwhile(world: World) -> None:
    made = await world.posted(world.planned())
    async with _transaction(world) as ours:
        await ours.execute(
            "INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor,"
            " pending) SELECT gen_random_uuid(), topic, subject_id, 2, type, time, data, dataschema, region_ids, actor,"
            " false FROM outbox"
        )
        body = {"lead_institution_id": str(world.helper), "village": PAPUA}
        change = asyncio.create_task(world.step(made, "change", body))
        await until(lambda: _waiting(world, 1), "the request waits")
        await _move(world, world.helper)
    assert (await change).status_code == 200
    await world.announcer.arrived()
    assert [await _sees(world, made["id"], area) for area in (HERE, PAPUA, NEXT_VILLAGE, RECODED)] == [
        404, 404, 200, 200,
    ]  # fmt: skip


async def test_requests_lock_what_they_refer_to_before_their_own_row(world: World) -> None:
    """The consumer holds the lead and comes for its activities: it must not meet a request that waits the other way."""
    made = await world.posted(world.planned())
    for step, body in (("change", {"title": "Lain"}), ("change", {"lead_institution_id": str(world.helper)})):
        async with _transaction(world) as consumer:
            await consumer.execute("SELECT FROM known_institution WHERE id = $1 FOR UPDATE", world.lead)
            request = asyncio.create_task(world.step(made, step, body))
            await until(lambda: _waiting(world, 1), "the request waits for the lead")
            await consumer.execute("SELECT FROM activity FOR UPDATE NOWAIT")
        assert (await request).status_code == 200
        made = (await request).json()


async def test_the_consumer_locks_institutions_before_regions_as_requests_do(world: World) -> None:
    state = Institution(
        type=InstitutionType.ARS, name="Baru", origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
        verification=Verification.DRAF, operation=Operation.AKTIF, active=[],
        seats=[Seat(village_id=identity.region_id(HERE))],
    )  # fmt: skip
    region = Region(
        level=RegionLevel.VILLAGE, kind=RegionKind.DESA, name="Baru", time_zone="Asia/Jakarta", codes=[], lineage=[]
    )
    batch = [
        Arrived(
            envelope.Event(
                id=uuid7(), type="registry.any.changed.v1", subject=subject, sequence=9, time=AT, data=b"",
                schema=one.schema_uri(),
            ), one,
        ) for subject, one in ((identity.region_id(HERE), region), (world.lead, state))
    ]  # fmt: skip
    engine = database.open_engine(world.house.settings("activities"), pool_size=1)

    async def consume() -> int:
        async with engine.begin() as connection:
            return await registry.apply(connection, batch)

    try:
        async with _transaction(world) as request:
            await request.execute("SELECT FROM known_institution WHERE id = $1 FOR SHARE", world.lead)
            consuming = asyncio.create_task(consume())
            await until(lambda: _waiting(world, 1), "the consumer waits for the institution")
            await request.execute("SELECT FROM known_region WHERE id = $1 FOR SHARE NOWAIT", identity.region_id(HERE))
        assert await consuming == 2
    finally:
        await engine.dispose()


async def test_a_row_that_was_waited_for_is_told_with_the_village_it_has_now(world: World) -> None:
    made = await world.posted(world.planned())
    operator = world.client()
    async with _transaction(world) as ours:
        await ours.execute(
            "UPDATE activity SET (village_id, village_code) = (SELECT id, code FROM known_region WHERE code = $1)",
            PAPUA,
        )
        request = asyncio.create_task(
            operator.post(f"/v1/activities/{made['id']}/rescheduling", headers={"If-Match": "*"},
                          json={"planned_from": "2026-04-10", "planned_until": "2026-04-10"})
        )  # fmt: skip
        await until(lambda: _waiting(world, 1), "the request waits for the row")
        await ours.execute("COMMIT")
    answer = await request
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["village"] == PAPUA
    assert told == (await operator.get(f"/v1/activities/{made['id']}")).json()
