"""Random lives of a series: what was held, moved, skipped or voided never changes, and what is open is what the rules give."""

from datetime import date, timedelta
from itertools import count, takewhile
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.activities.series import recurrence
from tests.activities.recurring import MONTHS, WHY, Recurring

pytestmark = pytest.mark.asyncio(loop_scope="module")
START = date(2026, 3, 15)
RULES = [
    "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=SU,WE;INTERVAL=2", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=DAILY;INTERVAL=11;COUNT=20", "FREQ=WEEKLY;UNTIL=20260630", "FREQ=MONTHLY;BYMONTHDAY=10,-1",
]  # fmt: skip
STEPS = st.one_of(
    st.tuples(st.sampled_from(["complete", "move", "skip", "void"]), st.integers(0, 6)),
    st.tuples(st.just("pass"), st.integers(1, 60)),
    st.tuples(st.just("rule"), st.integers(1, 100), st.sampled_from(RULES), st.integers(1, 2)),
)
_numbers = count()


class Life:
    """A series, and what its people expect of it: `open` dates, and those `touched`, each with how it stood then."""

    def __init__(self, recurring: Recurring, series: dict[str, Any]) -> None:
        self.recurring, self.series, self.today = recurring, series, START
        rule = series["rules"][0]
        self.rules = [(rule["rule"], START, 1)]
        self.made_through = self.horizon
        self.open = self.given(START, self.horizon)
        self.touched: dict[date, Any] = {}
        self.voided: set[date] = set()

    @property
    def horizon(self) -> date:
        return self.today + relativedelta(months=MONTHS)

    def given(self, since: date, until: date) -> dict[date, int]:
        """Dates that the rules give, each with its days."""
        found: dict[date, int] = {}
        for (rule, starts_on, days), later in zip(self.rules, [*(one[1] for one in self.rules[1:]), None], strict=True):
            last = until if later is None else min(until, later - timedelta(days=1))
            dates = takewhile(lambda day, last=last: day <= last, recurrence.dates(rule, starts_on))  # type: ignore[misc]
            found |= {day: days for day in dates if day >= since}
        return found

    async def touch(self, verb: str, place: int) -> None:
        """One of the open dates is completed, moved, skipped or voided on its own."""
        reached = [day for day in self.open if verb != "complete" or day <= self.today]
        if not reached:
            return
        day = sorted(reached)[place % len(reached)]
        at = day.isoformat()
        if verb == "complete":
            if day + timedelta(days=self.open[day] - 1) > self.today:
                return
            answer = await self.recurring.complete(self.series, at)
        elif verb == "move":
            answer = await self.recurring.move(self.series, at, (day + timedelta(days=3)).isoformat())
        elif verb == "skip":
            answer = await self.recurring.skip(self.series, at)
        else:
            one = await self.recurring.one(self.series, at)
            answer = await self.recurring.world.step(one, "voiding", {"reason": "Salah catat"})
        assert answer.status_code == 200, answer.text
        del self.open[day]
        if verb == "void":
            self.voided.add(day)
        else:
            self.touched[day] = await self.record(at)

    async def record(self, day: str) -> Any:
        one = await self.recurring.one(self.series, day)
        return (await self.recurring.world.client().get(f"/v1/activities/{one['id']}")).json()

    async def change(self, ahead: int, rule: str, days: int) -> None:
        """Another rule from some days ahead on."""
        since = self.today + timedelta(days=ahead)
        body = {"rule": rule, "starts_on": since.isoformat(), "days": days} | WHY
        answer = await self.recurring.step(self.series, "rule-change", body)
        if answer.status_code == 422:
            assert answer.json()["errors"][0]["code"] == "rule-gives-nothing"
            return
        assert answer.status_code == 200, answer.text
        self.series = answer.json()
        self.rules = [*(one for one in self.rules if one[1] < since), (self.series["rules"][-1]["rule"], since, days)]
        self.fill(since)

    def fill(self, since: date) -> None:
        wanted = self.given(since, self.horizon)
        self.voided &= {day for day in self.voided if day < since or day in wanted}
        kept = {day: days for day, days in self.open.items() if day < since}
        self.open = kept | {d: n for d, n in wanted.items() if d not in self.touched and d not in self.voided}
        self.made_through = self.horizon

    async def wait(self, days: int) -> None:
        """Days pass, and the worker looks."""
        self.today += timedelta(days=days)
        self.recurring.on(self.today)
        await self.recurring.keep()
        self.fill(max(self.made_through + timedelta(days=1), self.today))

    async def holds(self) -> None:
        """What is expected is so."""
        assert await self.recurring.open(self.series) == sorted(
            day.isoformat()
            for day in [*self.open, *(d for d, one in self.touched.items() if one["status"] == "direncanakan")]
        )
        found = {one["on"]: one for one in await self.recurring.occurrences(self.series)}
        for day, days in self.open.items():
            one = found[day.isoformat()]
            last = (day + timedelta(days=days - 1)).isoformat()
            assert (one["planned_from"], one["planned_until"], one["moved"]) == (day.isoformat(), last, False)
        for day, stood in self.touched.items():
            assert await self.record(day.isoformat()) == stood


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(RULES), st.lists(STEPS, min_size=2, max_size=8))
async def test_what_was_touched_stays_and_what_is_open_is_what_the_rules_give(
    recurring_house: Recurring, rule: str, steps: list[tuple[Any, ...]]
) -> None:
    await recurring_house.world.house.execute("activities", "DELETE FROM activity; DELETE FROM series")
    recurring_house.on(START)
    life = Life(recurring_house, await recurring_house.begun(rule, START.isoformat(), title=f"Arisan {next(_numbers)}"))
    for verb, *told in steps:
        if verb == "pass":
            await life.wait(*told)
        elif verb == "rule":
            await life.change(*told)
        else:
            await life.touch(verb, *told)
        await life.holds()
