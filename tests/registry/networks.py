"""What tests about networks share: the people around one, and networks taken along their life."""

from typing import Any
from uuid import uuid4

import httpx

from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    record,
    registration,
    take,
)

NETWORKS = "networks"
ELSEWHERE = "31.71.01.1001"
"""A village of another regency and province."""
SK = {"number": "141/07/SK/2026", "on": "2025-11-20", "valid_until": "2027-12-31"}


def network(**changes: Any) -> dict[str, Any]:
    """A valid registration with changes; a change to `...` leaves the field out."""
    body: dict[str, Any] = {
        "name": "WKSBM Cileunyi",
        "local_name": "Guyub Rukun",
        "territory": [{"village": VILLAGE}],
        "initiated_on": "2025-01-01",
    } | changes
    return {name: value for name, value in body.items() if value is not ...}


class Circle:
    """The operators of three villages, the district's facilitator, and officers of the regency and the nation."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.operator = house.client("registry", "village-operator", VILLAGE)
        self.next = house.client("registry", "village-operator", VILLAGE_NEXT)
        self.over = house.client("registry", "village-operator", VILLAGE_OVER)
        self.facilitator = house.client("registry", "district-facilitator", DISTRICT)
        self.officer = house.client("registry", "regency-officer", REGENCY)
        self.ministry = house.client("registry", "ministry", "ID")

    async def begun(self, by: httpx.AsyncClient | None = None, **changes: Any) -> dict[str, Any]:
        """A network in its beginnings."""
        return record(await (by or self.operator).post("/v1/networks", json=network(**changes)), 201)

    async def institution(self, by: httpx.AsyncClient | None = None, **changes: Any) -> dict[str, Any]:
        """An institution that may become a member."""
        body = registration(name=f"Arisan {uuid4().hex[:8]}", **changes)
        return record(await (by or self.operator).post("/v1/institutions", json=body), 201)

    async def person(self, by: httpx.AsyncClient | None = None, **changes: Any) -> dict[str, Any]:
        """Somebody without a NIK."""
        body = {
            "name": "Warga Uji",
            "nik_absence": "belum_punya",
            "sex": "P",
            "birth_date": "1980-05-01",
            "village": VILLAGE,
        } | changes
        return record(await (by or self.operator).post("/v1/people", json=body), 201)

    async def joined(self, of: dict[str, Any], institution: dict[str, Any] | None = None, on: str = "2025-02-01", by: httpx.AsyncClient | None = None) -> dict[str, Any]:  # fmt: skip
        """A membership of a network."""
        member = institution or await self.institution()
        body = {"network_id": of["id"], "institution_id": member["id"], "joined_on": on}
        return record(await (by or self.operator).post("/v1/network-memberships", json=body), 201)

    async def appointed(self, of: dict[str, Any], role: str, by: httpx.AsyncClient | None = None, **changes: Any) -> dict[str, Any]:  # fmt: skip
        """A term of its management."""
        person = changes.pop("person_id", None) or (await self.person())["id"]
        body = {"network_id": of["id"], "person_id": person, "role": role, "since": "2025-03-01"} | changes
        return record(await (by or self.operator).post("/v1/network-officers", json=body), 201)

    async def complete(self, **changes: Any) -> dict[str, Any]:
        """A network with two members, a ketua and a sekretaris, that may be formed."""
        found = await self.begun(**changes)
        for _ in range(2):
            await self.joined(found)
        for role in ("ketua", "sekretaris"):
            await self.appointed(found, role)
        return await self.now(found)

    async def formed(self, **changes: Any) -> dict[str, Any]:
        """A network with status `dibentuk`."""
        return await take(self.operator, await self.complete(**changes), "formation", {"on": "2025-11-10"}, NETWORKS)

    async def legalised(self, **changes: Any) -> dict[str, Any]:
        """A network with status `disahkan`."""
        return await take(self.officer, await self.formed(**changes), "legalisation", SK, NETWORKS)

    async def active(self, **changes: Any) -> dict[str, Any]:
        """A network with status `aktif`."""
        return await take(self.operator, await self.legalised(**changes), "activation", {"on": "2025-12-01"}, NETWORKS)

    async def now(self, of: dict[str, Any], by: httpx.AsyncClient | None = None) -> dict[str, Any]:
        """The network as it stands."""
        return record(await (by or self.operator).get(f"/v1/networks/{of['id']}"))


async def told(house: House, id: str) -> list[tuple[int, str]]:
    """Sequence and verb of each event of a record, in the order in which the relay takes them."""
    rows = await house.fetch("registry", "SELECT sequence, type FROM outbox WHERE subject_id = $1 ORDER BY id", id)
    return [(row["sequence"], row["type"].split(".")[2]) for row in rows]


async def kept(house: House) -> tuple[int, ...]:
    """Rows of every table about networks, and events about them."""
    tables = (
        "network", "network_place", "network_officer", "network_membership", "network_membership_spell",
        "network_delegate", "network_work_plan", "network_fund_entry",
    )  # fmt: skip
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    events = "(SELECT count(*) FROM outbox WHERE topic LIKE 'registry.network%')"
    rows = await house.fetch("registry", f"SELECT {counts}, {events}")
    return tuple(rows[0])
