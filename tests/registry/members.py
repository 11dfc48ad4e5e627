"""What tests about memberships and officers share: people who are registered, join and are appointed."""

from typing import Any

import httpx

from tests.house import House
from tests.registry.institutions import VILLAGE, People, record, step

MEMBERSHIPS = "memberships"
OFFICERS = "officers"
JOINED = "2021-03-01"
LEFT = {"left_on": "2024-07-01", "reason": "Pindah ke luar kota"}


class Members:
    """An operator of the village who registers people, and makes them members and officers of institutions."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.keepers = People(house)
        self.operator = self.keepers.operator

    async def institution(self, **changes: Any) -> dict[str, Any]:
        """A draft in the village."""
        return await self.keepers.registered(**changes)

    async def person(self, **changes: Any) -> dict[str, Any]:
        """A woman of the village, born on 5 December 1987."""
        body = {
            "name": "Siti Aminah", "nik_absence": "belum_punya", "sex": "P", "birth_date": "1987-12-05",
            "village": VILLAGE,
        } | changes  # fmt: skip
        sent = {name: value for name, value in body.items() if value is not ...}
        return record(await self.operator.post("/v1/people", json=sent), 201)

    async def join(self, person: dict[str, Any], institution: dict[str, Any], on: str = JOINED) -> httpx.Response:
        """The answer to a person's joining."""
        body = {"person_id": person["id"], "institution_id": institution["id"], "joined_on": on}
        return await self.operator.post("/v1/memberships", json=body)

    async def joined(
        self, person: dict[str, Any] | None = None, institution: dict[str, Any] | None = None, on: str = JOINED
    ) -> dict[str, Any]:
        """A membership that lasts."""
        answer = await self.join(person or await self.person(), institution or await self.institution(), on)
        return record(answer, 201)

    async def left(self, membership: dict[str, Any], on: str = LEFT["left_on"]) -> dict[str, Any]:
        """A membership that is over."""
        return record(await step(self.operator, membership, "departure", LEFT | {"left_on": on}, MEMBERSHIPS))

    async def appoint(self, person: dict[str, Any], institution: dict[str, Any], **changes: Any) -> httpx.Response:
        """The answer to an appointment as ketua since 2022, with changes."""
        body = {
            "person_id": person["id"], "institution_id": institution["id"], "role": "ketua", "since": "2022-01-01",
        } | changes  # fmt: skip
        return await self.operator.post("/v1/officers", json=body)

    async def appointed(self, person: dict[str, Any], institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A term."""
        return record(await self.appoint(person, institution, **changes), 201)

    async def listed(
        self, collection: str, client: httpx.AsyncClient | None = None, **filters: Any
    ) -> list[dict[str, Any]]:
        """The first page of a list."""
        return list(record(await (client or self.operator).get(f"/v1/{collection}", params=filters))["items"])


async def rows(house: House, *tables: str) -> list[int]:
    """How many rows these tables hold."""
    return [(await house.fetch("registry", f"SELECT count(*) FROM {table}"))[0][0] for table in tables]
