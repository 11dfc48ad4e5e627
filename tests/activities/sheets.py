"""Who came, in tests: people announced, sheets recorded and changed, and what is said of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from shared.codes import AttendanceRole
from tests.activities.world import HERE, World

ANGGOTA, WARGA, RELAWAN = AttendanceRole.ANGGOTA, AttendanceRole.WARGA, AttendanceRole.RELAWAN


@dataclass
class Sheets:
    """Speaks of sheets in the world's name."""

    world: World

    async def people(self, count: int, village: str = HERE, **state: Any) -> list[str]:
        """The ids of people whom registry has announced; they have arrived."""
        made = [await self.world.announcer.person(village, **state) for _ in range(count)]
        await self.world.announcer.arrived()
        return [str(one) for one in made]

    async def recorded(self, activity: dict[str, Any], people: Iterable[str], **more: Any) -> dict[str, Any]:
        """A sheet of these people, who came as residents."""
        answer = await self.post(activity, named(people), **more)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def post(
        self,
        activity: dict[str, Any],
        people: list[dict[str, Any]],
        client: httpx.AsyncClient | None = None,
        **more: Any,
    ) -> httpx.Response:
        """The answer to a new sheet."""
        body = {"activity_id": activity["id"], "people": people, **more}
        return await (client or self.world.client()).post("/v1/attendance-sheets", json=body)

    async def step(
        self, sheet: dict[str, Any], step: str, body: dict[str, Any], client: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        """The answer to a step on the version of a sheet that was read."""
        headers = {"If-Match": f'"{sheet["sequence"]}"'}
        address = f"/v1/attendance-sheets/{sheet['id']}/{step}"
        return await (client or self.world.client()).post(address, json=body, headers=headers)

    async def activity(self, activity: dict[str, Any]) -> dict[str, Any]:
        """The activity as it stands."""
        read: dict[str, Any] = (
            await self.world.client("integration", "ID").get(f"/v1/activities/{activity['id']}")
        ).json()
        return read

    async def pairs(self) -> list[tuple[UUID, UUID]]:
        """Sheet and person of everybody who is named."""
        rows = await self.world.house.fetch("activities", "SELECT sheet_id, person_id FROM attendance")
        return [(row["sheet_id"], row["person_id"]) for row in rows]


def named(people: Iterable[str], role: AttendanceRole = WARGA, hours: int | None = None) -> list[dict[str, Any]]:
    """Attendees as they are sent."""
    return [{"person_id": one, "role": role, "volunteer_hours": hours} for one in people]
