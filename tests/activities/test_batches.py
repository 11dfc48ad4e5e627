"""Operations captured offline: done in order, refused alone, done once, all or nothing when something breaks."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from uuid_utils.compat import uuid7

from services.activities.batches import claims
from services.registry.regions import identity
from shared import database
from tests.activities.world import COMPLETION, HERE, NEXT_VILLAGE, World, faults
from tests.house import until

pytestmark = pytest.mark.without_worker

STALE = {"reason": "Hujan lebat"}


def operation(name: str, body: dict[str, Any], client_id: str | None = None, **more: Any) -> dict[str, Any]:
    """An element of a batch; `at` and `if_match` of a step."""
    return {"client_id": client_id or str(uuid7()), "operation": name, "body": body, **more}


async def sent(client: httpx.AsyncClient, *operations: Any, **headers: str) -> list[dict[str, Any]]:
    """The results of a batch that was answered."""
    answer = await client.post("/v1/batches", json={"operations": list(operations)}, headers=headers)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    assert len(results) == len(operations)
    assert answer.json()["refused"] == sum(1 for one in results if one["problem"])
    return results


def statuses(results: list[dict[str, Any]]) -> list[int]:
    """The results' statuses, in order."""
    return [one["status"] for one in results]


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Pointer or parameter and code of every fault of a refused operation."""
    found = result["problem"].get("errors", [])
    return [(one.get("pointer", one.get("parameter")), one["code"]) for one in found]


def slug(result: dict[str, Any]) -> str:
    """The name of a refused operation's problem."""
    return str(result["problem"]["type"]).rpartition(":")[2]


async def test_a_day_in_the_field_is_stored_in_its_order_and_what_is_wrong_is_told_as_ever(world: World) -> None:
    person = await world.announcer.person(HERE)
    await world.announcer.arrived()
    operator = world.client()
    plan, done, sheet = (str(uuid7()) for _ in range(3))
    wrong = world.held(completion=COMPLETION | {"attended": {"total": 3, "by_sex": {"female": 1, "male": 1}}})
    came = {"id": sheet, "activity_id": done, "people": [{"person_id": str(person), "role": "warga"}]}
    results = await sent(
        operator,
        operation("record_activity", world.planned(id=plan)),
        operation("record_activity", wrong),
        operation("record_activity", world.held(id=done)),
        operation("cancel_activity", STALE, at=plan, if_match=1),
        operation("record_attendance_sheet", came),
        operation("record_attendance_sheet", came | {"id": str(uuid7())}),
        operation("complete_activity", COMPLETION, at=plan, if_match=2),
        operation("complete_activity", COMPLETION, at=plan, if_match=1),
        operation("complete_activity", COMPLETION, at=plan),
        operation("complete_activity", COMPLETION, at=str(uuid7()), if_match="*"),
    )
    assert statuses(results) == [201, 422, 201, 200, 201, 422, 409, 412, 428, 404]
    assert [one["id"] for one in results if not one["problem"]] == [plan, done, plan, sheet]
    assert results[3]["position"] == f"activities/{plan}@2"
    assert results[4]["position"] == f"activities/{sheet}@1,activities/{done}@2"
    alone = await operator.post("/v1/activities", json=wrong)
    told = {name: value for name, value in alone.json().items() if name != "request_id"}
    assert told.items() <= results[1]["problem"].items()
    assert slug(results[6]) == "wrong-state"
    assert [one["type"] for one in await world.events(plan)] == ["planned", "cancelled"]
    assert await world.stored() == (2, 5)
    listed = (await operator.get("/v1/activities")).json()["items"]
    assert {(one["id"], one["status"]) for one in listed} == {(plan, "dibatalkan"), (done, "selesai")}


async def test_what_is_no_operation_is_refused_alone(world: World) -> None:
    twice = str(uuid7())
    body = world.planned()
    results = await sent(
        world.client(),
        operation("record_activity", body, twice),
        operation("record_activity", world.planned(title="Lain"), twice),
        operation("hapus_kegiatan", {}),
        operation("cancel_activity", STALE),
        operation("record_activity", body, at=str(uuid7())),
        {"operation": "record_activity", "body": body},
        "bukan operasi",
        operation("record_activity", world.planned(), "dengan spasi"),
        operation("record_activity", {"title": "Tanpa isi lain", "kind": 10**40}),
    )
    assert statuses(results) == [201, *[422] * 8]
    assert [one["client_id"] is None for one in results] == [False] * 5 + [True] * 3 + [False]
    for half in (r'{"client_id": "\ud800"}', r'{"client_id": "x", "operation": "\ud800", "body": {}}'):
        content = f'{{"operations": [{half}]}}'
        answer = await world.client().post("/v1/batches", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, statuses(answer.json()["results"])) == (200, [422])
    assert slug(results[1]) == "client-id-repeated"
    assert [codes(one) for one in results[2:6]] == [
        [("/operation", "operation-unknown")],
        [("/at", "record-missing")],
        [("/at", "record-not-expected")],
        [("/client_id", "missing")],
    ]
    assert ("/village", "missing") in codes(results[-1])
    assert await world.stored() == (1, 1)
    many = [operation("record_activity", body) for _ in range(501)]
    shapes: list[dict[str, Any]] = [{"operations": many}, {"operations": []}, {}, {"operations": None}]
    for shape in shapes:
        answer = await world.client().post("/v1/batches", json=shape)
        assert answer.status_code == 422
        assert faults(answer)[0][0] == "/operations"
    assert await world.stored() == (1, 1)


async def test_a_body_of_any_depth_is_refused_and_breaks_nothing(world: World) -> None:
    """Deep, by the schema of its operation; deeper than any body may be, as a whole."""
    told = set()
    for depth in (20, 300, 950, 100_000):
        body = f'{{"title": {"[" * depth}{"]" * depth}}}'
        one = f'{{"client_id": "{depth}", "operation": "record_activity", "body": {body}}}'
        answer = await world.client().post(
            "/v1/batches", content=f'{{"operations": [{one}]}}', headers={"Content-Type": "application/json"}
        )
        told.add((answer.status_code, *(one["status"] for one in answer.json().get("results", ()))))
    assert told == {(200, 422), (422,)}


async def test_an_operation_sent_again_is_answered_again_and_not_done_again(world: World) -> None:
    operator = world.client()
    first = [
        operation("record_activity", world.planned()),
        operation("record_activity", world.planned(village="99.99.99.9999")),
        operation("record_activity", world.planned(title="Kerja bakti kedua")),
    ]
    key = {"Idempotency-Key": "luring-1"}
    answered = await sent(operator, *first, **key)
    assert statuses(answered) == [201, 422, 201]
    assert await sent(operator, *first, **key) == answered
    step = operation("cancel_activity", STALE, at=answered[0]["id"], if_match=1)
    assert statuses(await sent(operator, step)) == [200]
    again = await sent(operator, first[2], step, first[0], first[1])
    assert [one["already"] for one in again] == [True, True, True, False]
    assert [one["id"] for one in again[:3]] == [answered[2]["id"], answered[0]["id"], answered[0]["id"]]
    assert statuses(again) == [201, 200, 201, 422]
    assert await world.stored() == (2, 3)
    other = operation("record_activity", world.planned(title="Isi lain"), first[0]["client_id"])
    mended = operation("record_activity", world.planned(), first[1]["client_id"])
    results = await sent(operator, other, mended)
    assert (statuses(results), slug(results[0])) == ([422, 201], "client-id-reused")
    colleague = world.client(sub="rekan")
    assert [one["already"] for one in await sent(colleague, first[0])] == [False]
    assert await world.stored() == (4, 5)
    # Whoever has gone to another village is told nothing of what was done here, nor may do it anew.
    gone = world.client(area=NEXT_VILLAGE, sub="rekan")
    (told,) = await sent(gone, first[0])
    assert (told["status"], told["id"]) == (404, None)


async def test_an_id_that_is_taken_is_refused_even_if_it_is_taken_meanwhile(world: World) -> None:
    taken, mine, late = (str(uuid7()) for _ in range(3))
    operator = world.client()
    results = await sent(
        operator,
        operation("record_activity", world.planned(id=taken)),
        operation("record_activity", world.planned(id=taken, title="Yang lain")),
        operation("record_activity", world.planned(id=mine)),
    )
    assert (statuses(results), slug(results[1])) == ([201, 409, 201], "id-taken")
    other = await asyncpg.connect(world.house.settings("activities").driver_dsn)
    try:
        hold = other.transaction()
        await hold.start()
        await other.execute("CREATE TEMP TABLE copy AS SELECT * FROM activity LIMIT 1")
        await other.execute("UPDATE copy SET id = $1", UUID(late))
        await other.execute("INSERT INTO activity SELECT * FROM copy")
        meanwhile = asyncio.create_task(
            sent(
                operator,
                operation("record_activity", world.planned(id=late)),
                operation("record_activity", world.planned()),
            )
        )
        await until(lambda: _waiting(world), "the batch waits for the other one's id")
        await hold.commit()
        results = await meanwhile
    finally:
        await other.close()
    assert (statuses(results), slug(results[0])) == ([409, 201], "id-taken")


async def _waiting(world: World) -> list[Any]:
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return await world.house.fetch("activities", query)


async def test_each_operation_needs_its_own_right_and_area(world: World) -> None:
    there = await world.posted(world.planned(village=NEXT_VILLAGE))
    body = operation("record_activity", world.planned())
    report = operation("submit_village_report", {"village": HERE, "month": "2026-02", "nihil": True})
    assert statuses(await sent(world.client("ministry", "ID"), body, report)) == [403, 403]
    assert statuses(await sent(world.client("district-facilitator", "32.04.05"), body, report)) == [201, 403]
    neighbour = world.client("village-operator", NEXT_VILLAGE)
    results = await sent(
        neighbour,
        operation("record_activity", world.planned()),
        operation("cancel_activity", STALE, at=there["id"], if_match=1),
        report,
    )
    assert statuses(results) == [422, 403, 403]
    own = world.client("institution-operator", HERE, institution=str(world.helper))
    theirs = operation("record_activity", world.planned(lead_institution_id=str(world.helper)))
    assert statuses(await sent(own, theirs, operation("record_activity", world.planned()))) == [201, 422]
    assert (await world.client("public").post("/v1/batches", json={"operations": [body]})).status_code == 403


async def test_a_connection_that_breaks_leaves_nothing_and_the_batch_sent_again_all_of_it(world: World) -> None:
    plan = str(uuid7())
    batch = [
        operation("record_activity", world.planned(id=plan)),
        operation("cancel_activity", STALE, at=plan, if_match=1),
        operation("record_activity", world.planned(village=NEXT_VILLAGE)),
    ]
    owner = await asyncpg.connect(world.house.settings("activities").as_owner().driver_dsn)
    try:
        hold = owner.transaction()
        await hold.start()
        await owner.execute("SELECT FROM known_region WHERE id = $1 FOR UPDATE", identity.region_id(NEXT_VILLAGE))
        broken = asyncio.create_task(world.client().post("/v1/batches", json={"operations": batch}))
        ((pid,),) = await until(lambda: _waiting(world), "the batch waits at its last operation")
        await owner.execute("SELECT pg_terminate_backend($1)", pid)
        assert (await broken).status_code == 503
        await hold.rollback()
    finally:
        await owner.close()
    assert await world.stored() == (0, 0)
    results = await sent(world.client(), *batch)
    assert (statuses(results), [one["already"] for one in results]) == ([201, 200, 201], [False] * 3)
    assert await world.stored() == (2, 3)


async def test_batches_that_wait_for_each_other_are_both_done(world: World) -> None:
    operator, colleague = world.client(), world.client(sub="rekan")
    made = [(await world.posted(world.planned()))["id"] for _ in range(24)]
    moved = {"planned_from": "2026-03-21", "planned_until": "2026-03-21", "reason": "Hujan"}
    forth = [operation("reschedule_activity", moved, at=one, if_match="*") for one in made]
    back = [
        operation("reschedule_activity", moved | {"planned_until": "2026-03-22"}, at=one, if_match="*")
        for one in reversed(made)
    ]
    one, other = await asyncio.gather(sent(operator, *forth), sent(colleague, *back))
    assert {*statuses(one), *statuses(other)} == {200}
    assert await world.stored() == (24, 72)


async def test_the_same_batch_sent_twice_at_once_is_done_once(world: World) -> None:
    operator = world.client()
    batch = [operation("record_activity", world.planned(title=f"Kegiatan {n}")) for n in range(20)]
    answers = await asyncio.gather(*(sent(operator, *batch) for _ in range(4)))
    assert await world.stored() == (20, 20)
    assert len({tuple(one["id"] for one in results) for results in answers}) == 1
    assert sorted(results[0]["already"] for results in answers) == [False, True, True, True]


async def test_five_hundred_with_their_people_fit_and_mark_an_accepted_month(world: World) -> None:
    people = [await world.announcer.person(HERE) for _ in range(3)]
    await world.announcer.arrived()
    operator, district = world.client(), world.client("district-facilitator", "32.04.05", sub="tksk")
    report = (
        await operator.post("/v1/village-reports", json={"village": HERE, "month": "2026-02", "nihil": True})
    ).json()
    accepted = await district.post(f"/v1/village-reports/{report['id']}/acceptance", headers={"If-Match": '"1"'})
    assert accepted.json()["restate"] is False
    came = {"people": [{"person_id": str(one), "role": "anggota"} for one in people]}
    day = {"held_from": "2026-02-10", "held_until": "2026-02-10", "attendance": came}
    batch = [operation("record_activity", world.held(title=f"Arisan {n}", completion=day)) for n in range(500)]
    results = await sent(operator, *batch)
    assert set(statuses(results)) == {201}
    assert all(one["position"].count("@1") == 2 for one in results)
    assert (await operator.get(f"/v1/village-reports/{report['id']}")).json()["restate"] is True
    titles = await world.house.fetch(
        "activities",
        "SELECT data->>'title' AS title FROM outbox WHERE topic = 'activities.activity.v1' ORDER BY id",
    )
    assert [row["title"] for row in titles] == [one["body"]["title"] for one in batch]
    counted = await world.house.fetch(
        "activities",
        "SELECT (SELECT sum(named) FROM activity) AS named, (SELECT count(*) FROM attendance) AS pairs,"
        " (SELECT count(*) FROM audit_entry WHERE record_type = 'attendance_sheet') AS entries",
    )
    assert tuple(counted[0]) == (1500, 1500, 500)


async def test_what_was_done_is_forgotten_after_a_month(world: World) -> None:
    engine = database.open_engine(world.house.settings("activities"), pool_size=1)
    try:
        await sent(world.client(), operation("record_activity", world.planned()))
        kept = []
        for later in (claims.KEPT, claims.KEPT + timedelta(seconds=1)):
            async with database.transaction(database.sessions(engine)) as session:
                await claims.forget(session, world.house.clock.now() + later)
            kept.append(len(await world.house.fetch("activities", "SELECT client_id FROM batch_operation")))
        assert kept == [1, 0]
    finally:
        await engine.dispose()
