"""Series are kept planned ahead: on the day a date comes into the horizon, once, whoever is killed or works beside."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities.series import keeping
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.recurring import MONTHS, WHY, Recurring, every
from tests.activities.world import HERE, World
from tests.house import House, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def recurring(recurring_house: Recurring) -> Recurring:
    """The same, on 15 March 2026, when nothing is due."""
    await recurring_house.world.house.execute("activities", "DELETE FROM activity; DELETE FROM series")
    recurring_house.on("2026-03-15")
    return recurring_house


async def dates(recurring: Recurring, series: dict[str, Any]) -> list[str]:
    """The dates that have an activity which is not voided, as the database holds them."""
    rows = await recurring.world.house.fetch(
        "activities", "SELECT occurrence_on FROM activity WHERE series_id::text = $1 AND NOT voided ORDER BY 1",
        series["id"],
    )  # fmt: skip
    return [row["occurrence_on"].isoformat() for row in rows]


async def test_dates_are_planned_on_the_day_they_come_into_the_horizon(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY")
    recurring.on("2026-04-01")
    assert await recurring.keep() == 1
    assert await recurring.keep() == 0
    assert await dates(recurring, series) == every("2026-03-15", 7, "2027-04-01")
    # Half past midnight at the place is the evening before in UTC: what counts is the day there.
    recurring.world.house.clock.instant = datetime(2026, 4, 8, 17, 30, tzinfo=UTC)
    await recurring.keep()
    newest = await recurring.one(series, "2027-04-04")
    activity = (await recurring.world.client().get(f"/v1/activities/{newest['id']}")).json()
    assert activity["plan_versions"][0]["recorded_on"] == "2026-04-09"
    (entry,) = (await recurring.world.client().get(f"/v1/activities/{newest['id']}/history")).json()
    assert entry["type"] == "activities.activity.planned.v1"


async def test_what_passed_while_no_worker_ran_is_not_planned_afterwards(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY")
    recurring.on("2027-04-02")
    await recurring.keep()
    found = await dates(recurring, series)
    assert found == every("2026-03-15", 7, "2027-03-14") + every("2027-04-04", 7, "2028-04-02")
    assert (await recurring.occurrences(series, "2027-03-21", until="2027-03-28"))[0]["status"] is None


async def test_one_killed_in_the_middle_leaves_nothing_and_the_next_makes_all(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY")
    recurring.on("2026-04-01")

    def killed(point: str) -> None:
        raise KeyboardInterrupt(point)

    with pytest.raises(KeyboardInterrupt, match=r"series\.made"):
        await keeping.one(recurring.engine, recurring.world.house.clock.now(), MONTHS, killed)
    assert await dates(recurring, series) == every("2026-03-15", 7, "2027-03-15")
    await recurring.keep()
    assert await dates(recurring, series) == every("2026-03-15", 7, "2027-04-01")


async def test_of_several_workers_one_makes_each_series(recurring: Recurring) -> None:
    begun = [await recurring.begun("FREQ=WEEKLY") for _ in range(4)]
    recurring.on("2026-06-01")
    now = recurring.world.house.clock.now()

    async def work() -> None:
        passed = 0
        while (found := await keeping.one(recurring.engine, now, MONTHS, passed=passed)) is not None:
            passed = 0 if found else passed + 1

    await asyncio.gather(*(work() for _ in range(4)))
    for series in begun:
        assert await dates(recurring, series) == every("2026-03-15", 7, "2027-06-01")
    assert await recurring.keep() == 0


async def test_people_and_the_worker_at_once_plan_no_date_twice(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY")
    recurring.on("2026-06-01")
    change = {"rule": "FREQ=WEEKLY;BYDAY=SU,WE", "starts_on": "2027-03-01"} | WHY
    answers: list[Any] = await asyncio.gather(
        recurring.stepped(series, "rule-change", change),
        *(recurring.skip(series, "2027-05-30", 0) for _ in range(3)),
        *(keeping.one(recurring.engine, recurring.world.house.clock.now(), MONTHS) for _ in range(2)),
    )
    assert answers[0]["sequence"] == 2
    found = await dates(recurring, series)
    assert len(found) == len(set(found))
    sundays, both = every("2026-03-15", 7, "2027-05-30"), every("2027-03-03", 7, "2027-05-26")
    assert sorted(found) == sorted({*sundays, *both})


async def test_the_database_refuses_a_second_occurrence_of_a_date(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=2")
    one = await recurring.one(series, "2026-03-22")
    with pytest.raises(asyncpg.UniqueViolationError):
        await recurring.world.house.execute(
            "activities", f"UPDATE activity SET occurrence_on = '2026-03-15' WHERE id = '{one['id']}'"
        )


async def test_planning_stops_where_the_lead_is_no_longer_at_work_and_goes_on_when_it_is(recurring: Recurring) -> None:
    tell = recurring.world.announcer
    lead = await tell.institution(HERE, name="Arisan Anggrek", active=(("2020-01-01", "2026-05-01"),))
    await tell.arrived()
    series = await recurring.begun("FREQ=WEEKLY", lead_institution_id=str(lead))
    assert series["made_through"] == "2026-05-02"
    assert [warning["code"] for warning in series["warnings"]] == ["occurrences-not-made"]
    assert await dates(recurring, series) == every("2026-03-15", 7, "2026-04-26")
    await tell.institution(HERE, id=lead, sequence=2, active=(("2020-01-01", "2026-05-01"), ("2026-05-15", None)))
    await tell.arrived()
    recurring.on("2026-05-20")
    await recurring.keep()
    assert await dates(recurring, series) == every("2026-03-15", 7, "2026-04-26") + every("2026-05-24", 7, "2027-05-20")


async def test_the_worker_keeps_series_ahead_as_days_pass(
    servers: Servers, templates: dict[str, str], issuer: Issuer
) -> None:
    clock = SettableClock(datetime.now(UTC) - timedelta(days=40))
    async with House(servers, templates, issuer, clock, ("activities",)) as house:
        announcer = Announcer(house, None)
        recurring = Recurring(await World.made(house, announcer))
        series = await recurring.begun("FREQ=WEEKLY", clock.instant.date().isoformat())

        async def kept() -> bool:
            later = (await recurring.world.client().get(f"/v1/series/{series['id']}")).json()
            return bool(later["made_through"] > series["made_through"])

        await until(kept, "the worker has planned what came into the horizon")
        await recurring.engine.dispose()
