"""Operations that a batch does together: alike ones, also when others stand between them, each answered as if alone."""

from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from services.activities.batches import order, running
from services.activities.batches.operations import OPERATIONS
from services.activities.batches.schemas import OperationIn
from tests.activities.test_batches import operation, sent, slug, statuses
from tests.activities.world import COMPLETION, HERE, NEXT_DISTRICT, World

pytestmark = pytest.mark.without_worker
PLAN = {"planned_from": "2026-03-01", "planned_until": "2026-03-02"}
FEW = COMPLETION | {"attended": {"total": 1}}


async def _alone(client: httpx.AsyncClient, sent: dict[str, Any]) -> httpx.Response:
    """The answer to the single request of an operation."""
    address = OPERATIONS[sent["operation"]].address(sent.get("at"))
    version = sent.get("if_match")
    headers = {} if version is None else {"If-Match": "*" if version == "*" else f'"{version}"'}
    return await client.post(address, json=sent["body"], headers=headers)


def _came(*people: Any, role: str = "warga") -> dict[str, Any]:
    return {"people": [{"person_id": str(one), "role": role} for one in people]}


async def _refused_alike(world: World, good: list[dict[str, Any]], bad: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Sends them together; what was refused is refused in the same words alone, and left nothing. Statuses and problems."""
    operator = world.client()
    results = await sent(operator, *good, *bad)
    assert [one["problem"] for one in results[: len(good)]] == [None] * len(good)
    stored = await world.stored()
    for one, result in zip(bad, results[len(good) :], strict=True):
        answer = await _alone(operator, one)
        told = {name: value for name, value in answer.json().items() if name != "request_id"}
        assert answer.status_code == result["status"]
        assert told == {name: value for name, value in result["problem"].items() if name != "request_id"}
    assert await world.stored() == stored
    return [(one["status"], slug(one)) for one in results[len(good) :]]


async def _told(world: World, record: str) -> list[dict[str, Any]]:
    """The events of a record without what is its own."""
    own = {"activity_id", "sequence"}
    return [{name: one[name] for name in one.keys() - own} for one in await world.events(record)]


async def _plan(world: World, **more: Any) -> str:
    return str((await world.posted(world.planned(plan=PLAN, **more)))["id"])


async def test_completions_are_told_together_as_each_is_alone(world: World) -> None:
    people = [await world.announcer.person(HERE) for _ in range(3)]
    await world.announcer.arrived()
    theirs = world.client("village-operator", NEXT_DISTRICT)
    far = await world.posted(world.planned(plan=PLAN, lead_institution_id=str(world.neighbour)), theirs)
    ahead = await world.posted(world.planned())
    plans = [await _plan(world) for _ in range(10)]
    bodies = [COMPLETION, FEW | {"attendance": _came(*people, role="anggota")}]
    alone = [
        operation("complete_activity", body, at=plan, if_match=1) for body, plan in zip(bodies, plans, strict=False)
    ]
    twins = [one | {"client_id": str(uuid7()), "at": plan} for one, plan in zip(alone, plans[2:], strict=False)]
    answers = [await _alone(world.client(), one) for one in alone]
    sheet = answers[1].json()["sheet_id"]

    def told(at: Any, body: Any = COMPLETION, version: Any = 1) -> dict[str, Any]:
        return operation("complete_activity", body, at=at, if_match=version)

    refused = await _refused_alike(world, twins, [
        told(plans[0], version=2),
        told(plans[4], version=7),
        told(plans[5], version=None),
        told(str(uuid7())),
        told(far["id"]),
        told(plans[6], COMPLETION | {"held_from": "2026-03-20", "held_until": "2026-03-20"}),
        told(ahead["id"]),
        told(plans[8], COMPLETION | {"attendance": _came(uuid7(), people[0], people[0])}),
        told(plans[9], {"held_from": "kemarin"}),
    ])  # fmt: skip
    assert refused == [
        (409, "wrong-state"), (412, "stale-etag"), (428, "etag-required"), (404, "not-found"),
        (403, "lead-outside-your-area"), *[(422, "invalid-payload")] * 4,
    ]  # fmt: skip
    again = await sent(world.client(), *twins)
    for answer, result, one, twin in zip(answers, again, alone, twins, strict=True):
        assert (answer.status_code, answer.json()["warnings"]) == (result["status"], result["warnings"])
        assert await _told(world, one["at"]) == await _told(world, twin["at"])
    assert [one["code"] for one in again[1]["warnings"]] == ["no-member-that-day"] * 3 + ["more-named-than-counted"]
    position = again[1]["position"].split(",")
    assert position[0] == f"activities/{twins[1]['at']}@2"
    made = position[1].removeprefix("activities/").removesuffix("@1")
    assert await _told(world, made) == await _told(world, sheet)
    taken = told(plans[4], COMPLETION | {"attendance": _came(people[0]) | {"sheet_id": sheet}})
    assert await _refused_alike(world, [told(plans[5])], [taken]) == [(409, "id-taken")]


async def test_sheets_are_recorded_together_as_each_is_alone(world: World) -> None:
    people = [await world.announcer.person(HERE) for _ in range(3)]
    same = await world.announcer.person(HERE, duplicate_of=people[0])
    await world.announcer.arrived()
    theirs = world.client("village-operator", NEXT_DISTRICT)
    far = await world.posted(world.held(lead_institution_id=str(world.neighbour)), theirs)
    planned = await _plan(world)
    held = [(await world.posted(world.held(completion=FEW)))["id"] for _ in range(5)]
    body = _came(*people[:2], role="anggota")
    alone = operation("record_attendance_sheet", body | {"activity_id": held[0]})
    twin = operation("record_attendance_sheet", body | {"activity_id": held[1]})
    answer = await _alone(world.client(), alone)

    def came(activity: Any, *who: Any, **more: Any) -> dict[str, Any]:
        return operation("record_attendance_sheet", _came(*who) | {"activity_id": str(activity)} | more)

    refused = await _refused_alike(
        world,
        [twin, came(held[2], people[2])],
        [
            came(uuid7(), people[0]),
            came(far["id"], people[0]),
            came(planned, people[0]),
            came(held[0], people[2], same),
            came(held[3], uuid7()),
            came(held[4]),
        ],
    )
    assert refused == [
        (422, "invalid-payload"), (403, "lead-outside-your-area"), (409, "activity-not-completed"),
        *[(422, "invalid-payload")] * 3,
    ]  # fmt: skip
    (result,) = await sent(world.client(), twin)
    assert (answer.status_code, answer.json()["warnings"]) == (result["status"], result["warnings"])
    assert len(result["warnings"]) == 3
    assert result["position"] == f"activities/{result['id']}@1,activities/{held[1]}@2"
    assert await _told(world, held[0]) == await _told(world, held[1])
    assert await _told(world, answer.json()["id"]) == await _told(world, result["id"])
    taken = came(held[3], people[1], id=answer.json()["id"])
    assert await _refused_alike(world, [came(held[4], people[1])], [taken]) == [(409, "id-taken")]


async def test_contributions_are_recorded_together_as_each_is_alone(world: World) -> None:
    theirs = world.client("village-operator", NEXT_DISTRICT)
    far = await world.posted(world.held(lead_institution_id=str(world.neighbour)), theirs)
    held = [(await world.posted(world.held()))["id"] for _ in range(4)]
    off = await world.posted(world.planned())
    assert (await world.step(off, "cancellation", {"reason": "Hujan lebat"})).status_code == 200
    cash = {"source": "jimpitan", "form": "tunai", "value": 150_000, "received_on": "2026-03-01"}
    goods = {"source": "jimpitan", "form": "barang", "quantity": 3, "unit": "kg", "received_on": "2026-03-01"}

    def given(body: dict[str, Any], **more: Any) -> dict[str, Any]:
        return operation("record_resource", body | more)

    def to(id: Any, organisation: str = "institution") -> dict[str, Any]:
        return {"receiver": {"organisation": organisation, "id": str(id)}}

    alone = [given(cash, activity_id=held[0]), given(goods, activity_id=held[0], **to(world.helper))]
    twins = [given(cash, activity_id=held[1]), given(goods, activity_id=held[1], **to(world.helper))]
    answers = [await _alone(world.client(), one) for one in alone]
    refused = await _refused_alike(
        world,
        [*twins, given(cash, **to(world.lead))],
        [
            given(cash, activity_id=str(uuid7())),
            given(cash, activity_id=far["id"], **to(world.lead)),
            given(cash, activity_id=off["id"]),
            given(cash, **to(world.far)),
            given(cash, **to(world.lead, "network")),
            given(cash, activity_id=held[2], partner_id=str(uuid7())),
            given(cash, activity_id=held[3], received_on="2026-03-20"),
            given(cash),
        ],
    )
    assert refused == [
        (422, "invalid-payload"), (403, "lead-outside-your-area"), (409, "activity-takes-no-contributions"),
        *[(422, "invalid-payload")] * 5,
    ]  # fmt: skip
    results = await sent(world.client(), *twins)
    assert [one.status_code for one in answers] == statuses(results) == [201, 201]
    assert await _told(world, held[0]) == await _told(world, held[1])
    for answer, result in zip(answers, results, strict=True):
        assert result["position"] == f"activities/{result['id']}@1"
        assert await _told(world, answer.json()["id"]) == await _told(world, result["id"])
    taken = given(cash, id=answers[0].json()["id"], **to(world.lead))
    assert await _refused_alike(world, [given(cash, **to(world.lead))], [taken]) == [(409, "id-taken")]


async def test_what_is_about_one_record_is_done_in_its_order_among_others(world: World) -> None:
    people = [str(await world.announcer.person(HERE)) for _ in range(3)]
    await world.announcer.arrived()
    days = [str(uuid7()) for _ in range(4)]
    batch = [
        one
        for day in days
        for one in (
            operation("record_activity", world.planned(id=day, plan=PLAN)),
            operation("complete_activity", COMPLETION, at=day, if_match=1),
            operation("record_attendance_sheet", _came(people[0]) | {"activity_id": day}),
            operation("complete_activity", COMPLETION, at=day, if_match="*"),
            operation("record_attendance_sheet", _came(people[1], people[2]) | {"activity_id": day}),
            operation("record_attendance_sheet", _came(people[0]) | {"activity_id": day}),
        )
    ]
    results = await sent(world.client(), *batch)
    assert statuses(results) == [201, 200, 201, 409, 201, 422] * 4
    for day in days:
        told = await world.events(day)
        assert [(one["type"], one["named"]) for one in told] == [
            ("planned", 0), ("completed", 0), ("attendance_recorded", 1), ("attendance_recorded", 3),
        ]  # fmt: skip


def _rounds(*operations: tuple[str, dict[str, Any]]) -> list[tuple[str, list[int]]]:
    """Names and places of the rounds in which these are done."""
    read = [
        (place, OperationIn.model_validate(operation(name, body, **({"at": body["at"]} if "at" in body else {}))))
        for place, (name, body) in enumerate(operations)
    ]
    return [(one.name, one.places) for one in order.rounds(read, running.APART, running.IN_ORDER)]


def test_alike_operations_are_done_together_unless_one_between_them_is_about_the_same_record() -> None:
    a, b = str(uuid7()), str(uuid7())
    day = [
        (name, body)
        for one in (a, b)
        for name, body in (
            ("record_activity", {"id": one}),
            ("complete_activity", {"at": one}),
            ("record_attendance_sheet", {"activity_id": one.upper()}),
        )
    ]
    assert _rounds(*day) == [
        ("record_activity", [0, 3]), ("complete_activity", [1, 4]), ("record_attendance_sheet", [2, 5]),
    ]  # fmt: skip
    assert _rounds(*day[:3], day[0], day[2], day[2]) == [
        ("record_activity", [0]), ("complete_activity", [1]), ("record_attendance_sheet", [2]),
        ("record_activity", [3]), ("record_attendance_sheet", [4]), ("record_attendance_sheet", [5]),
    ]  # fmt: skip
    first = ("complete_activity", {"at": b, "attendance": {"sheet_id": a}})
    assert _rounds(("record_attendance_sheet", {"id": a}), first) == [
        ("record_attendance_sheet", [0]), ("complete_activity", [1]),
    ]  # fmt: skip


def test_nothing_passes_by_what_may_concern_anything_and_balances_keep_their_order() -> None:
    a = str(uuid7())
    recorded, reported = "record_activity", "submit_village_report"
    assert _rounds((recorded, {}), (reported, {}), (recorded, {}), (recorded, {})) == [
        (recorded, [0]), (reported, [1]), (recorded, [2, 3]),
    ]  # fmt: skip
    stock = "record_stock_entry"
    assert _rounds((stock, {}), (recorded, {"id": a}), (stock, {"activity_id": a}), (stock, {})) == [
        ("record_stock_entry", [0]), ("record_activity", [1]), ("record_stock_entry", [2, 3]),
    ]  # fmt: skip
