"""People count once in each region and period, whatever arrives in whichever order: cells against plain sets."""

import asyncio
from datetime import date

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import moving, recomputation
from services.reporting.periods import month_of
from services.reporting.settings import Settings
from shared.arrived import Arrived
from shared.codes import RegionKind, RegionLevel
from shared.events.registry import Lineage
from tests.reporting import people_fold, people_histories
from tests.reporting.histories import HERE, OTHER_PROVINCE, THERE, History, arrived, region
from tests.reporting.people_events import person, sheet, village
from tests.reporting.people_histories import VILLAGES
from tests.reporting.projecting import FROM, apply, empty, thorough, verified


@thorough
@given(history=people_histories.histories())
async def test_everybody_counts_once_in_any_order_of_arrival(
    engine: AsyncEngine, reporting_settings: Settings, history: History
) -> None:
    await empty(engine)
    for batch in history.delivery:
        await apply(engine, batch)
    assert await people_fold.answered(engine) == people_fold.within(people_fold.expected(history.final))
    assert await verified(reporting_settings) == []


@thorough
@given(history=people_histories.histories())
async def test_three_workers_at_once_count_everybody_once(
    engine: AsyncEngine, reporting_settings: Settings, history: History
) -> None:
    await empty(engine)
    shares: list[list[Arrived]] = [[], [], []]
    for item in [item for batch in history.delivery for item in batch]:
        shares[item.event.subject.int % 3].append(item)

    async def work(share: list[Arrived]) -> None:
        while share:
            batch, share = share[:4], share[4:]
            await apply(engine, batch)

    await asyncio.gather(*(work(share) for share in shares))
    assert await people_fold.answered(engine) == people_fold.within(people_fold.expected(history.final))
    assert await verified(reporting_settings) == []


@thorough
@given(history=people_histories.histories(), data=st.data())
async def test_people_follow_villages_that_move_one_by_one(
    engine: AsyncEngine, reporting_settings: Settings, history: History, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving, "REGIONS", 1)
        await empty(engine)
        for batch in history.delivery:
            await apply(engine, batch)
            if data.draw(st.booleans()):
                await moving.one(engine, FROM)
        assert await verified(reporting_settings) == []
        await moving.finish(engine, FROM)
    assert await people_fold.answered(engine) == people_fold.within(people_fold.expected(history.final))


async def test_verify_names_who_counts_wrongly_and_recompute_heals_it(
    engine: AsyncEngine, reporting_settings: Settings
) -> None:
    await apply(engine, [village(), person(0), person(1, duplicate_of=0), sheet(0, 1), sheet(1, number=1)])
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE cell_participant SET participants_month = 7 WHERE participants_month > 0")
        )
        await connection.execute(text("UPDATE owner SET counts_as = NULL"))
    found = {(each.measure, each.dimension) for each in await verified(reporting_settings)}
    assert found >= {("participants_month", "P age_18_59"), ("counts as", "-")}
    driver = await asyncpg.connect(reporting_settings.driver_dsn, server_settings={"search_path": "live"})
    await recomputation.recompute(driver, FROM)
    await driver.close()
    assert await verified(reporting_settings) == []
    answers = await people_fold.answered(engine)
    assert {amount for key, amount in answers.items() if key[0] == "participants"} == {1}


async def test_who_came_while_a_village_lay_elsewhere_within_a_month_counts_there(engine: AsyncEngine) -> None:
    """No month's end lies in that time: no stock ever counts there, but what happened does."""
    moved = [
        Lineage(ancestors=HERE, until=date(2024, 5, 4)),
        Lineage(ancestors=THERE, since=date(2024, 5, 4), until=date(2024, 5, 20)),
        Lineage(ancestors=HERE, since=date(2024, 5, 20)),
    ]
    away = arrived(VILLAGES[0], 1, region(RegionLevel.VILLAGE, RegionKind.DESA, moved))
    history = [away, person(0), sheet(0)]
    for event in history:
        await apply(engine, [event])
    answers = await people_fold.answered(engine)
    assert answers == people_fold.within(people_fold.expected({item.event.subject: item.state for item in history}))
    assert ("participants", "as_was", OTHER_PROVINCE, "month", month_of(date(2024, 5, 5)), 7) in answers
