"""What tests about people share: valid registrations of marked people, and what they are looked up by."""

from typing import Any

import httpx

from tests import personal
from tests.house import House
from tests.registry.institutions import DISTRICT, REGENCY, VILLAGE, VILLAGE_NEXT, VILLAGE_OVER, record

ADDRESS = "/v1/people"
WHY = {"reason": "Permintaan yang bersangkutan"}


def registration(place: int = 0, **changes: Any) -> dict[str, Any]:
    """A valid registration of one of the marked people, with changes; a change to `...` leaves the field out."""
    who = personal.PEOPLE[place]
    body: dict[str, Any] = {
        "name": who.name,
        "nik": who.nik,
        "sex": who.sex,
        "birth_date": who.birth_date.isoformat(),
        "village": VILLAGE,
        "phone": who.phone,
    } | changes
    return {name: value for name, value in body.items() if value is not ...}


class Keepers:
    """Those who keep people in two villages, their district, the neighbouring district's village, and the regency."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.operator = house.client("registry", "village-operator", VILLAGE)
        self.next = house.client("registry", "village-operator", VILLAGE_NEXT)
        self.over = house.client("registry", "village-operator", VILLAGE_OVER)
        self.facilitator = house.client("registry", "district-facilitator", DISTRICT)
        self.officer = house.client("registry", "regency-officer", REGENCY)

    async def registered(self, place: int = 0, by: httpx.AsyncClient | None = None, **changes: Any) -> dict[str, Any]:
        """A person as the answer to their registration shows them."""
        return record(await (by or self.operator).post(ADDRESS, json=registration(place, **changes)), 201)

    async def read(self, person: dict[str, Any], by: httpx.AsyncClient | None = None) -> dict[str, Any]:
        """The person as they stand now."""
        return record(await (by or self.operator).get(f"{ADDRESS}/{person['id']}"))


async def looked_up(client: httpx.AsyncClient, **asked: str) -> list[str]:
    """The ids of those whom a caller finds."""
    return [item["id"] for item in record(await client.post("/v1/person-lookups", json=asked))["items"]]
