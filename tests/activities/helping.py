"""Whoever is helped, and whoever helps, in the tests of benefits and referrals; and requests about them."""

import json
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import httpx

from shared.codes import Sex
from tests.activities.world import HERE, NEXT_DISTRICT, PAPUA, World

WHY = {"reason": "Salah catat"}


@dataclass
class Helping:
    """People and organisations beside those of the world.

    `elder` (1950, a woman, here) and `child` (2015, a boy, here); `stranger` (1950) lives in Papua. `elder` and the head of
    `family` are members of the world's `lead`; `network` works here with it, `office` is a partner of the regency.
    """

    world: World
    elder: UUID
    child: UUID
    stranger: UUID
    family: UUID
    community: UUID
    network: UUID
    office: UUID
    hospital: UUID
    """A partner of another province."""

    @classmethod
    async def made(cls, world: World) -> Self:
        """Announces them."""
        tell = world.announcer
        elder, head = await tell.person(HERE, birth_year=1950), await tell.person(HERE, birth_year=1980, sex=Sex.L)
        child = await tell.person(HERE, birth_year=2015, sex=Sex.L)
        made = cls(
            world, elder, child, await tell.person(PAPUA, birth_year=1950), await tell.family(HERE, head, child),
            await tell.community(HERE), await tell.network(HERE, NEXT_DISTRICT), await tell.partner("32.04"),
            await tell.partner("94.01"),
        )  # fmt: skip
        await tell.membership(elder, world.lead)
        await tell.membership(head, world.lead, spells=(("2020-01-01", "2026-02-01"),))
        await tell.network_membership(made.network, world.lead)
        await tell.arrived()
        return made

    def benefit(self, **changes: Any) -> dict[str, Any]:
        """Rp150,000 to the elder by the lead, on 10 March 2026."""
        return {
            "beneficiary": person(self.elder), "ppks_kinds": ["LUT"], "help": "uang", "value": 150_000,
            "giver": by("institution", self.world.lead), "given_on": "2026-03-10", "village": HERE,
        } | changes  # fmt: skip

    def referral(self, **changes: Any) -> dict[str, Any]:
        """The elder, sent on to the regency's office by the lead on 10 March 2026."""
        return {
            "beneficiary": person(self.elder), "ppks_kinds": ["LUT"], "giver": by("institution", self.world.lead),
            "partner_id": str(self.office), "referred_on": "2026-03-10", "village": HERE,
        } | changes  # fmt: skip

    async def sent(self, body: dict[str, Any], client: httpx.AsyncClient | None = None) -> httpx.Response:
        """The answer to a POST: of a referral, if the body names a partner."""
        noun = "referrals" if "partner_id" in body else "benefits"
        return await (client or self.world.client()).post(f"/v1/{noun}", json=body)

    async def stored(self, body: dict[str, Any], client: httpx.AsyncClient | None = None) -> dict[str, Any]:
        """The record that a POST made."""
        answer = await self.sent(body, client)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def step(
        self, record: dict[str, Any], step: str, body: dict[str, Any], client: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        """The answer to a step on the version that was read."""
        noun = "referrals" if "partner_id" in record else "benefits"
        headers = {"If-Match": f'"{record["sequence"]}"'}
        return await (client or self.world.client()).post(
            f"/v1/{noun}/{record['id']}/{step}", json=body, headers=headers
        )

    async def counted(self) -> tuple[int, int, int]:
        """How many benefits, referrals and events there are."""
        counted = "(SELECT count(*) FROM benefit), (SELECT count(*) FROM referral), (SELECT count(*) FROM outbox)"
        rows = await self.world.house.fetch("activities", f"SELECT {counted}")
        return tuple(rows[0])

    async def entries(self, id: str) -> list[dict[str, Any]]:
        """What the audit trail holds of a record, oldest first."""
        query = "SELECT action, after::text, disclosed, actor FROM audit_entry WHERE record_id = $1 ORDER BY id"
        rows = await self.world.house.fetch("activities", query, id)
        return [{**dict(row), "after": json.loads(row["after"]) if row["after"] else None} for row in rows]


def person(id: object) -> dict[str, str]:
    """A person as beneficiary."""
    return {"unit": "perorangan", "id": str(id)}


def by(organisation: str, id: object) -> dict[str, str]:
    """A giver."""
    return {"organisation": organisation, "id": str(id)}
