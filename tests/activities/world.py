"""Who and where in the tests of activities: a village, its neighbours near and far, and institutions with their seats."""

import json
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import httpx

from tests.activities.announcer import Announcer
from tests.house import House

HERE = "32.04.05.2001"
NEXT_VILLAGE = "32.04.05.2002"
NEXT_DISTRICT = "32.04.06.2001"
BALI = "51.08.06.2001"
PAPUA = "94.01.01.2001"


@dataclass
class World:
    """The institutions: `lead` and `helper` have their seat here, `neighbour` in the next district, `far` in Papua."""

    house: House
    announcer: Announcer
    lead: UUID
    helper: UUID
    neighbour: UUID
    far: UUID

    @classmethod
    async def made(cls, house: House, announcer: Announcer) -> Self:
        """Announces them and waits until they have arrived."""
        await announcer.regions(HERE, NEXT_VILLAGE, NEXT_DISTRICT, BALI, PAPUA)
        made = cls(
            house,
            announcer,
            await announcer.institution(HERE, name="Arisan Mawar"),
            await announcer.institution(HERE, name="KUBE Melati"),
            await announcer.institution(NEXT_DISTRICT, name="Sinoman Sela"),
            await announcer.institution(PAPUA, name="Lumbung Kurik"),
        )
        await announcer.arrived()
        return made

    def client(self, role: str = "village-operator", area: Any = HERE, **claims: Any) -> httpx.AsyncClient:
        """A caller of activities' API, by default the operator of the village."""
        return self.house.client("activities", role, area, **claims)

    def planned(self, **changes: Any) -> dict[str, Any]:
        """A plan for 20 March 2026, five days after the clock's day."""
        return {
            "title": "Kerja bakti saluran air", "kind": "gotong_royong", "village": HERE,
            "lead_institution_id": str(self.lead),
            "plan": {"planned_from": "2026-03-20", "planned_until": "2026-03-20"},
        } | changes  # fmt: skip

    def held(self, **changes: Any) -> dict[str, Any]:
        """Something held on 1 March 2026, with headcounts that agree."""
        body = self.planned(**{"completion": COMPLETION, **changes})
        return {name: value for name, value in body.items() if name != "plan"}

    async def posted(self, body: dict[str, Any], client: httpx.AsyncClient | None = None) -> dict[str, Any]:
        """The record a POST made."""
        answer = await (client or self.client()).post("/v1/activities", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def step(
        self, record: dict[str, Any], step: str, body: dict[str, Any], client: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        """The answer to a step on the version of a record that was read; `change` is the PATCH."""
        headers = {"If-Match": f'"{record["sequence"]}"'}
        address = f"/v1/activities/{record['id']}"
        caller = client or self.client()
        if step == "change":
            return await caller.patch(address, json=body, headers=headers)
        return await caller.post(f"{address}/{step}", json=body, headers=headers)

    async def stored(self) -> tuple[int, int]:
        """How many activities there are, and how many events about them."""
        rows = await self.house.fetch(
            "activities", "SELECT (SELECT count(*) FROM activity) AS a, (SELECT count(*) FROM outbox) AS e"
        )
        return rows[0]["a"], rows[0]["e"]

    async def events(self, identity: str) -> list[dict[str, Any]]:
        """The events about a record, oldest first: type and data."""
        rows = await self.house.fetch(
            "activities", "SELECT type, data::jsonb::text AS data FROM outbox WHERE subject_id = $1 ORDER BY sequence",
            UUID(identity),
        )  # fmt: skip
        return [{"type": row["type"].split(".")[2], **json.loads(row["data"])} for row in rows]


COMPLETION: dict[str, Any] = {
    "held_from": "2026-03-01", "held_until": "2026-03-01", "invited": {"total": 20},
    "attended": {
        "total": 15, "by_sex": {"female": 9, "male": 5, "unknown": 1}, "by_age": {"age_18_59": 11, "age_60_up": 4},
    },
}  # fmt: skip


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    """Pointer or parameter and code of every fault of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return [(fault.get("pointer", fault.get("parameter")), fault["code"]) for fault in answer.json()["errors"]]
