"""Who pulls what changed since an instant misses nothing, however late something is committed."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from fastapi.dependencies.utils import get_flat_params
from pydantic import TypeAdapter

from services.activities.app import ROUTERS
from services.registry.regions import identity
from shared import edge, synced
from tests.activities.world import NEXT_VILLAGE, World
from tests.house import until

pytestmark = pytest.mark.without_worker

BEGINNING = "1970-01-01T00:00:00Z"


async def pulled(world: World, since: str) -> tuple[dict[str, int], str]:
    """All that changed since an instant, by id the version, as a client pulls it; and where it goes on."""
    operator = world.client("district-facilitator", "32.04.05")
    parameters: dict[str, Any] = {"changed_since": since, "sort": "changed_at", "voided": "any", "limit": 1}
    first = answer = await operator.get("/v1/activities", params=parameters)
    found = {item["id"]: item["sequence"] for item in answer.json()["items"]}
    while cursor := answer.json()["next"]:
        answer = await operator.get("/v1/activities", params=parameters | {"cursor": cursor})
        assert synced.HEADER not in answer.headers, "a later page would promise what the first has passed over"
        found |= {item["id"]: item["sequence"] for item in answer.json()["items"]}
    return found, first.headers[synced.HEADER]


async def test_what_is_committed_late_with_an_earlier_instant_comes_with_the_next_pull(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synced, "SLACK", timedelta(0))
    blocker = await asyncpg.connect(world.house.settings("activities").as_owner().driver_dsn)
    try:
        hold = blocker.transaction()
        await hold.start()
        await blocker.execute("SELECT FROM known_region WHERE id = $1 FOR UPDATE", identity.region_id(NEXT_VILLAGE))
        late = asyncio.create_task(world.posted(world.planned(village=NEXT_VILLAGE)))
        await until(lambda: _waits(world), "the first has waited for a fifth of a second")
        world.house.clock.instant += timedelta(seconds=0.1)
        seen = await world.posted(world.planned())
        first, through = await pulled(world, BEGINNING)
        await hold.rollback()
        missed = await late
    finally:
        await blocker.close()
    assert datetime.fromisoformat(missed["changed_at"]) < datetime.fromisoformat(seen["changed_at"])
    assert first == {seen["id"]: 1}
    second, later = await pulled(world, through)
    assert second == {seen["id"]: 1, missed["id"]: 1}
    await world.step(missed, "voiding", {"reason": "Keliru"})
    third, _ = await pulled(world, later)
    assert third[missed["id"]] == 2


async def _waits(world: World) -> list[Any]:
    return await world.house.fetch(
        "activities",
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND clock_timestamp() - xact_start > interval '0.2 s'",
    )


async def test_without_anything_under_way_only_the_slack_is_told_again(world: World) -> None:
    _, through = await pulled(world, BEGINNING)
    behind = world.house.clock.now() - datetime.fromisoformat(through)
    assert synced.SLACK <= behind < synced.SLACK + timedelta(seconds=30)
    ordinary = await world.client().get("/v1/activities")
    assert synced.HEADER not in ordinary.headers


NOT_RECORDS = {"/v1/stock-balances", "/v1/village-reports/missing", "/v1/audit-entries", "/v1/audit-seals"}
"""Lists of what is counted or missing, or is never changed."""


def test_every_list_of_records_can_be_pulled() -> None:
    lists = {
        route.path: {parameter.alias: parameter.field_info for parameter in get_flat_params(route.dependant)}
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, edge.Route) and route.methods == {"GET"} and "{id}" not in route.path
    }
    pulled_ = {path: named for path, named in lists.items() if "cursor" in named and path not in NOT_RECORDS}
    assert len(pulled_) >= 11
    for path, named in pulled_.items():
        assert {"changed_since", "voided", "sort"} <= named.keys(), path
        assert "changed_at" in _choices(named["sort"]), path
        assert "any" in _choices(named["voided"]), path


def _choices(parameter: Any) -> str:
    return str(TypeAdapter(parameter.annotation).json_schema())
