"""Networks' work plans over HTTP: one per year, with what it was before."""

from typing import Any

import pytest

from tests.house import House
from tests.registry.institutions import faults, problem, record
from tests.registry.networks import Circle, kept

ITEM = {
    "goal": "Semua lansia telantar dikunjungi", "target_group": "Lansia RW 05", "ppks_kinds": ["LUT"], "months": [3, 6],
    "budget": [{"source": "jimpitan", "amount": 500_000}, {"source": "apbdes", "amount": 1_000_000}],
}  # fmt: skip


@pytest.fixture
def circle(registry_api: House) -> Circle:
    return Circle(registry_api)


async def test_a_plan_is_made_for_a_year_changed_and_remembered(circle: Circle) -> None:
    body = await circle.begun()
    address = f"/v1/networks/{body['id']}/work-plans"
    answer = await circle.operator.post(address, json={"year": 2026, "items": [ITEM]})
    plan = record(answer, 201)
    assert (answer.headers["Location"], answer.headers["ETag"]) == (f"{address}/2026", '"1"')
    assert (plan["items"], plan["budget_total"]) == ([ITEM], 1_500_000)
    problem(await circle.operator.post(address, json={"year": 2026, "items": []}), 409, "work-plan-exists")
    record(await circle.operator.post(address, json={"year": 2025, "items": []}), 201)
    headers = {"If-Match": '"1"', "Content-Type": "application/merge-patch+json"}
    patch = {"items": [ITEM, {"goal": "Bazar", "months": [8]}]}
    problem(await circle.operator.patch(f"{address}/2026", json=patch), 428, "etag-required")
    plan = record(await circle.operator.patch(f"{address}/2026", json=patch, headers=headers))
    assert (plan["sequence"], [item["goal"] for item in plan["items"]]) == (2, [ITEM["goal"], "Bazar"])
    problem(await circle.operator.patch(f"{address}/2026", json=patch, headers=headers), 412, "stale-etag")
    same = await circle.operator.patch(f"{address}/2026", json=patch, headers=headers | {"If-Match": '"2"'})
    assert record(same) == plan
    listed = record(await circle.operator.get(address))
    assert [item["year"] for item in listed["items"]] == [2026, 2025]
    history: Any = record(await circle.operator.get(f"{address}/2026/history"))
    assert [(step["type"], step["by"]) for step in history] == [
        ("made", history[0]["by"]),
        ("changed", history[0]["by"]),
    ]
    assert len(history[1]["changes"]["items"]["before"]) == 1
    problem(await circle.operator.get(f"{address}/2024"), 404, "not-found")
    assert await circle.house.fetch("registry", "SELECT 1 FROM outbox WHERE data::text LIKE '%lansia%'") == []


async def test_a_wrong_plan_is_named_and_nothing_is_stored(circle: Circle) -> None:
    body = await circle.begun()
    address = f"/v1/networks/{body['id']}/work-plans"
    twice = [{"source": "iuran", "amount": 1}, {"source": "iuran", "amount": 2}]
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"goal": ""}, ("/items/0/goal", "string-too-short")),
        ({"months": []}, ("/items/0/months", "too-short")),
        ({"months": [13]}, ("/items/0/months/0", "less-than-equal")),
        ({"months": [3, 3]}, ("/items/0/months", "said-twice")),
        ({"ppks_kinds": ["XXX"]}, ("/items/0/ppks_kinds/0", "enum")),
        ({"budget": twice}, ("/items/0/budget", "said-twice")),
        ({"budget": [{"source": "iuran", "amount": 0.5}]}, ("/items/0/budget/0/amount", "int-type")),
    ]
    before = await kept(circle.house)
    for changes, fault in wrong:
        answer = await circle.operator.post(address, json={"year": 2026, "items": [ITEM | changes]})
        assert fault in faults(answer), changes
    assert faults(await circle.operator.post(address, json={"year": 26, "items": []})) == {
        ("/year", "greater-than-equal")
    }
    problem(await circle.over.post(address, json={"year": 2026, "items": []}), 404, "not-found")
    assert await kept(circle.house) == before
