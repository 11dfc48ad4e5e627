"""What tests about institutions share: a valid registration, and people who take it along its way."""

from typing import Any

import httpx

from tests.house import House

VILLAGE = "32.04.05.2001"
"""In district 32.04.05; VILLAGE_NEXT lies beside it, VILLAGE_OVER in the neighbouring district of the same regency."""
VILLAGE_NEXT = "32.04.05.2002"
VILLAGE_OVER = "32.04.06.2003"
DISTRICT = "32.04.05"
REGENCY = "32.04"
ELSEWHERE = "31.71.01.1001"
REQUESTS = "change-requests"
REASON = {"reason": "Belum ada bukti"}


def registration(**changes: Any) -> dict[str, Any]:
    """A valid registration with changes; a change to `...` leaves the field out."""
    body: dict[str, Any] = {
        "type": "ARS",
        "name": "Arisan Melati",
        "origin": "tumbuh",
        "legal_status": "tidak_berbadan_hukum",
        "village": VILLAGE,
        "active_from": "2020-02-01",
        "members": {"female": 20, "male": 4},
    } | changes
    return {name: value for name, value in body.items() if value is not ...}


class People:
    """An operator of the village, the district's facilitator, the regency's and the province's officer, with tokens."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.operator = house.client("registry", "village-operator", VILLAGE)
        self.facilitator = house.client("registry", "district-facilitator", DISTRICT)
        self.officer = house.client("registry", "regency-officer", REGENCY)
        self.province = house.client("registry", "province-officer", "32")

    async def registered(self, **changes: Any) -> dict[str, Any]:
        """A draft."""
        return record(await self.operator.post("/v1/institutions", json=registration(**changes)), 201)

    async def submitted(self, **changes: Any) -> dict[str, Any]:
        """A record that waits for its review."""
        return await take(self.operator, await self.registered(**changes), "submission")

    async def reviewed(self, **changes: Any) -> dict[str, Any]:
        """A record that waits for its verification."""
        return await take(self.facilitator, await self.submitted(**changes), "review")

    async def verified(self, **changes: Any) -> dict[str, Any]:
        """A verified record."""
        return await take(self.officer, await self.reviewed(**changes), "verification")

    async def returned(self, **changes: Any) -> dict[str, Any]:
        """A record that was given back."""
        return await take(self.officer, await self.reviewed(**changes), "return", {"reason": "Anggota belum sesuai"})

    async def rejected(self, **changes: Any) -> dict[str, Any]:
        """A record that was refused for good."""
        return await take(self.officer, await self.reviewed(**changes), "rejection", {"reason": "Tidak ada"})

    async def proposed(self, institution: dict[str, Any], **patch: Any) -> dict[str, Any]:
        """A change request of a verified record."""
        return record(await patched(self.operator, institution, patch), 202)


async def step(
    client: httpx.AsyncClient,
    subject: dict[str, Any],
    name: str,
    body: dict[str, Any] | None = None,
    collection: str = "institutions",
) -> httpx.Response:
    """The answer to a step of a record, meant for the version that `subject` shows."""
    address = f"/v1/{collection}/{subject['id']}/{name}"
    return await client.post(address, json=body, headers={"If-Match": f'"{subject["sequence"]}"'})


async def take(
    client: httpx.AsyncClient,
    subject: dict[str, Any],
    name: str,
    body: dict[str, Any] | None = None,
    collection: str = "institutions",
) -> dict[str, Any]:
    """The record after a step that succeeds."""
    return record(await step(client, subject, name, body, collection))


async def along(client: httpx.AsyncClient, request: dict[str, Any], *names: str) -> dict[str, Any]:
    """A change request after steps that succeed, one after the other."""
    for name in names:
        said = REASON if name in ("return", "rejection", "voiding") else None
        request = await take(client, request, name, said, REQUESTS)
    return request


async def patched(
    client: httpx.AsyncClient, subject: dict[str, Any], patch: dict[str, Any], collection: str = "institutions"
) -> httpx.Response:
    """The answer to a merge patch of a record, meant for the version that `subject` shows."""
    headers = {"If-Match": f'"{subject["sequence"]}"', "Content-Type": "application/merge-patch+json"}
    return await client.patch(f"/v1/{collection}/{subject['id']}", json=patch, headers=headers)


def record(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that has this status."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def as_answered(read: httpx.Response) -> dict[str, Any]:
    """An institution that was read, as the answer to a change of it shows it: without the named members, here none."""
    body = record(read)
    assert body.pop("named_members") == {"female": 0, "male": 0, "unknown": 0}
    return body


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer that has this status and slug."""
    body = record(answer, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:wahana:problem:{slug}", body
    return body


def faults(answer: httpx.Response, status: int = 422, slug: str = "invalid-payload") -> set[tuple[str, str]]:
    """Where and what the faults of a problem are; each says what to do about it."""
    found = problem(answer, status, slug)["errors"]
    assert all(fault["message"] and fault["remedy"] for fault in found)
    return {(fault.get("pointer", fault.get("parameter")), fault["code"]) for fault in found}


async def stored(house: House) -> tuple[int, int, int]:
    """Rows of institutions and change requests, and events about institutions."""
    rows = await house.fetch(
        "registry",
        "SELECT (SELECT count(*) FROM institution), (SELECT count(*) FROM change_request),"
        " (SELECT count(*) FROM outbox WHERE topic = 'registry.institution.v1')",
    )
    return rows[0][0], rows[0][1], rows[0][2]


async def events(house: House, id: str) -> list[Any]:
    """The events of one institution in the order in which the relay takes them."""
    return await house.fetch("registry", "SELECT * FROM outbox WHERE subject_id = $1 ORDER BY id", id)
