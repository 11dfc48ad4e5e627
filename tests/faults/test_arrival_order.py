"""Registry's topics are withheld until activities' events were applied: the numbers heal to the same."""

import asyncio

import pytest

from services.reporting import worker
from services.reporting.models import SCHEMA
from shared import database
from shared.consumer import Consumer
from shared.events.activities import Activity
from tests.faults import oracle
from tests.faults.armed import Open
from tests.house import until
from tests.reporting.numbers import numbers


@pytest.mark.fault("F18")
async def test_activities_that_arrive_before_registrys_events_count_as_soon_as_those_arrive(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    await workload.write(120)
    settings = house.settings("reporting")
    engine = database.open_engine(settings, pool_size=2, schema=SCHEMA)
    whole = worker.consumer(settings, engine)
    early = asyncio.create_task(Consumer(settings, engine, {Activity.topic(): Activity}, whole.handle).run())
    (told,) = await house.fetch("activities", "SELECT count(*) AS n FROM activity")

    async def applied() -> bool:
        if early.done():
            early.result()
        rows = await house.fetch("reporting", "SELECT 1 FROM dossier WHERE noun = 'activity' AND sequence > 0")
        return len(rows) == told["n"] and await outbox_is_empty()

    async def outbox_is_empty() -> bool:
        return not await house.fetch("activities", "SELECT 1 FROM outbox WHERE pending LIMIT 1")

    await until(applied, "activities' events are applied")
    early.cancel()
    await asyncio.gather(early, return_exceptions=True)
    assert (await numbers(engine))["cell_activity"] == set(), "nothing counts in a village nobody has told of"
    await engine.dispose()
    await house.start_worker("reporting")
    await oracle.check(house, workload)
    assert (await oracle.current_numbers(house))["cell_activity"]
