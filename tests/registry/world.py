"""A record of each kind in one village, and every operation of registry's document with a request that fits them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.house import House
from tests.registry.institutions import DISTRICT, VILLAGE, People, along, patched, record
from tests.registry.members import Members
from tests.registry.networks import Circle
from tests.registry.parts import assessment, document, facility

BY_EVERYBODY = frozenset(
    {
        "livez", "readyz", "metrics", "search_regions", "read_region", "list_region_children", "list_region_ancestors",
        "read_region_history", "list_code_lists", "read_code_list", "list_assessment_instruments",
        "set_institution_type_fields", "list_institution_type_fields", "read_institution_type_fields", "list_audit_seals",
    }
)  # fmt: skip
"""Operations about what belongs to no area: reference data, and the fields of all records of a type."""
ALSO = {"record_fund_entry": {"source": "jimpitan"}}
"""What a body needs beside what the document says is required."""
BY_NATION = "region-changes"
"""Kept by the ministry, which is of every area; read by whom a change concerns: `test_region_rights.py`."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the document, with an address and a body that are valid."""

    id: str
    method: str
    template: str
    address: str
    body: Any
    media: str | None
    paged: bool

    async def by(self, client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
        """The answer to the request, meant for whatever version there is; `changes` replace fields of the body."""
        headers = {"If-Match": "*"} if self.method != "GET" else {}
        if self.media is None:
            return await client.request(self.method, self.address, headers=headers)
        headers["Content-Type"] = self.media
        body = {**self.body, **changes} if isinstance(self.body, dict) else self.body
        return await client.request(self.method, self.address, json=body, headers=headers)


class World:
    """Institutions, people, and one of everything that belongs to them, all in VILLAGE.

    `ids` holds an id by collection (`institutions`), `names` what else addresses name.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.people = People(house)
        self.ids: dict[str, str] = {}
        self.names: dict[str, str] = {}

    async def made(self) -> "World":
        """The world with its records."""
        await self._institutions()
        await self._persons()
        await self._networks()
        await self._others()
        return self

    async def _institutions(self) -> None:
        institution = await self.people.verified(type="KUBE", name="KUBE Melati")
        proposed = record(await patched(self.people.operator, institution, {"name": "Lain"}), 202)
        await along(self.people.operator, proposed, "submission")
        self.ids["change-requests"] = proposed["id"]
        self.ids["institutions"] = institution["id"]
        assessor = self.house.client("registry", "district-facilitator", DISTRICT, sub="penilai")
        for collection, body, by in (
            ("documents", document(institution, valid_until="2026-04-30"), self.people.operator),
            ("facilities", facility(institution), self.people.operator),
            ("assessments", assessment(institution), assessor),
        ):  # fmt: skip
            self.ids[collection] = (await self._posted(collection, body, by))["id"]
        check = {"on": "2026-01-10", "condition": "baik"}
        await self._stepped(f"facilities/{self.ids['facilities']}/checks", check)
        self.names["on"] = check["on"]

    async def _persons(self) -> None:
        members = Members(self.house)
        person = await members.person()
        institution = {"id": self.ids["institutions"]}
        self.ids["people"] = person["id"]
        self.ids["memberships"] = (await members.joined(person, institution))["id"]
        self.ids["officers"] = (await members.appointed(person, institution))["id"]
        family = {
            "village": VILLAGE,
            "members": [{"person_id": person["id"], "role": "kepala_keluarga", "since": "2020-01-01"}],
        }
        self.ids["families"] = (await self._posted("families", family))["id"]
        community = {"kind": "KAT", "name": "Komunitas", "village": VILLAGE}
        self.ids["communities"] = (await self._posted("communities", community))["id"]
        entered = await self._posted(
            f"communities/{self.ids['communities']}/members", {"person_id": person["id"], "since": "2020-01-01"}
        )
        self.names["member_id"] = entered["id"]

    async def _networks(self) -> None:
        circle = Circle(self.house)
        network = await circle.begun()
        self.ids["networks"] = network["id"]
        membership = await circle.joined(network, {"id": self.ids["institutions"]})
        self.ids["network-memberships"] = membership["id"]
        self.ids["network-officers"] = (await circle.appointed(network, "ketua", person_id=self.ids["people"]))["id"]
        delegate = {"membership_id": membership["id"], "person_id": self.ids["people"], "since": "2025-02-01"}
        self.ids["network-delegates"] = (await self._posted("network-delegates", delegate))["id"]
        of_network = f"networks/{network['id']}"
        fund = {"on": "2026-01-05", "direction": "penggalangan", "amount": 100_000, "source": "jimpitan"}
        self.names["entry_id"] = (await self._posted(f"{of_network}/fund-entries", fund))["id"]
        plan = {"year": 2026, "items": [{"goal": "Kunjungan", "months": [1]}]}
        self.names["year"] = str((await self._posted(f"{of_network}/work-plans", plan))["year"])

    async def _others(self) -> None:
        partner = {"kind": "dunia_usaha", "name": "PT Sinar", "region": VILLAGE}
        self.ids["partners"] = (await self._posted("partners", partner, self.people.officer))["id"]
        agreement = {
            "partner_id": self.ids["partners"], "institution_ids": [self.ids["institutions"]],
            "network_ids": [self.ids["networks"]], "title": "Bantuan", "since": "2026-01-01",
        }  # fmt: skip
        self.ids["partnerships"] = (await self._posted("partnerships", agreement))["id"]
        seen = [
            {"state": "dijalankan", "on": "2020-01-01", "evidence": "Foto"},
            {"state": "memudar", "on": "2021-01-01", "evidence": "Foto"},
        ]
        value = {
            "kind": "tradisi",
            "name": "Sambatan",
            "villages": [VILLAGE],
            "observations": seen,
            "institution_ids": [self.ids["institutions"]],
        }
        kept = await self._posted("cultural-values", value)
        self.ids["cultural-values"], self.names["observation"] = kept["id"], kept["observations"][-1]["id"]

    async def _posted(self, collection: str, body: dict[str, Any], by: httpx.AsyncClient | None = None) -> dict[str, Any]:  # fmt: skip
        return record(await (by or self.people.operator).post(f"/v1/{collection}", json=body), 201)

    async def _stepped(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        return record(await self.people.operator.post(f"/v1/{address}", json=body, headers={"If-Match": "*"}))

    async def operations(self) -> list[Operation]:
        """Every operation about records, in the document's order."""
        document = record(await self.people.operator.get("/openapi.json"))
        return list(self._operations(document))

    def _operations(self, document: dict[str, Any]) -> Iterator[Operation]:
        for template, methods in document["paths"].items():
            for method, operation in methods.items():
                id = operation["operationId"]
                if id in BY_EVERYBODY or f"/{BY_NATION}" in template:
                    continue
                content = operation.get("requestBody", {}).get("content", {})
                media = next(iter(content), None)
                body = None if media is None else example(content[media]["schema"], document) | ALSO.get(id, {})
                answer = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
                paged = method == "get" and "items" in _resolved(answer.get("schema", {}), document).get(
                    "properties", {}
                )
                yield Operation(id, method.upper(), template, self._filled(template), body, media, paged)

    def _filled(self, template: str) -> str:
        collection = template.split("/")[2]
        known = {**self.names, **({"id": self.ids[collection]} if "{id}" in template else {})}
        return template.format(**known)


def example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """A value that a schema of the document allows, with all that is required, from the examples that it gives."""
    schema = _resolved(schema, document)
    if "properties" in schema:
        required = schema.get("required", [])
        return {name: example(part, document) for name, part in schema["properties"].items() if name in required}
    if given := schema.get("examples"):
        return given[0]
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return example(schema[union][0], document)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [example(schema["items"], document)] * schema.get("minItems", 0)
    return {"string": "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f", "boolean": True, "integer": 1, "object": {}}[
        schema["type"]
    ]


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return {**document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]}
    return schema
