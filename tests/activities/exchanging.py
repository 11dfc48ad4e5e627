"""Who meets in the tests of the exchange: groups near and far, a network of some, and what they post."""

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import httpx

from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, World

OTHER_REGENCY = "32.03.01.2001"
ANY = {"If-Match": "*"}
"""Whatever version it has."""


@dataclass
class Exchanging:
    """`helper` (here) and `neighbour` (next district) are members of `network`, which works here and in the next village;
    `lead` (here), `sibling` (next village), `outer` (another regency) and `far` (Papua) are not."""

    world: World
    sibling: UUID
    outer: UUID
    network: UUID

    @classmethod
    async def made(cls, world: World) -> Self:
        """Announces them and waits until they have arrived."""
        told = world.announcer
        await told.regions(OTHER_REGENCY)
        made = cls(
            world,
            await told.institution(NEXT_VILLAGE, name="Karang Taruna Sari"),
            await told.institution(OTHER_REGENCY, name="Paguyuban Cianjur"),
            await told.network(HERE, NEXT_VILLAGE, name="WKSBM Rukun"),
        )
        await told.network_membership(made.network, world.helper)
        await told.network_membership(made.network, world.neighbour)
        await told.arrived()
        return made

    def client(self, role: str = "village-operator", area: Any = HERE, **claims: Any) -> httpx.AsyncClient:
        """A caller, by default the operator of the village."""
        return self.world.client(role, area, **claims)

    @property
    def there(self) -> httpx.AsyncClient:
        """The operator of the village in the next district."""
        return self.client("village-operator", NEXT_DISTRICT)

    @property
    def sister(self) -> httpx.AsyncClient:
        """The operator of the next village."""
        return self.client("village-operator", NEXT_VILLAGE)

    def need(self, **changes: Any) -> dict[str, Any]:
        """Rice that `helper` needs, told to everybody."""
        return {
            "poster": institution(self.world.helper), "kind": "barang", "title": "Beras untuk korban banjir",
            "text": "Dua puluh karung beras untuk warga yang rumahnya terendam.", "scope": "public",
        } | changes  # fmt: skip

    def offer(self, **changes: Any) -> dict[str, Any]:
        """Rice that `neighbour` offers, told to everybody."""
        return {
            "poster": institution(self.world.neighbour), "kind": "barang", "title": "Beras dari lumbung",
            "text": "Sepuluh karung beras siap diambil.", "scope": "public",
        } | changes  # fmt: skip

    def experience(self, **changes: Any) -> dict[str, Any]:
        """What `helper` learned about cleaning ditches, told to everybody."""
        return {
            "poster": institution(self.world.helper), "kind": "gotong_royong", "title": "Jumat bersih bergilir",
            "story": "Setiap Jumat satu RT membersihkan selokannya.", "scope": "public",
        } | changes  # fmt: skip

    async def post(
        self, noun: str, body: dict[str, Any] | None = None, client: httpx.AsyncClient | None = None
    ) -> dict[str, Any]:
        """The record that a POST made: `needs`, `offers` or `experiences`."""
        own: dict[str, Any] = body or getattr(self, noun.removesuffix("s"))()
        answer = await (client or self.client("regency-officer", "32.04")).post(f"/v1/{noun}", json=own)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def events(self, id: str) -> list[dict[str, Any]]:
        """The events about a record, oldest first."""
        return await self.world.events(id)


def institution(id: UUID | str) -> dict[str, str]:
    """An institution as a body names it."""
    return {"organisation": "institution", "id": str(id)}


def network(id: UUID | str) -> dict[str, str]:
    """A network as a body names it."""
    return {"organisation": "network", "id": str(id)}


async def step(
    client: httpx.AsyncClient, noun: str, record: dict[str, Any], name: str, body: dict[str, Any]
) -> httpx.Response:
    """The answer to a step on the version of a record that was read; `change` is the PATCH."""
    headers = {"If-Match": f'"{record["sequence"]}"'}
    address = f"/v1/{noun}/{record['id']}"
    if name == "change":
        return await client.patch(address, json=body, headers=headers)
    return await client.post(f"{address}/{name}", json=body, headers=headers)


def slug(answer: httpx.Response) -> str:
    """The slug of a problem."""
    return str(answer.json()["type"].rsplit(":", 1)[1])
