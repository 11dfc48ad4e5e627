"""An activity at which help stands is neither an entry error nor called off: the help first, then the activity."""

import asyncio
import functools
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.activities.helping import WHY, Helping
from tests.activities.recurring import Recurring
from tests.house import until


async def test_an_activity_is_not_voided_or_cancelled_while_help_given_at_it_stands(helping: Helping) -> None:
    world = helping.world
    for made, step in (
        (await world.posted(world.held()), "voiding"),
        (await world.posted(world.planned()), "cancellation"),
        (await world.posted(world.planned()), "voiding"),
    ):
        benefit = await helping.stored(helping.benefit(activity_id=made["id"]))
        referral = await helping.stored(helping.referral(activity_id=made["id"]))
        before = await helping.counted()
        refused = await world.step(made, step, WHY)
        assert (refused.status_code, refused.json()["type"].rsplit(":", 1)[1]) == (409, "benefits-stand")
        assert refused.json()["benefits"] == 2
        assert await helping.counted() == before
        assert (await helping.step(benefit, "voiding", WHY)).is_success
        assert (await world.step(made, step, WHY)).json()["benefits"] == 1
        assert (await helping.step(referral, "correction", {"activity_id": None, "again": True, **WHY})).is_success
        assert (await world.step(made, step, WHY)).status_code == 200
        late = await helping.sent(helping.benefit(activity_id=made["id"]))
        assert late.status_code == 422


@pytest.mark.parametrize("help_first", [True, False])
async def test_of_help_and_voiding_at_once_the_second_sees_the_first(helping: Helping, help_first: bool) -> None:
    world = helping.world
    made = await world.posted(world.held())

    def giving() -> Any:
        return asyncio.create_task(helping.sent(helping.benefit(activity_id=made["id"])))

    def voiding() -> Any:
        return asyncio.create_task(world.step(made, "voiding", WHY))

    ours = await asyncpg.connect(world.house.dsn("activities"))
    try:
        await ours.execute("BEGIN")
        await ours.fetch("SELECT FROM activity WHERE id = $1 FOR UPDATE", UUID(made["id"]))
        tasks = []
        for place, begin in enumerate((giving, voiding) if help_first else (voiding, giving), 1):
            tasks.append(begin())
            await until(functools.partial(_waiting, helping, place), "it waits")
        await ours.execute("ROLLBACK")
    finally:
        await ours.close()
    statuses = [(await one).status_code for one in tasks]
    assert statuses == ([201, 409] if help_first else [200, 422])


async def test_an_occurrence_at_which_somebody_was_helped_stays(helping: Helping) -> None:
    recurring = Recurring(helping.world)
    series = await recurring.begun("FREQ=WEEKLY;COUNT=3", "2026-03-22")
    one = await recurring.one(series, "2026-03-29")
    await helping.stored(helping.benefit(activity_id=one["id"]))
    refused = await recurring.skip(series, "2026-03-29")
    assert (refused.status_code, refused.json()["benefits"]) == (409, 1)
    await recurring.stepped(series, "ending", {"on": "2026-03-22", **WHY})
    assert await recurring.open(series) == ["2026-03-29"]
    await recurring.engine.dispose()


async def _waiting(helping: Helping, count: int) -> bool:
    rows = await helping.world.house.fetch(
        "activities",
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    return bool(rows[0]["n"] >= count)
