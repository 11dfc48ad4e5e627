"""`at_least=`: reading one's own write, waiting for it, and what is told when it does not come."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from services.reporting import worker
from shared import events
from shared.events import activities, registry
from shared.events.registry import Region
from tests.house import until
from tests.reporting.publishing import Desk, Village

pytestmark = pytest.mark.asyncio(loop_scope="module")

SINCE = date(2020, 1, 1)
SAMPLES = Path(events.__file__).parent / "samples"
SOMEBODY = UUID("0197a3b2-7c51-7d3e-9a52-5d0c7a1f2b3c")
"""An id that nobody has."""


def ask(desk: Desk, village: Village, *positions: str, role: str = "ministry", area: str = "ID") -> Any:
    """A request for a village's institutions that must contain these positions."""
    parameters = {"region": village.code, "period": "2026-02", "at_least": ",".join(positions)}
    return desk.client(role, area).get("/v1/indicators/LEM-01/values", params=parameters)


async def test_a_read_that_names_a_write_contains_it_as_soon_as_it_arrives(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    reading = asyncio.ensure_future(ask(desk, village, f"registry/{subject}@1"))
    await asyncio.sleep(0.2)
    assert not reading.done()
    await desk.send(subject, state, 1)
    answer = await reading
    assert answer.status_code == 200
    assert answer.json()["items"][0]["numerator"] == 1


async def test_positions_of_regions_institutions_and_activities_are_waited_for(desk: Desk) -> None:
    village = await desk.village()
    institution, activity = village.institution((SINCE, None)), village.activity(date(2026, 2, 1))
    await desk.publish(institution, activity)
    positions = [f"registry/{village.id}@1", f"registry/{institution[0]}@1", f"activities/{activity[0]}@1"]
    assert (await ask(desk, village, *positions)).status_code == 200


async def test_positions_of_everything_that_numbers_come_from_are_waited_for(desk: Desk) -> None:
    """By the samples of their events, each as a subject of its own."""
    village = await desk.village()
    wanted: list[str] = []
    for topic, contract in worker.CONTRACTS.items():
        if contract is not Region:
            sample = orjson.loads((SAMPLES / f"{topic}.json").read_bytes())["data"]
            subject = uuid4()
            await desk.send(subject, contract.model_validate(sample), 1)
            wanted.append(f"{contract.SERVICE}/{subject}@1")

    async def arrived() -> bool:
        answers = [await ask(desk, village, *some) for some in (wanted[::2], wanted[1::2])]
        return all(answer.status_code == 200 for answer in answers)

    await until(arrived, "reporting tells of each that it has arrived")
    swapped = [
        each.replace("registry/", "x/").replace("activities/", "registry/").replace("x/", "activities/")
        for each in wanted
    ]
    for some in (swapped[::2], swapped[1::2]):
        answer = await ask(desk, village, *some)
        assert (answer.status_code, answer.json()["missing"]) == (202, some), (
            "of the other service's subjects none is known"
        )


async def test_what_the_numbers_do_not_need_is_waited_for_too_and_counts_nowhere(desk: Desk) -> None:
    """Whoever wrote a programme, or took something out of a granary, need not know that no number contains it."""
    read = set(worker.CONTRACTS.values())
    unread = [each.NOUN for each in (*registry.STATES, *activities.STATES) if each not in read]
    assert unread == [], "its positions would be waited for in vain"
    village = await desk.village()
    subject = uuid4()
    sample = orjson.loads((SAMPLES / "activities.programme.v1.json").read_bytes())["data"]
    await desk.send(subject, activities.Programme.model_validate(sample), 2)
    await desk.send(subject, activities.Programme.model_validate(sample), 1)

    async def arrived() -> bool:
        return bool((await ask(desk, village, f"activities/{subject}@2")).status_code == 200)

    await until(arrived, "reporting tells that the programme has arrived")
    assert (await ask(desk, village, f"activities/{subject}@3")).status_code == 202
    rows = await desk.house.fetch(
        "reporting", "SELECT noun, sequence, state FROM dossier WHERE subject_id = $1", subject
    )
    assert [tuple(row) for row in rows] == [("programme", 2, None)]


async def test_a_newer_version_satisfies_an_older_position(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    await desk.publish((subject, state), (subject, state), (subject, state))
    assert (await ask(desk, village, f"registry/{subject}@2")).status_code == 200


async def test_what_does_not_arrive_is_named_and_nothing_else_of_it_is_told(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    await desk.publish((subject, state))
    there, missing, unheard = f"registry/{subject}@1", f"registry/{subject}@2", f"activities/{uuid4()}@1"
    answer = await ask(desk, village, there, missing, unheard)
    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "1"
    assert answer.json() == {"missing": [missing, unheard]}


async def test_an_institution_that_was_only_referred_to_has_not_arrived(desk: Desk) -> None:
    village = await desk.village()
    lead = uuid4()
    await desk.publish(village.activity(date(2026, 2, 1), lead=lead))
    answer = await ask(desk, village, f"registry/{lead}@1")
    assert answer.json() == {"missing": [f"registry/{lead}@1"]}


async def test_a_position_of_the_other_service_is_not_taken_for_it(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    await desk.publish((subject, state))
    assert (await ask(desk, village, f"activities/{subject}@1")).status_code == 202


async def parked(desk: Desk, village: Village, sequence: int = 2) -> UUID:
    """An institution one of whose events was parked; those before arrived."""
    subject, state = village.institution((SINCE, None))
    await desk.publish(*[(subject, state)] * (sequence - 1))
    await desk.send(subject, state, sequence, value=b"{}")

    async def put_aside() -> Any:
        return await desk.house.fetch("reporting", "SELECT FROM parked_event WHERE subject_id = $1", subject)

    await until(put_aside, "the event is parked")
    return subject


async def test_a_parked_event_is_named_instead_of_waited_for(desk: Desk) -> None:
    village = await desk.village()
    subject = await parked(desk, village)
    answer = await ask(desk, village, f"registry/{subject}@2")
    document = answer.json()
    assert (answer.status_code, document["type"]) == (409, "urn:wahana:problem:event-parked")
    assert document["position"] == f"registry/{subject}@2"
    assert (await ask(desk, village, f"registry/{subject}@1")).status_code == 200, "what came before is there"


def told(answer: httpx.Response) -> tuple[int, str, bool]:
    """Status, slug, and whether the number and the reason of the parked event are told."""
    document = answer.json()
    told = "parked_event" in document
    assert told == ("Field required" in document["detail"]), document
    return answer.status_code, document["type"].rpartition(":")[2], told


async def test_why_an_event_was_parked_is_told_in_its_subjects_area_only(desk: Desk) -> None:
    village, elsewhere = await desk.village(), await desk.village("94.01.01")
    subject = await parked(desk, village, sequence=3)
    here = await ask(desk, village, f"registry/{subject}@3", role="regency-officer", area="32.04")
    assert told(here) == (409, "event-parked", True)
    stranger: dict[str, str] = {"role": "regency-officer", "area": "94.01"}
    there = await ask(desk, elsewhere, f"registry/{subject}@3", **stranger)
    assert told(there) == (409, "event-parked", False)
    assert there.json()["position"] == f"registry/{subject}@3"


async def test_a_subject_of_which_nothing_arrived_lies_in_nobodys_area_but_the_nation(desk: Desk) -> None:
    village = await desk.village()
    subject = await parked(desk, village, sequence=1)
    here = await ask(desk, village, f"registry/{subject}@1", role="regency-officer", area="32.04")
    assert told(here) == (409, "event-parked", False)
    assert told(await ask(desk, village, f"registry/{subject}@1")) == (409, "event-parked", True)


async def test_a_parked_event_of_the_other_service_is_not_taken_for_it(desk: Desk) -> None:
    village = await desk.village()
    subject = await parked(desk, village)
    assert (await ask(desk, village, f"activities/{subject}@2")).status_code == 202


async def test_a_newer_event_heals_a_parked_one(desk: Desk) -> None:
    village = await desk.village()
    subject = await parked(desk, village)
    _, state = village.institution((SINCE, None))
    await desk.send(subject, state, 3)
    assert (await ask(desk, village, f"registry/{subject}@3")).status_code == 200
    assert (await ask(desk, village, f"registry/{subject}@2")).status_code == 200


@pytest.mark.parametrize(
    "nonsense",
    ["", "registry", "registry/7@1", f"registry/{SOMEBODY}", f"registry/{SOMEBODY}@0", f"registry/{SOMEBODY}@x",
     f"people/{SOMEBODY}@1", f"registry/{SOMEBODY}@1,", f"registry/{'-' * 36}@1", f"registry/{SOMEBODY}@9999999999",
     ",".join(f"registry/{UUID(int=n)}@1" for n in range(21))],
)  # fmt: skip
async def test_nonsense_is_refused_with_what_to_write(desk: Desk, nonsense: str) -> None:
    asked = {"region": "ID", "period": "2026", "at_least": nonsense}
    answer = await desk.client().get("/v1/indicators/LEM-01/values", params=asked)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:wahana:problem:not-a-position")
    (fault,) = answer.json()["errors"]
    assert fault["parameter"] == "at_least"
    assert fault["remedy"]


async def test_those_who_wait_hold_no_connection_that_others_need(desk: Desk) -> None:
    village = await desk.village()
    waiting = [asyncio.ensure_future(ask(desk, village, f"registry/{uuid4()}@1")) for _ in range(20)]
    await asyncio.sleep(0.3)
    rows = await desk.house.fetch(
        "reporting",
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
        " AND state = 'idle in transaction' AND now() - xact_start > interval '200 ms'",
    )
    assert rows[0]["n"] == 0
    assert (await ask(desk, village, f"registry/{village.id}@1")).status_code == 200
    answers: list[httpx.Response] = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {202}


async def test_profiles_and_explanations_wait_too(desk: Desk) -> None:
    position = f"registry/{uuid4()}@1"
    for path in ("/v1/profiles/ID?period=2026", "/v1/indicators/LEM-01/explanation?region=ID&period=2026"):
        assert (await desk.client().get(f"{path}&at_least={position}")).status_code == 202
