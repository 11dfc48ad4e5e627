"""Monthly reports of villages: what they say is counted, the district decides, late changes mark, nobody is forgotten."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activities.village_reports import months
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World, faults
from tests.house import until

pytestmark = pytest.mark.without_worker

DISTRICT = "32.04.05"


def _report(month: str = "2026-02", village: str = HERE, **more: Any) -> dict[str, Any]:
    return {"village": village, "month": month} | more


def _facilitator(world: World, **claims: Any) -> httpx.AsyncClient:
    return world.client("district-facilitator", DISTRICT, **({"sub": "tksk"} | claims))


async def _submitted(world: World, body: dict[str, Any], client: httpx.AsyncClient | None = None) -> dict[str, Any]:
    answer = await (client or world.client()).post("/v1/village-reports", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _step(
    client: httpx.AsyncClient, report: dict[str, Any], step: str, body: dict[str, Any] | None = None
) -> httpx.Response:
    headers = {"If-Match": f'"{report["sequence"]}"'}
    return await client.post(f"/v1/village-reports/{report['id']}/{step}", json=body, headers=headers)


async def _held(world: World, *days: str, village: str = HERE) -> list[dict[str, Any]]:
    return [
        await world.posted(world.held(village=village, completion={"held_from": day, "held_until": day}))
        for day in days
    ]


async def test_a_month_goes_from_the_village_to_the_district_and_back(world: World) -> None:
    await _held(world, "2026-02-01", "2026-02-28", "2026-03-01", "2026-01-31")
    await _held(world, "2026-02-10", village=NEXT_VILLAGE)
    village, district = world.client(), _facilitator(world)
    answer = await village.post("/v1/village-reports", json=_report())
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/village-reports/{made['id']}"
    assert answer.headers["Wahana-Position"] == f"activities/{made['id']}@1"
    told = ("state", "nihil", "completed", "submitted_on", "due_on", "in_time", "decided_on", "age_days", "restate")
    assert [made[name] for name in told] == [
        "diajukan", False, 2, "2026-03-15", "2026-03-10", False, None, 0, False,
    ]  # fmt: skip
    world.house.clock.instant = datetime(2026, 3, 18, 12, tzinfo=UTC)
    waiting = (await district.get("/v1/village-reports?state=diajukan&count=true")).json()
    assert [(one["id"], one["age_days"]) for one in waiting["items"]] == [(made["id"], 3)]
    assert waiting["count"] == 1
    returned = await _step(district, made, "return", {"reason": "Daftar hadir Ibu Sari belum ada"})
    assert (returned.json()["state"], returned.json()["decided_on"]) == ("dikembalikan", "2026-03-18")
    again = await _step(village, returned.json(), "submission", {"nihil": False})
    assert (again.json()["state"], again.json()["decided_on"]) == ("diajukan", None)
    assert (again.json()["submitted_on"], again.json()["first_submitted_on"]) == ("2026-03-18", "2026-03-15")
    accepted = await _step(district, again.json(), "acceptance")
    assert (accepted.json()["state"], accepted.json()["sequence"]) == ("diterima", 4)
    assert (await village.get(f"/v1/village-reports/{made['id']}")).json() == accepted.json()
    events = await world.events(made["id"])
    assert [(one["type"], one["state"], one["completed"]) for one in events] == [
        ("submitted", "diajukan", 2), ("returned", "dikembalikan", 2), ("resubmitted", "diajukan", 2),
        ("accepted", "diterima", 2),
    ]  # fmt: skip
    assert "Sari" not in str(events)
    history = (await village.get(f"/v1/village-reports/{made['id']}/history")).json()
    assert [(one["by"], one["reason"]) for one in history][1] == ("tksk", "Daftar hadir Ibu Sari belum ada")


async def test_what_a_report_says_must_agree_with_what_was_recorded(world: World) -> None:
    await _held(world, "2026-02-10", "2026-02-11")
    [entry_error] = await _held(world, "2026-01-05")
    await world.step(entry_error, "voiding", {"reason": "Salah input"})
    planned = world.planned(plan={"planned_from": "2026-01-20", "planned_until": "2026-01-20"})
    await world.posted(planned)
    village = world.client()
    before = await world.stored()
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        (_report(nihil=True), ("/nihil", "not-nihil")),
        (_report("2026-01"), ("/nihil", "nothing-completed")),
        (_report("2026-03", nihil=True), ("/month", "month-not-over")),
        (_report("2026-04", nihil=True), ("/month", "in-the-future")),
        (_report("2026-13"), ("/month", "string-pattern-mismatch")),
        (_report("1026-01", nihil=True), ("/month", "not-a-month")),
        (_report(nihil="ya"), ("/nihil", "bool-type")),
        (_report(village="32.04.05"), ("/village", "region-wrong-level")),
        (_report(village="32.04.05.2999"), ("/village", "region-unknown")),
        (_report(completed=3), ("/completed", "extra-forbidden")),
    ]
    for body, expected in cases:
        answer = await village.post("/v1/village-reports", json=body)
        assert (answer.status_code, faults(answer)) == (422, [expected]), (body, answer.text)
    told = (await village.post("/v1/village-reports", json=_report(nihil=True))).json()["errors"][0]
    assert "2 kegiatan" in told["message"]
    assert await world.stored() == before
    empty = await _submitted(world, _report("2026-01", nihil=True))
    assert (empty["nihil"], empty["completed"]) == (True, 0)


async def test_a_month_ends_by_the_calendar_of_the_village(world: World) -> None:
    """It is April in Papua when it is still 31 March in Java."""
    world.house.clock.instant = datetime(2026, 3, 31, 16, tzinfo=UTC)
    here = await world.client().post("/v1/village-reports", json=_report("2026-03", nihil=True))
    assert faults(here) == [("/month", "month-not-over")]
    there = world.client("village-operator", PAPUA)
    made = await _submitted(world, _report("2026-03", PAPUA, nihil=True), there)
    assert (made["submitted_on"], made["in_time"]) == ("2026-04-01", True)


async def test_a_village_has_one_report_of_a_month_unless_it_was_an_entry_error(world: World) -> None:
    village = world.client()
    answers = await asyncio.gather(
        *(village.post("/v1/village-reports", json=_report(nihil=True)) for _ in range(5))
    )  # fmt: skip
    assert sorted(one.status_code for one in answers) == [201] + [409] * 4
    made = next(one.json() for one in answers if one.status_code == 201)
    refused = await village.post("/v1/village-reports", json=_report(nihil=True))
    assert refused.json()["type"].endswith(":report-exists")
    assert refused.json()["report_id"] == made["id"]
    taken = await village.post("/v1/village-reports", json=_report("2026-01", nihil=True, id=made["id"]))
    assert taken.json()["type"].endswith(":id-taken")
    voided = await _step(village, made, "voiding", {"reason": "Bulan keliru"})
    assert (voided.json()["voided"], voided.json()["age_days"]) == (True, None)
    anew = await _submitted(world, _report(nihil=True))
    assert [one["id"] for one in (await village.get("/v1/village-reports")).json()["items"]] == [anew["id"]]
    listed = (await village.get("/v1/village-reports?voided=true")).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]


async def test_the_district_decides_about_what_others_submitted_in_its_area(world: World) -> None:
    made = await _submitted(world, _report(nihil=True))
    own = await _submitted(world, _report("2026-01", nihil=True), world.client(sub="rangkap"))
    assert (
        (await _step(_facilitator(world, sub="rangkap"), own, "acceptance"))
        .json()["type"]
        .endswith(":submitter-may-not-accept")
    )
    elsewhere = world.client("district-facilitator", "32.04.06", sub="tetangga")
    decisions: list[tuple[str, Any]] = [("acceptance", None), ("return", {"reason": "Salah desa"})]
    for step, body in decisions:
        assert (await _step(elsewhere, made, step, body)).status_code == 404
        assert (await _step(world.client(), made, step, body)).status_code == 403
    for path in (f"/{made['id']}", f"/{made['id']}/history"):
        assert (await elsewhere.get(f"/v1/village-reports{path}")).status_code == 404
    assert (await elsewhere.get("/v1/village-reports?count=true")).json()["count"] == 0
    assert (await _step(_facilitator(world), made, "submission", {"nihil": True})).status_code == 403
    strange = await world.client().post("/v1/village-reports", json=_report(village=NEXT_VILLAGE, nihil=True))
    assert strange.json()["type"].endswith(":village-outside-your-area")
    operator = world.client("institution-operator", HERE, institution=str(world.lead))
    assert (await operator.get("/v1/village-reports")).json()["items"] == []
    stale = await _step(_facilitator(world), made | {"sequence": 7}, "acceptance")
    assert stale.status_code == 412
    accepted = (await _step(_facilitator(world), made, "acceptance")).json()
    too_late: list[tuple[httpx.AsyncClient, str, Any]] = [
        (_facilitator(world), "acceptance", None), (_facilitator(world), "return", {"reason": "Ragu"}),
        (world.client(), "submission", {"nihil": True}), (world.client(), "restatement", {"nihil": True}),
        (world.client(), "voiding", {"reason": "Batal"}),
    ]  # fmt: skip
    for client, step, body in too_late:
        refused = await _step(client, accepted, step, body)
        assert refused.json()["type"].endswith(":wrong-state"), (step, refused.text)
        assert refused.json()["possible_steps"] == []


async def test_nobody_accepts_a_number_that_is_not_so_any_more(world: World) -> None:
    await _held(world, "2026-02-10")
    made = await _submitted(world, _report())
    await _held(world, "2026-02-12")
    refused = await _step(_facilitator(world), made, "acceptance")
    assert refused.json()["type"].endswith(":month-changed-since-submission")
    assert (refused.json()["submitted"], refused.json()["now"]) == (1, 2)
    renewed = (await _step(world.client(), made, "submission", {"nihil": False})).json()
    assert (await _step(_facilitator(world), renewed, "acceptance")).json()["completed"] == 2


async def test_villages_without_an_accepted_report_are_listed_to_be_called(world: World) -> None:
    """Activities do not make a report: only reports count."""
    await _held(world, "2026-02-10", village=NEXT_VILLAGE)
    made = await _submitted(world, _report(nihil=True))
    world.house.clock.instant = datetime(2026, 3, 16, 12, tzinfo=UTC)
    district = world.client("regency-officer", "32.04", sub="dinas")
    first = (await district.get("/v1/village-reports/missing?month=2026-02&limit=2&count=true")).json()
    assert [(one["village"], one["state"], one["days_late"]) for one in first["items"]] == [
        (HERE, "diajukan", 0), (NEXT_VILLAGE, None, 6),
    ]  # fmt: skip
    assert (first["count"], first["villages"], first["accepted"]) == (3, 3, 0)
    following = await district.get(
        f"/v1/village-reports/missing?month=2026-02&limit=2&count=true&cursor={first['next']}"
    )
    assert [one["village"] for one in following.json()["items"]] == [NEXT_DISTRICT]
    await _step(district, made, "acceptance")
    of_district = (await district.get(f"/v1/village-reports/missing?month=2026-02&region={DISTRICT}&count=true")).json()
    assert [one["village"] for one in of_district["items"]] == [NEXT_VILLAGE]
    assert (of_district["villages"], of_district["accepted"]) == (2, 1)
    await world.announcer.region(NEXT_VILLAGE, sequence=2, until=date(2026, 2, 20))
    await world.announcer.arrived()
    ended = (await district.get(f"/v1/village-reports/missing?month=2026-02&region={DISTRICT}")).json()["items"]
    assert ended == []
    missing = await district.get("/v1/village-reports/missing")
    assert faults(missing) == [("month", "missing")]


async def test_what_is_told_late_of_an_accepted_month_marks_it_and_a_restatement_clears_the_mark(world: World) -> None:
    """By the function that everything calls which changes what a month holds."""
    made = await _submitted(world, _report(nihil=True))
    accepted = (await _step(_facilitator(world), made, "acceptance")).json()
    [late] = await _held(world, "2026-02-10")
    marked = (await world.client().get(f"/v1/village-reports/{made['id']}")).json()
    assert (marked["state"], marked["restate"], marked["sequence"]) == ("diterima", True, accepted["sequence"] + 1)
    assert [one["id"] for one in (await world.client().get("/v1/village-reports?restate=true")).json()["items"]] == [
        made["id"]
    ]
    await world.step(late, "correction", {"reason": "Judul keliru", "title": "Kerja bakti RW 2"})
    restated = (await _step(world.client(), marked, "restatement", {"nihil": False})).json()
    assert (restated["state"], restated["restate"], restated["completed"]) == ("diajukan", False, 1)
    assert (await _step(_facilitator(world), restated, "acceptance")).json()["state"] == "diterima"
    assert [one["type"] for one in await world.events(made["id"])] == [
        "submitted", "accepted", "marked_for_restatement", "resubmitted", "accepted",
    ]  # fmt: skip


async def test_what_is_completed_while_the_district_accepts_is_not_lost(world: World) -> None:
    """The acceptance waits for who holds the report, and then counts; who comes while it is accepted waits and marks."""
    made = await _submitted(world, _report(nihil=True))
    ours = await asyncpg.connect(world.house.dsn("activities"))
    try:
        await ours.execute("BEGIN")
        await ours.fetch("SELECT FROM village_report WHERE id = $1 FOR UPDATE", UUID(made["id"]))
        accepting = asyncio.create_task(_step(_facilitator(world), made, "acceptance"))
        await until(lambda: _waiting(world, 1), "the acceptance waits")
        completing = asyncio.create_task(_held(world, "2026-02-10"))
        await until(lambda: _waiting(world, 2), "the completion waits behind it")
        await ours.execute("ROLLBACK")
    finally:
        await ours.close()
    assert (await accepting).json()["state"] == "diterima"
    await completing
    assert (await world.client().get(f"/v1/village-reports/{made['id']}")).json()["restate"] is True


@pytest.mark.parametrize("batched", [False, True])
async def test_a_month_is_not_accepted_while_something_is_being_told_of_it(world: World, batched: bool) -> None:
    """Also by somebody who began before there was a report, and so found none to wait for."""
    told = {
        "poster": {"organisation": "institution", "id": str(world.lead)},
        "kind": "gotong_royong",
        "scope": "public",
    }
    text = {"title": "Jumat bersih", "story": "Setiap Jumat satu RT."}
    experience = (await world.client().post("/v1/experiences", json=told | text)).json()
    late = world.held(
        completion={"held_from": "2026-02-10", "held_until": "2026-02-10"}, experience_id=experience["id"]
    )
    address, body = "/v1/activities", late
    if batched:
        address = "/v1/batches"
        body = {"operations": [{"client_id": "1", "operation": "record_activity", "body": late}]}
    ours = await asyncpg.connect(world.house.dsn("activities"))
    try:
        await ours.execute("BEGIN")
        await ours.fetch("SELECT FROM experience WHERE id = $1 FOR UPDATE", UUID(experience["id"]))
        telling = asyncio.create_task(world.client().post(address, json=body))
        await until(lambda: _waiting(world, 1), "the activity is stored, and not seen yet")
        made = await _submitted(world, _report(nihil=True))
        accepting = asyncio.create_task(_step(_facilitator(world), made, "acceptance"))
        await until(lambda: _done_or_waiting(world, accepting, 2), "the acceptance waits")
        await ours.execute("ROLLBACK")
    finally:
        await ours.close()
    assert (await telling).is_success
    refused = await accepting
    assert (refused.status_code, refused.json().get("now")) == (409, 1)


async def test_what_was_submitted_anew_while_an_acceptance_waited_is_not_accepted_unread(world: World) -> None:
    made = await _submitted(world, _report(nihil=True))
    ours = await asyncpg.connect(world.house.dsn("activities"))
    try:
        await ours.execute("BEGIN")
        month = f"2026-02 {made['village_id']}"
        await ours.fetch("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", month)
        accepting = asyncio.create_task(_step(_facilitator(world), made, "acceptance"))
        await until(lambda: _waiting(world, 1), "the acceptance waits")
        assert (await _step(world.client(), made, "submission", {"nihil": True})).is_success
        await ours.execute("ROLLBACK")
    finally:
        await ours.close()
    assert (await accepting).status_code == 412


async def _done_or_waiting(world: World, task: "asyncio.Task[Any]", count: int) -> bool:
    return task.done() or await _waiting(world, count)


async def _waiting(world: World, count: int) -> bool:
    rows = await world.house.fetch(
        "activities",
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    return bool(rows[0]["n"] >= count)


@given(st.dates(date(1945, 1, 1), date(2100, 11, 30)), st.integers(1, 28))
def test_months_meet_and_a_report_is_due_in_the_month_that_follows(day: date, due_day: int) -> None:
    month = months.month_of(day)
    assert months.first_day(month) <= day <= months.last_day(month) < months.after(month)
    assert (months.after(month) - months.last_day(month)).days == 1
    due = months.due_on(month, due_day)
    assert (due.day, months.month_of(due)) == (due_day, months.month_of(months.after(month)))
