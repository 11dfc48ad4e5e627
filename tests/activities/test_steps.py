"""The life of an activity: rescheduled, completed, corrected, cancelled, voided; and what may not follow."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from shared.clock import SettableClock
from tests.activities.world import BALI, COMPLETION, HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World, faults
from tests.house import until

pytestmark = pytest.mark.without_worker

NEW_DATES = {"planned_from": "2026-04-10", "planned_until": "2026-04-11"}
BODIES: dict[str, dict[str, Any]] = {
    "change": {"title": "Judul baru"},
    "rescheduling": NEW_DATES,
    "completion": COMPLETION,
    "cancellation": {"reason": "Banjir"},
    "correction": {"reason": "Salah hitung", "completion": {"invited": {"total": 21}}},
    "voiding": {"reason": "Salah input"},
}


async def test_every_plan_version_is_kept_in_the_record_and_in_its_events(world: World, clock: SettableClock) -> None:
    made = await world.posted(world.planned())
    clock.instant = datetime(2026, 3, 18, 2, tzinfo=UTC)
    moved = await world.step(made, "rescheduling", NEW_DATES | {"reason": "Hujan"})
    assert moved.status_code == 200, moved.text
    assert moved.headers["ETag"] == '"2"'
    assert moved.headers["Wahana-Position"] == f"activities/{made['id']}@2"
    clock.instant = datetime(2026, 4, 12, 2, tzinfo=UTC)
    done = await world.step(
        moved.json(), "completion", COMPLETION | {"held_from": "2026-04-10", "held_until": "2026-04-12"}
    )
    versions = [
        {"planned_from": "2026-03-20", "planned_until": "2026-03-20", "recorded_on": "2026-03-15"},
        {**NEW_DATES, "recorded_on": "2026-03-18"},
    ]
    assert done.json()["plan_versions"] == versions
    assert done.json()["plan"] == NEW_DATES
    assert done.json()["status"] == "selesai"
    events = await world.events(made["id"])
    assert [event["type"] for event in events] == ["planned", "rescheduled", "completed"]
    assert [event["plan"] for event in events] == [versions[:1], versions, versions]
    assert events[-1]["held_until"] == "2026-04-12"


async def test_a_version_is_recorded_on_the_local_day_of_the_place(world: World, clock: SettableClock) -> None:
    """Case O-22: half an hour before midnight is another instant in each of the three zones, and the same day."""
    nation = world.client("integration", "ID")
    for village, hour in [(PAPUA, 14), (BALI, 15), (HERE, 16)]:
        for minute, recorded_on in [(30, "2024-12-31"), (59, "2024-12-31"), (60, "2025-01-01")]:
            clock.instant = datetime(2024, 12, 31, hour + minute // 60, minute % 60, tzinfo=UTC)
            plan = {"planned_from": "2025-01-01", "planned_until": "2025-01-01"}
            made = await world.posted(world.planned(village=village, plan=plan), nation)
            assert made["plan_versions"] == [{**plan, "recorded_on": recorded_on}], (village, minute)
            moved = await world.step(made, "rescheduling", NEW_DATES, nation)
            assert moved.json()["plan_versions"][1]["recorded_on"] == recorded_on


async def test_what_is_today_over_there_is_not_the_future(world: World, clock: SettableClock) -> None:
    nation = world.client("integration", "ID")
    clock.instant = datetime(2024, 12, 31, 14, 30, tzinfo=UTC)  # 23:30 in Papua, 21:30 in West Java
    today = {"completion": {"held_from": "2024-12-31", "held_until": "2024-12-31"}}
    tomorrow = {"completion": {"held_from": "2025-01-01", "held_until": "2025-01-01"}}
    for village in (PAPUA, HERE):
        made = await world.posted(world.held(village=village, **today), nation)
        assert made["completion"]["held_until"] == "2024-12-31"
        early = await nation.post("/v1/activities", json=world.held(village=village, **tomorrow))
        assert faults(early) == [("/completion/held_until", "completion-in-the-future")]
    clock.instant = datetime(2024, 12, 31, 15, 0, tzinfo=UTC)
    await world.posted(world.held(village=PAPUA, **tomorrow), nation)
    early = await nation.post("/v1/activities", json=world.held(village=HERE, **tomorrow))
    assert faults(early) == [("/completion/held_until", "completion-in-the-future")]


async def test_it_is_not_over_before_its_planned_start_unless_that_was_told_first(world: World) -> None:
    made = await world.posted(world.planned())
    early = await world.step(made, "completion", COMPLETION)
    assert faults(early) == [("/held_from", "held-before-planned-start")]
    assert await world.stored() == (1, 1)
    moved = await world.step(made, "rescheduling", {"planned_from": "2026-03-01", "planned_until": "2026-03-01"})
    idle = await world.step(moved.json(), "completion", COMPLETION | {"held_from": "2019-12-31"})
    assert faults(idle) == [("/held_from", "organiser-not-active-that-day")]
    done = await world.step(moved.json(), "completion", COMPLETION)
    assert done.status_code == 200, done.text
    later = {"reason": "Salah hari", "completion": {"held_until": "2026-02-28", "held_from": "2026-02-28"}}
    # Its plan was told only when it had begun: such a one counts nowhere and forbids nothing.
    assert (await world.step(done.json(), "correction", later)).status_code == 200


async def test_a_correction_does_not_move_the_end_before_the_planned_start(world: World, clock: SettableClock) -> None:
    made = await world.posted(world.planned())
    clock.instant = datetime(2026, 3, 22, 2, tzinfo=UTC)
    days = {"held_from": "2026-03-19", "held_until": "2026-03-20"}
    done = await world.step(made, "completion", COMPLETION | days)
    assert done.status_code == 200, "it may begin before the planned first day"
    body = {"reason": "Salah hari", "completion": {"held_until": "2026-03-19"}}
    assert faults(await world.step(done.json(), "correction", body)) == [
        ("/completion/held_from", "held-before-planned-start")
    ]
    retitled = {"reason": "Judul keliru", "title": "Judul benar"}
    assert (await world.step(done.json(), "correction", retitled)).status_code == 200


async def test_a_plan_has_room_for_so_many_versions_and_no_more(world: World) -> None:
    made = await world.posted(world.planned())
    most = 500
    await world.house.execute(
        "activities",
        f"UPDATE activity SET plan = many.plan FROM (SELECT jsonb_agg(plan -> 0) AS plan"
        f" FROM activity, generate_series(1, {most - 1})) AS many",
    )
    last = await world.step(made, "rescheduling", NEW_DATES)
    assert last.status_code == 200, last.text
    refused = await world.step(last.json(), "rescheduling", NEW_DATES | {"planned_until": "2026-04-12"})
    assert refused.status_code == 409
    assert refused.json()["type"].endswith(":plan-moved-too-often")
    assert str(most) in refused.json()["detail"]
    assert (await world.step(last.json(), "cancellation", {"reason": "Banjir"})).status_code == 200


async def test_only_what_may_follow_is_possible_and_the_problem_names_it(world: World) -> None:
    planned = await world.posted(world.planned())
    done = await world.posted(world.held())
    cancelled = (await world.step(await world.posted(world.planned()), "cancellation", {"reason": "Banjir"})).json()
    voided = (await world.step(await world.posted(world.planned()), "voiding", {"reason": "Salah input"})).json()
    before = await world.stored()
    possible = {
        "direncanakan": ["change", "rescheduling", "completion", "cancellation", "voiding"],
        "selesai": ["correction", "voiding"],
        "dibatalkan": ["voiding"],
        "voided": [],
    }
    told_states = {state: {"status": state} for state in possible} | {
        "voided": {"status": "direncanakan", "voided": "true"}
    }
    for state, record in [("direncanakan", planned), ("selesai", done), ("dibatalkan", cancelled), ("voided", voided)]:
        for step, body in BODIES.items():
            if step in possible[state]:
                continue
            answer = await world.step(record, step, body)
            assert answer.status_code == 409, (state, step, answer.text)
            told = answer.json()
            assert told["type"].endswith(":wrong-state")
            assert (told["state"], told["possible_steps"]) == (told_states[state], possible[state])
    assert await world.stored() == before


async def test_a_cancelled_activity_keeps_its_plan_and_a_voided_one_its_content(world: World) -> None:
    made = await world.posted(world.planned())
    cancelled = await world.step(made, "cancellation", {"reason": "Banjir"})
    assert cancelled.json()["status"] == "dibatalkan"
    voided = await world.step(cancelled.json(), "voiding", {"reason": "Bukan kegiatan kami"})
    assert voided.json()["voided"] is True
    read = (await world.client().get(f"/v1/activities/{made['id']}")).json()
    assert read == voided.json()
    assert read["plan_versions"] == made["plan_versions"]
    assert [(e["type"], e["status"], e["voided"]) for e in await world.events(made["id"])] == [
        ("planned", "direncanakan", False), ("cancelled", "dibatalkan", False), ("voided", "dibatalkan", True),
    ]  # fmt: skip


async def test_a_planned_activity_is_changed_by_merge_patch(world: World) -> None:
    made = await world.posted(
        world.planned(objective="Lama", target_group={"members": True}, co_organiser_ids=[str(world.helper)])
    )
    patch = {
        "objective": None, "target_group": {"ppks_kinds": ["FM"]}, "village": NEXT_VILLAGE,
        "lead_institution_id": str(world.helper), "co_organiser_ids": [str(world.far)],
    }  # fmt: skip
    changed = await world.step(made, "change", patch)
    assert changed.status_code == 200, changed.text
    now = changed.json()
    assert now["objective"] is None
    assert now["target_group"] == {"members": True, "ppks_kinds": ["FM"]}
    assert (now["village"], now["lead_institution_name"]) == (NEXT_VILLAGE, "KUBE Melati")
    assert now["co_organiser_ids"] == [str(world.far)]
    same = {"title", "kind", "plan", "plan_versions", "status", "recorded_at"}
    assert {name: now[name] for name in same} == {name: made[name] for name in same}
    assert (await world.client().get(f"/v1/activities/{made['id']}")).json() == now
    assert (await world.events(made["id"]))[-1]["type"] == "changed"


async def test_a_patch_that_changes_nothing_is_no_event(world: World) -> None:
    made = await world.posted(world.planned())
    done = await world.posted(world.held())
    before = await world.stored()
    cases: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
        (made, "change", {}),
        (made, "change", {"title": f" {made['title']} ", "village": "3204052001"}),
        (done, "correction", {"reason": "Periksa", "completion": {"attended": {"total": 15}}}),
    ]
    for record, step, body in cases:
        answer = await world.step(record, step, body)
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"'), answer.text
        assert answer.json() == record
    assert await world.stored() == before


async def test_a_completed_activity_is_corrected_with_a_reason(world: World) -> None:
    done = await world.posted(world.held(co_organiser_ids=[str(world.helper)]))
    body = {
        "reason": "Daftar hadir dihitung ulang", "title": "Kerja bakti RW 2", "partners": ["Puskesmas"],
        "completion": {"held_until": "2026-03-02", "attended": {"total": 16, "by_sex": {"female": 10}, "by_age": None}},
    }  # fmt: skip
    corrected = await world.step(done, "correction", body)
    assert corrected.status_code == 200, corrected.text
    now = corrected.json()
    assert now["title"] == "Kerja bakti RW 2"
    assert now["completion"]["held_until"] == "2026-03-02"
    assert now["completion"]["held_from"] == "2026-03-01"
    assert now["completion"]["invited"]["total"] == 20
    assert now["completion"]["attended"] == {
        "total": 16, "by_sex": {"female": 10, "male": 5, "unknown": 1}, "by_age": None,
    }  # fmt: skip
    event = (await world.events(done["id"]))[-1]
    assert (event["type"], event["held_until"], event["attended"]) == (
        "corrected", "2026-03-02", now["completion"]["attended"],
    )  # fmt: skip
    assert "reason" not in event


async def test_a_wrong_correction_is_pointed_at_and_changes_nothing(world: World) -> None:
    done = await world.posted(world.held())
    why = {"reason": "Salah hitung"}
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({}, ("/reason", "missing")),
        (
            why | {"completion": {"attended": {"total": 12}}},
            ("/completion/attended/by_sex", "attended-by-sex-disagrees"),
        ),
        (why | {"completion": {"held_until": "2026-02-27"}}, ("/completion/held_until", "completion-before-start")),
        (why | {"completion": {"held_until": "2026-03-16"}}, ("/completion/held_until", "completion-in-the-future")),
        (why | {"completion": None}, ("/completion", "missing")),
        (why | {"completion": {"held_from": "2019-06-01"}}, ("/lead_institution_id", "organiser-not-active-that-day")),
        (why | {"plan": {}}, ("/plan", "extra-forbidden")),
        (why | {"lead_institution_id": str(world.neighbour)}, ("/lead_institution_id", "institution-unknown")),
    ]
    for body, expected in cases:
        answer = await world.step(done, "correction", body)
        assert answer.status_code == 422, (body, answer.text)
        assert expected in faults(answer), (body, faults(answer))
    assert await world.stored() == (1, 1)


async def test_what_was_named_before_stays_valid_whatever_became_of_it(world: World) -> None:
    done = await world.posted(world.held(co_organiser_ids=[str(world.helper)]))
    await world.announcer.institution(HERE, id=world.helper, sequence=2, voided=True)
    await world.announcer.institution(NEXT_DISTRICT, id=world.neighbour, sequence=2, active=[("2026-03-02", None)])
    await world.announcer.arrived()
    retitled = await world.step(done, "correction", {"reason": "Judul keliru", "title": "Judul benar"})
    assert retitled.status_code == 200, retitled.text
    joined = {"reason": "Kurang satu", "co_organiser_ids": [str(world.neighbour)]}
    assert faults(await world.step(retitled.json(), "correction", joined)) == [
        ("/co_organiser_ids/0", "organiser-not-active-that-day")
    ]


async def test_of_parallel_steps_on_one_version_one_is_made(world: World) -> None:
    """All of them have come as far as the row before any goes on."""
    made = await world.posted(world.planned())
    operator = world.client()
    elsewhere = await asyncpg.connect(world.house.dsn("activities"))
    try:
        async with elsewhere.transaction():
            await elsewhere.fetch("SELECT FROM activity FOR UPDATE")
            steps = [
                asyncio.create_task(world.step(made, "rescheduling", NEW_DATES | {"planned_until": day}, operator))
                for day in ("2026-04-11", "2026-04-12", "2026-04-13", "2026-04-14", "2026-04-15")
            ]
            await until(lambda: _waiting(world, len(steps)), "every step waits for the row")
        answers = await asyncio.gather(*steps)
    finally:
        await elsewhere.close()
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 4
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    assert len(await world.events(made["id"])) == 2


async def _waiting(world: World, count: int) -> bool:
    rows = await world.house.fetch(
        "activities",
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    return bool(rows[0]["n"] == count)


async def test_a_change_needs_the_version_that_was_read(world: World) -> None:
    made = await world.posted(world.planned())
    operator = world.client()
    for step, body in BODIES.items():
        stale = await world.step(made | {"sequence": 7}, step, body)
        assert stale.status_code == 412, step
        address = f"/v1/activities/{made['id']}"
        call = operator.patch(address, json=body) if step == "change" else operator.post(f"{address}/{step}", json=body)
        assert (await call).status_code == 428, step
    assert await world.stored() == (1, 1)


async def test_a_repeated_step_with_one_key_is_made_once(world: World) -> None:
    plan = {"planned_from": "2026-03-01", "planned_until": "2026-03-01"}
    made = await world.posted(world.planned(plan=plan))
    headers = {"If-Match": '"1"', "Idempotency-Key": "selesai-1"}
    address = f"/v1/activities/{made['id']}/completion"
    first, again = [await world.client().post(address, json=COMPLETION, headers=headers) for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert len(await world.events(made["id"])) == 2


async def test_the_history_tells_who_did_what_and_why(world: World) -> None:
    made = await world.posted(world.planned(), world.client(sub="sari"))
    moved = await world.step(made, "rescheduling", NEW_DATES | {"reason": "Hujan"}, world.client(sub="budi"))
    await world.step(moved.json(), "cancellation", {"reason": "Banjir"}, world.client(sub="sari"))
    history = (await world.client().get(f"/v1/activities/{made['id']}/history")).json()
    assert [(entry["type"].split(".")[2], entry["by"], entry["reason"]) for entry in history] == [
        ("planned", "sari", None), ("rescheduled", "budi", "Hujan"), ("cancelled", "sari", "Banjir"),
    ]  # fmt: skip
    assert history[2]["changes"] == {"status": {"before": "direncanakan", "after": "dibatalkan"}}
    assert set(history[1]["changes"]) == {"plan"}
