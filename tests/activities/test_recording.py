"""Planning an activity, and recording one that was held."""

import asyncio
import json
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.activities.world import COMPLETION, HERE, PAPUA, World, faults

pytestmark = pytest.mark.without_worker


async def test_a_plan_is_stored_with_its_event_and_can_be_read(world: World) -> None:
    operator = world.client()
    answer = await operator.post("/v1/activities", json=world.planned(village="3204052001"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/v1/activities/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Wahana-Position"] == f"activities/{made['id']}@1"
    read = await operator.get(answer.headers["Location"])
    assert read.json() == made
    assert read.headers["ETag"] == '"1"'
    assert made["village"] == "32.04.05.2001"
    assert made["lead_institution_name"] == "Arisan Mawar"
    assert made["status"] == "direncanakan"
    assert made["plan_versions"] == [
        {"planned_from": "2026-03-20", "planned_until": "2026-03-20", "recorded_on": "2026-03-15"}
    ]
    (event,) = await world.events(made["id"])
    assert event["type"] == "planned"
    assert event["plan"] == made["plan_versions"]


async def test_everything_told_comes_back_and_crosses_in_the_event(world: World) -> None:
    body = world.held(
        id=str(uuid7()), strategy="pemberdayaan", objective="Saluran bersih\r\nsebelum hujan",
        target_group={"members": True, "ppks_kinds": ["LUT", "FM"]}, title="  Kerja   bakti ",
        co_organiser_ids=[str(world.helper), str(world.far)], target_institution_ids=[str(world.neighbour)],
        partners=[" Puskesmas  Ciparay", "PUSKESMAS CIPARAY", "Dinas Sosial"],
    )  # fmt: skip
    made = await world.posted(body)
    assert made["id"] == body["id"]
    assert made["title"] == "Kerja bakti"
    assert made["objective"] == "Saluran bersih\nsebelum hujan"
    assert made["partners"] == ["Puskesmas Ciparay", "Dinas Sosial"]
    assert made["status"] == "selesai"
    assert (made["plan"], made["plan_versions"]) == (None, [])
    (event,) = await world.events(made["id"])
    assert event["type"] == "recorded"
    same = ("title", "kind", "strategy", "objective", "target_group", "co_organiser_ids", "partners", "status",
            "target_institution_ids", "lead_institution_id", "village_id", "voided")  # fmt: skip
    assert {name: event[name] for name in same} == {name: made[name] for name in same}
    completion = made["completion"]
    assert {name: event[name] for name in completion} == completion
    assert completion["attended"]["by_sex"] == COMPLETION["attended"]["by_sex"]


async def test_a_plan_may_be_told_together_with_what_came_of_it(world: World) -> None:
    plan = {"planned_from": "2026-02-20", "planned_until": "2026-02-21"}
    made = await world.posted(world.planned(plan=plan, completion=COMPLETION))
    assert made["status"] == "selesai"
    assert made["plan_versions"] == [{**plan, "recorded_on": "2026-03-15"}]


async def test_partners_beyond_the_area_may_join_a_lead_inside_it(world: World) -> None:
    made = await world.posted(world.planned(village=PAPUA, co_organiser_ids=[str(world.far)]))
    assert made["village"] == PAPUA


async def test_the_same_post_twenty_times_at_once_is_one_activity(world: World) -> None:
    operator = world.client()
    headers = {"Idempotency-Key": "kerja-bakti-1"}
    answers = await asyncio.gather(
        *(operator.post("/v1/activities", json=world.planned(), headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await world.stored() == (1, 1)
    other = await operator.post("/v1/activities", json=world.planned(title="Lain"), headers=headers)
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key-reused")
    assert await world.stored() == (1, 1)


async def test_an_id_is_taken_once(world: World) -> None:
    body = world.planned(id=str(uuid7()))
    await world.posted(body)
    again = await world.client().post("/v1/activities", json=body)
    assert again.status_code == 409
    assert again.json()["type"].endswith(":id-taken")
    assert await world.stored() == (1, 1)


async def test_an_institutions_operator_records_for_its_own_institution_only(world: World) -> None:
    operator = world.client("institution-operator", HERE, institution=world.lead)
    await world.posted(world.planned(), operator)
    other = await operator.post("/v1/activities", json=world.planned(lead_institution_id=str(world.helper)))
    assert other.status_code == 422
    assert faults(other) == [("/lead_institution_id", "institution-unknown")]


async def test_a_lead_outside_the_area_is_refused_like_an_id_that_nobody_has(world: World) -> None:
    """Also when it is closed on that day or bears a partner's name: a refusal tells nothing of it, not even that it is."""
    closed = await world.announcer.institution(PAPUA, name="Lumbung Tutup", active=[("2020-01-01", "2021-01-01")])
    await world.announcer.arrived()
    told = set()
    for lead in (world.far, world.neighbour, closed, uuid7()):
        body = world.planned(lead_institution_id=str(lead), partners=["Lumbung Kurik", "Lumbung Tutup"])
        answer = await world.client().post("/v1/activities", json=body)
        assert answer.status_code == 422
        told.add(json.dumps(answer.json()["errors"]).replace(str(lead), "…"))
    assert len(told) == 1
    assert await world.stored() == (0, 0)


async def test_of_an_organiser_outside_the_area_neither_name_nor_spells_are_told(world: World) -> None:
    closed = await world.announcer.institution(PAPUA, name="Lumbung Tutup", active=[("2020-01-01", "2026-02-01")])
    await world.announcer.arrived()
    body = world.planned(
        plan={"planned_from": "2026-02-20", "planned_until": "2026-02-21"}, completion=COMPLETION,
        co_organiser_ids=[str(closed)],
    )  # fmt: skip
    answer = await world.client().post("/v1/activities", json=body)
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/co_organiser_ids/0", "organiser-not-active-that-day")
    assert "Lumbung Tutup" not in answer.text
    assert "2026-" not in answer.text
    made = await world.posted(world.planned(plan={"planned_from": "2026-01-31", "planned_until": "2026-01-31"},
                                            co_organiser_ids=[str(closed)]))  # fmt: skip
    moved = await world.step(made, "rescheduling", {"planned_from": "2026-02-20", "planned_until": "2026-02-21"})
    assert faults(moved) == [("/planned_from", "organiser-not-active-that-day")]
    assert "Lumbung Tutup" not in moved.text
    ours = await world.client("integration", "ID").post("/v1/activities", json=body)
    assert "Lumbung Tutup" in ours.text, "who covers its seat is told"


async def test_organisers_are_at_work_on_the_first_day(world: World) -> None:
    closed = await world.announcer.institution(HERE, name="Sinoman Tutup", active=[("2025-01-01", "2026-03-01")])
    paused = await world.announcer.institution(
        HERE, name="KUBE Vakum", active=[("2025-01-01", "2026-02-01"), ("2026-03-01", None)]
    )
    await world.announcer.arrived()
    operator = world.client()

    async def answer(day: str, lead: UUID, helper: UUID) -> list[tuple[str, str]]:
        completion = {"held_from": day, "held_until": "2026-03-02"}
        body = world.held(completion=completion, lead_institution_id=str(lead), co_organiser_ids=[str(helper)])
        given = await operator.post("/v1/activities", json=body)
        return [] if given.status_code == 201 else faults(given)

    idle = "organiser-not-active-that-day"
    assert await answer("2026-02-28", closed, world.helper) == []  # held until after the closing: the first day counts
    assert await answer("2026-03-01", closed, world.helper) == [("/lead_institution_id", idle)]
    assert await answer("2026-01-31", world.lead, paused) == []
    assert await answer("2026-02-01", world.lead, paused) == [("/co_organiser_ids/0", idle)]
    assert await answer("2026-03-01", world.lead, paused) == []
    assert await answer("2024-12-31", closed, paused) == [("/lead_institution_id", idle), ("/co_organiser_ids/0", idle)]
    plan = {"planned_from": "2026-03-20", "planned_until": "2026-03-20"}
    late = await operator.post("/v1/activities", json=world.planned(plan=plan, lead_institution_id=str(closed)))
    assert faults(late) == [("/lead_institution_id", idle)]
    # Its target need not be at work: it may be served while it is dormant.
    await world.posted(world.planned(target_institution_ids=[str(closed)]))
