"""Parked events over HTTP: looked at, read again, thrown away; by whom, and what is told when it does not work."""

import asyncio
import base64
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.reporting.dossiers import PROJECTION_LOCK
from shared import kafka
from shared.codes import PpksKind
from shared.events.envelope import Event, State, headers
from tests.house import until
from tests.reporting.publishing import Desk
from tests.reporting.test_people_values import benefit, sheet

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/parked-events"
SINCE = date(2020, 1, 1)
REASON = {"reason": "Dikirim oleh impor percobaan yang keliru"}


async def unreadable(desk: Desk, subject: UUID, state: State, value: bytes = b"{}") -> dict[str, Any]:
    """An event of a subject that the worker could not read and has parked, as the list tells it."""
    await desk.send(subject, state, 1, value=value)

    async def parked() -> Any:
        return [item for item in (await desk.get(PATH, limit=200))["items"] if item["subject_id"] == str(subject)]

    (found,) = await until(parked, "the event is parked")
    return dict(found)


async def readable(desk: Desk, subject: UUID, state: State, sequence: int) -> int:
    """An event that an older version of this service could not read and parked: its number."""
    event = Event(
        id=uuid4(), type=state.event_type(state.FACTS[0]), subject=subject, sequence=sequence, time=desk.clock.now(),
        data=state.model_dump_json().encode(), schema=state.schema_uri(),
    )  # fmt: skip
    rows = await desk.house.fetch(
        "reporting",
        'INSERT INTO parked_event (topic, partition, "offset", subject_id, sequence, headers, value, reason)'
        " VALUES ($1, 99, (SELECT count(*) FROM parked_event), $2, $3, $4::text::jsonb, $5, 'not understood') RETURNING id",
        kafka.full_name(desk.house.settings("reporting"), state.topic()), subject, sequence,
        orjson.dumps([[name, value.decode()] for name, value in headers(event)]).decode(), event.data,
    )  # fmt: skip
    return int(rows[0]["id"])


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def test_parked_events_are_listed_in_pages_oldest_first_and_by_topic(desk: Desk) -> None:
    village = await desk.village()
    for _ in range(3):
        await unreadable(desk, *village.institution((SINCE, None)))
    activity = await unreadable(desk, *village.activity(SINCE))
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await desk.get(PATH, limit=2, count=True, **cursor)
        found += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert page["count"] == len(found) >= 4
    assert [item["id"] for item in found] == sorted({item["id"] for item in found})
    only = (await desk.get(PATH, topic=activity["topic"]))["items"]
    assert activity in only
    assert {item["topic"] for item in only} == {activity["topic"]}


async def test_a_parked_event_shows_why_and_what_was_sent(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    listed = await unreadable(desk, subject, state, b'{"name": 5}')
    answer = await desk.get(f"{PATH}/{listed['id']}")
    assert {name: answer[name] for name in listed} == listed
    assert (answer["subject_id"], answer["sequence"], answer["size"]) == (str(subject), 1, 11)
    assert base64.b64decode(answer["value"]) == b'{"name": 5}'
    assert {"name": "ce_subject", "value": str(subject)} in answer["headers"]
    assert answer["reason"]


async def test_what_was_sent_about_people_and_help_is_shown_to_whom_such_events_are_open(desk: Desk) -> None:
    """Kinds of PPKS stand in it: who runs the installation may repair it without reading it."""
    village = await desk.village()
    about = [sheet(village, [uuid4()], SINCE), benefit(village, uuid4(), uuid4(), kinds=[PpksKind.ODHA])]
    for subject, state in about:
        listed = await unreadable(desk, subject, state, b'{"people": 5}')
        answer = await desk.get(f"{PATH}/{listed['id']}")
        assert (answer["value"], answer["size"]) == (None, 13), state.NOUN
    token = desk.house.issuer.mint(["ministry", "regency-officer"], "ID")
    for subject, _ in about:
        (found,) = [each for each in (await desk.get(PATH, limit=200))["items"] if each["subject_id"] == str(subject)]
        told = await desk.client().get(f"{PATH}/{found['id']}", headers={"Authorization": f"Bearer {token}"})
        assert base64.b64decode(told.json()["value"]) == b'{"people": 5}'


async def test_of_a_large_parked_event_the_size_is_told_and_not_the_data(desk: Desk) -> None:
    village = await desk.village()
    listed = await unreadable(desk, *village.institution((SINCE, None)), value=b"{" + b" " * 20_000)
    answer = await desk.get(f"{PATH}/{listed['id']}")
    assert (answer["size"], answer["value"]) == (20_001, None)


async def test_an_event_that_can_be_read_now_is_applied_and_no_longer_parked(desk: Desk) -> None:
    village = await desk.village()
    number = await readable(desk, *village.institution((SINCE, None)), sequence=1)
    answer = await desk.client().post(f"{PATH}/{number}/retry")
    assert (answer.status_code, answer.json()) == (200, {"id": number, "changed": True})
    assert await desk.ratio("LEM-01", village.code, "2026-02") == (1, 1)
    assert slug(await desk.client().get(f"{PATH}/{number}")) == (404, "not-found")
    assert slug(await desk.client().post(f"{PATH}/{number}/retry")) == (404, "not-found")


async def test_a_retry_waits_while_the_projection_must_stand_still(desk: Desk) -> None:
    village = await desk.village()
    number = await readable(desk, *village.institution((SINCE, None)), sequence=1)
    rebuilding = await asyncpg.connect(desk.house.dsn("reporting"))
    await rebuilding.execute("SELECT pg_advisory_lock($1, hashtext('live'))", PROJECTION_LOCK)
    retrying = asyncio.ensure_future(desk.client().post(f"{PATH}/{number}/retry"))
    await asyncio.sleep(0.5)
    # Not locked meanwhile: a swap of the schemas copies the parked events.
    locked = await rebuilding.fetch("SELECT FROM live.parked_event WHERE id = $1 FOR UPDATE NOWAIT", number)
    assert (retrying.done(), len(locked)) == (False, 1)
    await rebuilding.close()
    assert (await retrying).status_code == 200


async def test_an_event_of_a_region_is_applied_by_a_retry_too(desk: Desk) -> None:
    village = await desk.village()
    _, state = desk.region(village.code, "Asia/Jakarta")
    number = await readable(desk, village.id, state.model_copy(update={"name": "Cinunuk"}), sequence=2)
    assert (await desk.client().post(f"{PATH}/{number}/retry")).json()["changed"] is True
    assert (await desk.value("LEM-01", village.code, "2026-02"))["region"]["name"] == "Cinunuk"


async def test_a_retry_of_what_is_stale_by_now_changes_nothing(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    await desk.publish((subject, state), (subject, state))
    number = await readable(desk, subject, state.model_copy(update={"voided": True}), sequence=1)
    assert (await desk.client().post(f"{PATH}/{number}/retry")).json() == {"id": number, "changed": False}
    assert await desk.ratio("LEM-01", village.code, "2026-02") == (1, 1)


async def test_what_still_cannot_be_read_stays_parked_and_says_why(desk: Desk) -> None:
    village = await desk.village()
    listed = await unreadable(desk, *village.institution((SINCE, None)))
    answer = await desk.client().post(f"{PATH}/{listed['id']}/retry")
    assert slug(answer) == (409, "event-still-unreadable")
    assert listed["reason"] in answer.json()["detail"]
    assert (await desk.get(f"{PATH}/{listed['id']}"))["reason"] == listed["reason"]


async def test_an_event_of_a_topic_that_nobody_reads_stays_parked(desk: Desk) -> None:
    village = await desk.village()
    number = await readable(desk, *village.institution((SINCE, None)), sequence=1)
    await desk.house.execute("reporting", f"UPDATE parked_event SET topic = 'elsewhere.v1' WHERE id = {number}")
    assert slug(await desk.client().post(f"{PATH}/{number}/retry")) == (409, "event-still-unreadable")


async def test_cells_of_other_measures_are_not_touched_by_a_retry(desk: Desk) -> None:
    village = await desk.village()
    number = await readable(desk, *village.institution((SINCE, None)), sequence=1)
    (row,) = await desk.house.fetch("reporting", "SELECT version FROM measure_version")
    try:
        await desk.house.execute("reporting", "UPDATE measure_version SET version = 'another'")
        assert slug(await desk.client().post(f"{PATH}/{number}/retry")) == (409, "numbers-of-other-measures")
    finally:
        await desk.house.execute("reporting", f"UPDATE measure_version SET version = '{row['version']}'")
    assert await desk.ratio("LEM-01", village.code, "2026-02") == (0, 1)
    assert (await desk.client().post(f"{PATH}/{number}/retry")).status_code == 200


async def test_a_discarded_event_is_answered_once_more_and_gone(desk: Desk) -> None:
    village = await desk.village()
    listed = await unreadable(desk, *village.institution((SINCE, None)))
    path = f"{PATH}/{listed['id']}/discard"
    key = {"Idempotency-Key": str(uuid4())}
    answer = await desk.client().post(path, json=REASON, headers=key)
    assert (answer.status_code, answer.json()) == (200, listed)
    assert slug(await desk.client().get(f"{PATH}/{listed['id']}")) == (404, "not-found")
    assert (await desk.client().post(path, json=REASON, headers=key)).json() == listed, "the first answer again"
    assert slug(await desk.client().post(path, json=REASON)) == (404, "not-found")


@pytest.mark.parametrize("body", [{}, {"reason": "x"}, {"reason": "x" * 501}, {**REASON, "why": "x"}])
async def test_an_event_is_discarded_with_a_reason_only(desk: Desk, body: dict[str, str]) -> None:
    village = await desk.village()
    listed = await unreadable(desk, *village.institution((SINCE, None)))
    assert slug(await desk.client().post(f"{PATH}/{listed['id']}/discard", json=body)) == (422, "invalid-payload")
    assert (await desk.client().get(f"{PATH}/{listed['id']}")).status_code == 200


async def test_parked_events_are_for_those_who_operate_the_whole_installation(desk: Desk) -> None:
    village = await desk.village()
    listed = await unreadable(desk, *village.institution((SINCE, None)))
    one = f"{PATH}/{listed['id']}"
    calls = [
        ("GET", PATH, None),
        ("GET", one, None),
        ("POST", f"{one}/retry", None),
        ("POST", f"{one}/discard", REASON),
    ]
    for method, path, body in calls:
        refused = await desk.client("province-officer", "32").request(method, path, json=body)
        assert slug(refused) == (403, "forbidden"), path
        narrow = await desk.client("ministry", "32").request(method, path, json=body)
        assert narrow.json()["items"] == [] if path == PATH else slug(narrow) == (404, "not-found"), path
    assert (await desk.client().get(one)).status_code == 200
