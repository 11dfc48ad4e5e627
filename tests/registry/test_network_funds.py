"""The ledger of a network's own money: never below zero on any day, never changed, and its balances meet."""

import asyncio
import random
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.network_funds import periods
from tests.house import House
from tests.registry.institutions import faults, problem, record
from tests.registry.networks import Circle, kept

WHY = {"reason": "Salah catat"}


@pytest.fixture
def circle(registry_api: House) -> Circle:
    return Circle(registry_api)


def _collected(amount: int, on: str = "2026-01-10", **more: Any) -> dict[str, Any]:
    return {"on": on, "direction": "penggalangan", "amount": amount, "source": "jimpitan"} | more


def _passed_on(amount: int, on: str = "2026-01-20", **more: Any) -> dict[str, Any]:
    body = {"on": on, "direction": "penyaluran", "amount": amount, "recipient": "keluarga", "purpose": "perlindungan"}
    return body | more


async def _posted(client: httpx.AsyncClient, network: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    return await client.post(f"/v1/networks/{network['id']}/fund-entries", json=body)


async def test_money_is_collected_and_passed_on_with_the_balance_beside_it(circle: Circle) -> None:
    body = await circle.begun()
    member = await circle.joined(body)
    giver = {"institution_id": member["institution_id"]}
    answer = await _posted(circle.operator, body, _collected(300_000, note="Jimpitan RW 05", **giver))
    entry = record(answer, 201)
    assert answer.headers["Location"] == f"/v1/networks/{body['id']}/fund-entries/{entry['id']}"
    assert (entry["effect"], entry["balance"], entry["institution_id"]) == (300_000, 300_000, member["institution_id"])
    spent = record(await _posted(circle.operator, body, _passed_on(120_000)), 201)
    assert (spent["effect"], spent["balance"], spent["purpose"]) == (-120_000, 180_000, "perlindungan")
    ledger = record(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries?count=true"))
    assert ([item["id"] for item in ledger["items"]], ledger["count"]) == ([entry["id"], spent["id"]], 2)
    assert (
        record(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries/{entry['id']}")) == ledger["items"][0]
    )
    rows = await circle.house.fetch("registry", "SELECT 1 FROM outbox WHERE data::text LIKE '%Jimpitan RW%'")
    assert rows == []


async def test_a_late_line_makes_no_past_or_later_day_negative(circle: Circle) -> None:
    body = await circle.begun()
    record(await _posted(circle.operator, body, _collected(100, "2026-01-10")), 201)
    record(await _posted(circle.operator, body, _passed_on(80, "2026-01-20")), 201)
    record(await _posted(circle.operator, body, _collected(50, "2026-02-10")), 201)
    before = await kept(circle.house)
    for amount, day, available in ((21, "2026-01-15", 20), (1, "2026-01-09", 0), (71, "2026-03-01", 70)):
        refused = await _posted(circle.operator, body, _passed_on(amount, day))
        assert problem(refused, 409, "balance-too-low")["available"] == available
    assert await kept(circle.house) == before
    record(await _posted(circle.operator, body, _passed_on(20, "2026-01-15")), 201)
    record(await _posted(circle.operator, body, _passed_on(50, "2026-02-10")), 201)


async def test_fifty_who_spend_at_once_never_spend_more_than_there_is(circle: Circle) -> None:
    body = await circle.begun()
    record(await _posted(circle.operator, body, _collected(1_000)), 201)
    answers = await asyncio.gather(*(_posted(circle.operator, body, _passed_on(90)) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [*[201] * 11, *[409] * 39]
    assert record(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries"))["closing_balance"] == 10


async def test_a_line_is_undone_once_by_another_and_never_changed(circle: Circle) -> None:
    body = await circle.begun()
    wrong = record(await _posted(circle.operator, body, _collected(500)), 201)
    spent = record(await _posted(circle.operator, body, _passed_on(300)), 201)

    async def undo(entry: dict[str, Any]) -> httpx.Response:
        return await circle.operator.post(f"/v1/networks/{body['id']}/fund-entries/{entry['id']}/reversal", json=WHY)

    assert problem(await undo(wrong), 409, "balance-too-low")["available"] == 200
    back = record(await undo(spent), 201)
    assert (back["effect"], back["reverses"], back["on"], back["note"]) == (
        300,
        spent["id"],
        spent["on"],
        WHY["reason"],
    )
    assert record(await undo(wrong), 201)["balance"] == 0
    for entry in (spent, back):
        problem(await undo(entry), 409, "already-reversed")
    ledger = record(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries"))
    assert (ledger["collected"], ledger["passed_on"], len(ledger["items"])) == (0, 0, 4)
    assert {item["reversed_by"] for item in ledger["items"]} >= {back["id"]}
    for statement in ("UPDATE network_fund_entry SET amount = 1", "DELETE FROM network_fund_entry"):
        with pytest.raises(asyncpg.RaiseError, match="never changed"):
            await circle.house.execute("registry", statement)


async def test_a_wrong_line_is_named_and_nothing_is_stored(circle: Circle) -> None:
    body = await circle.begun()
    stranger = await circle.institution()
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        (_collected(0), ("/amount", "greater-than-equal")),
        (_collected(1) | {"amount": 1.5}, ("/amount", "int-type")),
        (_collected(1, "2026-03-16"), ("/on", "in-the-future")),
        (_collected(1, "2024-12-31"), ("/on", "too-early")),
        (_collected(1, source=None), ("/source", "missing")),
        (_collected(1, source="undian"), ("/source", "enum")),
        (_collected(1, recipient="keluarga"), ("/recipient", "not-of-this-direction")),
        (_collected(1, institution_id=stranger["id"]), ("/institution_id", "member-unknown")),
        (_passed_on(1, purpose=None), ("/purpose", "missing")),
        (_passed_on(1, source="iuran"), ("/source", "not-of-this-direction")),
    ]
    before = await kept(circle.house)
    for content, fault in wrong:
        assert fault in faults(await _posted(circle.operator, body, content)), content
    problem(await _posted(circle.over, body, _collected(1)), 404, "not-found")
    problem(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries?period=2026-13"), 400, "not-a-period")
    assert await kept(circle.house) == before


async def test_for_any_history_no_day_is_negative_and_months_meet(circle: Circle) -> None:
    body = await circle.begun()
    chance = random.Random(20260315)  # noqa: S311  # any history will do, but the same at each run
    days: dict[date, int] = defaultdict(int)

    def through(day: date) -> int:
        return sum(amount for other, amount in days.items() if other <= day)

    outcomes = []
    for _ in range(90):
        on = date(2025, 1, 1) + timedelta(days=chance.randrange(400))
        amount = chance.choice((-1, 1)) * chance.randrange(1, 400)
        least = min(through(day) for day in {on, *(day for day in days if day > on)})
        content = _collected(amount, str(on)) if amount > 0 else _passed_on(-amount, str(on))
        answer = await _posted(circle.operator, body, content)
        outcomes.append(answer.status_code)
        assert answer.status_code == (201 if amount > 0 or -amount <= least else 409), (on, amount, least)
        if answer.status_code == 201:
            days[on] += amount
    assert min(outcomes.count(status) for status in (201, 409)) > 10
    closing = 0
    for month in [f"2025-{number:02}" for number in range(1, 13)] + ["2026-01", "2026-02", "2026-03"]:
        ledger = record(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries?period={month}&limit=200"))
        moved = sum(amount for day, amount in days.items() if f"{day:%Y-%m}" == month)
        assert ledger["opening_balance"] == closing
        assert ledger["collected"] - ledger["passed_on"] == sum(item["effect"] for item in ledger["items"]) == moved
        closing = ledger["closing_balance"]
    whole = record(await circle.operator.get(f"/v1/networks/{body['id']}/fund-entries?period=2025-S2&limit=1"))
    assert (whole["opening_balance"], whole["closing_balance"]) == (
        through(date(2025, 6, 30)),
        through(date(2025, 12, 31)),
    )
    assert closing == sum(days.values())


@given(st.integers(1000, 2100), st.integers(1, 12))
def test_periods_meet_without_gap_or_overlap(year: int, month: int) -> None:
    since, until = periods.days_of(f"{year}-{month:02}")
    last = until - timedelta(days=1)
    assert (since, (last.year, last.month)) == (date(year, month, 1), (year, month))
    months = [periods.days_of(f"{year}-{number:02}") for number in range(1, 13)]
    for parts in ([f"{year}-Q{n}" for n in range(1, 5)], [f"{year}-S{n}" for n in (1, 2)]):
        days = [periods.days_of(part) for part in parts]
        assert all(one[1] == other[0] for one, other in pairwise(days))
        assert (days[0][0], days[-1][1]) == (months[0][0], months[-1][1]) == periods.days_of(str(year))
