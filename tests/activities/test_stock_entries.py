"""Granaries: what is there is never less than nothing on any day, whoever takes it at once, and months meet."""

import asyncio
import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.activities.stock_entries.schemas import REASONS
from services.activities.village_reports import months
from shared.codes import StockDirection, StockReason
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, World, faults

pytestmark = pytest.mark.without_worker

WHY = {"reason": "Salah catat"}


def _in(world: World, quantity: Any, on: str = "2026-02-10", **more: Any) -> dict[str, Any]:
    body = {"commodity": "beras", "unit": "kg", "direction": "masuk", "reason": "simpanan"}
    return {"institution_id": str(world.lead), **body, "quantity": quantity, "moved_on": on} | more


def _out(world: World, quantity: Any, on: str = "2026-02-20", **more: Any) -> dict[str, Any]:
    return _in(world, quantity, on, **({"direction": "keluar", "reason": "pinjaman"} | more))


async def _post(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post("/v1/stock-entries", json=body)


async def _stored(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await _post(client, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _void(client: httpx.AsyncClient, entry: dict[str, Any]) -> httpx.Response:
    headers = {"If-Match": f'"{entry["sequence"]}"'}
    return await client.post(f"/v1/stock-entries/{entry['id']}/voiding", json=WHY, headers=headers)


async def _closing(client: httpx.AsyncClient, **filters: Any) -> list[tuple[str, str, str]]:
    answer = await client.get("/v1/stock-balances", params=filters)
    assert answer.status_code == 200, answer.text
    return [(one["commodity"], one["unit"], one["closing"]) for one in answer.json()["items"]]


async def test_goods_go_in_and_out_with_the_balance_beside_them(world: World) -> None:
    keeper = world.client()
    activity = await world.posted(world.held(kind="lumbung"))
    answer = await _post(keeper, _in(world, 12.5, commodity=" Beras ", unit="KG", activity_id=activity["id"]))
    entry = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/stock-entries/{entry['id']}"
    assert answer.headers["Wahana-Position"] == f"activities/{entry['id']}@1"
    told = ("commodity", "unit", "quantity", "balance", "institution_name", "activity_id")
    assert [entry[name] for name in told] == ["beras", "kg", "12.500", "12.500", "Arisan Mawar", activity["id"]]
    taken = await _stored(keeper, _out(world, "2.25"))
    await _stored(keeper, _in(world, 3, unit="karung"))
    assert taken["balance"] == "10.250"
    assert await _closing(keeper, institution_id=str(world.lead)) == [
        ("beras", "karung", "3.000"), ("beras", "kg", "10.250"),
    ]  # fmt: skip
    listed = (await keeper.get("/v1/stock-entries", params={"unit": "Kg", "count": True})).json()
    assert ([one["id"] for one in listed["items"]], listed["count"]) == ([taken["id"], entry["id"]], 2)
    assert (await keeper.get(f"/v1/stock-entries/{entry['id']}")).json() == entry == listed["items"][1]
    of_activity = await keeper.get("/v1/stock-entries", params={"activity_id": activity["id"]})
    assert [one["id"] for one in of_activity.json()["items"]] == [entry["id"]]
    voided = await _void(keeper, taken)
    assert (voided.json()["voided"], voided.json()["balance"], voided.json()["sequence"]) == (True, "12.500", 2)
    assert (await _void(keeper, voided.json())).json()["type"].endswith(":stock-entry-voided")
    events = await world.events(taken["id"])
    assert [(one["type"], one["quantity"], one["balance"], one["voided"]) for one in events] == [
        ("recorded", "2.250", "10.250", False), ("voided", "2.250", "12.500", True),
    ]  # fmt: skip
    history = (await keeper.get(f"/v1/stock-entries/{taken['id']}/history")).json()
    assert [one["reason"] for one in history] == [None, "Salah catat"]
    assert [one["id"] for one in (await keeper.get("/v1/stock-entries?voided=true")).json()["items"]] == [taken["id"]]


async def test_of_fifty_who_take_one_of_ten_at_once_ten_get_it(world: World) -> None:
    keeper = world.client()
    await _stored(keeper, _in(world, 10))
    answers = await asyncio.gather(*(_post(keeper, _out(world, 1)) for _ in range(50)))
    assert sorted(one.status_code for one in answers) == [201] * 10 + [409] * 40
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {(one["type"].split(":")[-1], one["available"]) for one in refused} == {("stock-too-low", "0.000")}
    assert await _closing(keeper) == [("beras", "kg", "0.000")]
    fresh = await asyncio.gather(*(_post(keeper, _in(world, 1, commodity="jagung")) for _ in range(10)))
    assert [one.status_code for one in fresh] == [201] * 10
    assert await _closing(keeper, commodity="Jagung") == [("jagung", "kg", "10.000")]


async def test_what_is_brought_later_does_not_cover_what_was_taken_before(world: World) -> None:
    keeper = world.client()
    await _stored(keeper, _in(world, 10, "2026-01-10"))
    await _stored(keeper, _out(world, 8, "2026-02-10"))
    early = await _stored(keeper, _in(world, 5, "2026-03-01"))
    for body, available in (
        (_out(world, 3, "2026-01-20"), "2.000"),  # would leave -1 on 10 February
        (_out(world, 1, "2026-01-09"), "0.000"),  # before anything was there
        (_out(world, 8, "2026-03-02"), "7.000"),
    ):
        refused = await _post(keeper, body)
        assert refused.json()["type"].endswith(":stock-too-low"), refused.text
        assert refused.json()["available"] == available
    half = await _post(keeper, _out(world, "2.001", "2026-01-20"))
    assert "paling rendah 2 kg" in half.json()["detail"], "no 2.000, which reads as two thousand"
    await _stored(keeper, _out(world, 2, "2026-01-20"))
    await _stored(keeper, _out(world, 4, "2026-03-01"))
    used = await _void(keeper, early)
    assert (used.status_code, used.json()["available"]) == (409, "1.000")
    same_day = await _stored(keeper, _out(world, "0.5", "2026-03-03"))
    await _void(keeper, same_day)
    assert await _closing(keeper) == [("beras", "kg", "1.000")]


async def test_a_wrong_entry_is_pointed_at_and_stores_nothing(world: World) -> None:
    keeper = world.client()
    before = await world.stored()
    nobody = "0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        (_in(world, 0), ("/quantity", "greater-than")),
        (_in(world, -1), ("/quantity", "greater-than")),
        (_in(world, True), ("/quantity", "decimal-type")),
        (_in(world, "0.0005"), ("/quantity", "decimal-max-places")),
        (_in(world, "NaN"), ("/quantity", "finite-number")),
        (_in(world, 1, reason="pinjaman"), ("/reason", "reason-not-of-this-direction")),
        (_out(world, 1, reason="simpanan"), ("/reason", "reason-not-of-this-direction")),
        (_in(world, 1, "2026-03-16"), ("/moved_on", "in-the-future")),
        (_in(world, 1, commodity=" - "), ("/commodity", "no-letters")),
        (_in(world, 1, unit="x" * 41), ("/unit", "string-too-long")),
        (_in(world, 1, activity_id=nobody), ("/activity_id", "activity-unknown")),
        (_in(world, 1, institution_id=nobody), ("/institution_id", "institution-unknown")),
        (_in(world, 1, institution_id=str(world.neighbour)), ("/institution_id", "institution-unknown")),
    ]
    for body, expected in cases:
        answer = await _post(keeper, body)
        assert (answer.status_code, faults(answer)) == (422, [expected]), (body, answer.text)
    assert await world.stored() == before
    assert (await _post(keeper, _out(world, 1))).status_code == 409
    assert await _closing(keeper) == [], "a refused first entry leaves no balance"
    made = await _stored(keeper, _in(world, 1))
    assert (await _post(keeper, _in(world, 1, id=made["id"]))).json()["type"].endswith(":id-taken")
    assert await _closing(keeper) == [("beras", "kg", "1.000")]


async def test_a_granary_is_seen_and_kept_from_where_its_institution_has_its_seat_today(world: World) -> None:
    made = await _stored(world.client(), _in(world, 10))
    operator = world.client("institution-operator", HERE, institution=str(world.helper))
    neighbour = world.client("village-operator", NEXT_DISTRICT)
    for stranger in (operator, neighbour):
        assert (await stranger.get(f"/v1/stock-entries/{made['id']}")).status_code == 404
        assert (await stranger.get(f"/v1/stock-entries/{made['id']}/history")).status_code == 404
        assert (await _void(stranger, made)).status_code == 404
        assert (await stranger.get("/v1/stock-entries?count=true")).json()["count"] == 0
        assert await _closing(stranger) == []
        assert faults(await _post(stranger, _out(world, 1))) == [("/institution_id", "institution-unknown")]
    of_none = world.client("institution-operator", HERE)
    assert ((await of_none.get("/v1/stock-entries")).json()["items"], await _closing(of_none)) == ([], [])
    own = world.client("institution-operator", HERE, institution=str(world.lead))
    assert await _closing(own) == [("beras", "kg", "10.000")]
    await world.announcer.institution(NEXT_VILLAGE, id=world.lead, sequence=2)
    await world.announcer.arrived()
    assert (await world.client().get(f"/v1/stock-entries/{made['id']}")).status_code == 404
    there = world.client("village-operator", NEXT_VILLAGE)
    assert (await _stored(there, _out(world, 4)))["balance"] == "6.000"
    district = world.client("district-facilitator", "32.04.05")
    assert await _closing(district, region=NEXT_VILLAGE) == [("beras", "kg", "6.000")]
    assert await _closing(district, region=HERE) == []


_numbers = itertools.count()
_moves = st.tuples(st.dates(date(2025, 11, 1), date(2026, 2, 28)), st.integers(-9000, 9000).filter(bool))
_voidings = st.integers(0, 30)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(_moves | _moves | _moves | _voidings, min_size=1, max_size=25))
async def test_every_month_opens_as_the_month_before_it_closed(world: World, story: list[Any]) -> None:
    """Entries and voidings in any order; a ledger in memory says which are possible and what there is."""
    keeper, commodity = world.client(), f"beras {next(_numbers)}"
    kept: list[tuple[date, Decimal, dict[str, Any]]] = []
    for part in story:
        if isinstance(part, int):
            if kept:
                chosen = kept.pop(part % len(kept))
                possible = _never_below_zero(kept)
                assert (await _void(keeper, chosen[2])).status_code == (200 if possible else 409)
                kept += [] if possible else [chosen]
            continue
        day, effect = part[0], Decimal(part[1]) / 1000
        body = (_in if effect > 0 else _out)(world, str(abs(effect)), str(day), commodity=commodity)
        possible = _never_below_zero([*kept, (day, effect)])
        answer = await _post(keeper, body)
        assert answer.status_code == (201 if possible else 409), answer.text
        kept += [(day, effect, answer.json())] if possible else []
    closing = Decimal(0)
    for month in ("2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"):
        inside = [effect for day, effect, _ in kept if months.month_of(day) == month]
        for told in (await keeper.get("/v1/stock-balances", params={"month": month, "commodity": commodity})).json()[
            "items"
        ]:
            assert Decimal(told["opening"]) == closing
            assert Decimal(told["entered"]) == sum(one for one in inside if one > 0)
            assert Decimal(told["left"]) == -sum(one for one in inside if one < 0)
            assert Decimal(told["closing"]) == closing + sum(inside)
        closing += sum(inside)
    whole = [Decimal(one[2]) for one in await _closing(keeper, commodity=commodity)]
    rows = await world.house.fetch("activities", "SELECT balance FROM stock_balance WHERE commodity = $1", commodity)
    assert whole == [row["balance"] for row in rows]
    assert sum(whole) == closing


def _never_below_zero(moves: Any) -> bool:
    by_day = itertools.groupby(sorted(moves, key=lambda one: one[0]), key=lambda one: one[0])
    return min(itertools.accumulate(sum(one[1] for one in day) for _, day in by_day), default=Decimal(0)) >= 0


@given(st.sampled_from(StockReason))
def test_each_reason_belongs_to_one_direction(reason: StockReason) -> None:
    assert [direction for direction in StockDirection if reason in REASONS[direction]] in (
        [StockDirection.MASUK], [StockDirection.KELUAR],
    )  # fmt: skip
