"""Requests about recurring activities, in activities without its worker; what the worker makes is asked for by name."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.activities.series import keeping
from tests.activities.world import HERE, World

MONTHS = 12
WHY = {"reason": "Kesepakatan musyawarah"}


class Recurring:
    """A world in which something recurs. The clock stands at noon UTC of 15 March 2026, a Sunday."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.engine: AsyncEngine = create_async_engine(world.house.settings("activities").database, pool_size=4)

    def on(self, day: str | date) -> None:
        """Sets the clock to noon UTC of a day: an evening at the place."""
        given = date.fromisoformat(day) if isinstance(day, str) else day
        self.world.house.clock.instant = datetime(given.year, given.month, given.day, 12, tzinfo=UTC)

    def body(self, rule: str, starts_on: str = "2026-03-15", **changes: Any) -> dict[str, Any]:
        """An arisan of the lead, here."""
        return {
            "title": "Arisan Mawar", "kind": "simpan_pinjam", "village": HERE,
            "lead_institution_id": str(self.world.lead), "rule": rule, "starts_on": starts_on,
        } | changes  # fmt: skip

    async def begun(self, rule: str, starts_on: str = "2026-03-15", **changes: Any) -> dict[str, Any]:
        """The series that a POST began."""
        answer = await self.world.client().post("/v1/series", json=self.body(rule, starts_on, **changes))
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def step(self, series: dict[str, Any], name: str, body: dict[str, Any]) -> httpx.Response:
        """The answer to a step on the version of a series that was read; `change` is the PATCH."""
        address, headers = f"/v1/series/{series['id']}", {"If-Match": f'"{series["sequence"]}"'}
        if name == "change":
            return await self.world.client().patch(address, json=body, headers=headers)
        return await self.world.client().post(f"{address}/{name}", json=body, headers=headers)

    async def stepped(self, series: dict[str, Any], name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The series after a step that went through."""
        answer = await self.step(series, name, body)
        assert answer.status_code == 200, answer.text
        after: dict[str, Any] = answer.json()
        return after

    async def occurrences(
        self, series: dict[str, Any], since: str = "2026-01-01", **query: Any
    ) -> list[dict[str, Any]]:
        """The dates of a series, up to the end of 2027 unless it is asked otherwise."""
        query = {"from": since, "until": "2027-12-31", "limit": 400, **query}
        answer = await self.world.client().get(f"/v1/series/{series['id']}/occurrences", params=query)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def open(self, series: dict[str, Any]) -> list[str]:
        """The dates that are planned and still open."""
        return [
            one["on"] for one in await self.occurrences(series) if one["status"] == "direncanakan" and not one["voided"]
        ]

    async def one(self, series: dict[str, Any], day: str) -> dict[str, Any]:
        """An occurrence, with `id` that of its activity so that its steps can be asked for."""
        (found,) = await self.occurrences(series, day, until=day)
        return found | {"id": found["activity_id"]}

    async def skip(self, series: dict[str, Any], day: str, sequence: int = 1) -> httpx.Response:
        """The answer to a skipping."""
        return await self.world.client().post(
            f"/v1/series/{series['id']}/occurrences/{day}/skipping", json={"reason": "Lebaran"},
            headers={"If-Match": f'"{sequence}"'},
        )  # fmt: skip

    async def move(self, series: dict[str, Any], day: str, to: str) -> httpx.Response:
        """The answer to a rescheduling of an occurrence."""
        return await self.world.step(
            await self.one(series, day), "rescheduling", {"planned_from": to, "planned_until": to}
        )

    async def complete(self, series: dict[str, Any], day: str) -> httpx.Response:
        """The answer to a completion of an occurrence on its planned day."""
        one = await self.one(series, day)
        held = {"held_from": one["planned_from"], "held_until": one["planned_until"]}
        return await self.world.step(one, "completion", held)

    async def keep(self) -> int:
        """Lets the worker's part make what is due; how many series it looked at."""
        looked = 0
        while await keeping.one(self.engine, self.world.house.clock.now(), MONTHS):
            looked += 1
        return looked


def every(first: str, days: int, until: str) -> list[str]:
    """Dates every so many days."""
    start, end = date.fromisoformat(first), date.fromisoformat(until)
    return [(start + timedelta(days=n)).isoformat() for n in range(0, (end - start).days + 1, days)]
