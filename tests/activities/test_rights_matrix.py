"""Rights over every operation of activities' routes: what lies outside a caller's area is answered as if it were not there.

Driven by the routes themselves: an operation about records of a new kind fails here until somebody gives an example.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

import httpx
from fastapi import FastAPI

from services.activities.app import ROUTERS
from services.activities.batches.operations import OPERATIONS
from tests.activities.helping import Helping, by, person
from tests.activities.world import HERE, NEXT_DISTRICT, World
from tests.registry.world import Operation, example

BY_EVERYBODY = {"list_code_lists", "read_code_list", "list_audit_seals"}
"""Operations about what belongs to no area."""
NOT_OF_AN_AREA = {"/v1/events", "/v1/audit-entries", "/v1/village-reports/missing"}
"""The first are empty while no worker publishes, or tell everybody of regions: `test_feed_rights.py`,
`test_audit_entries.py`; the last tells the caller of its own villages: `test_village_reports.py`."""


@dataclass
class Records:
    """A record of each kind that lies here, was led, given and posted from here, and is told to nobody else.

    `ids` holds an id by collection, `names` what else addresses name.
    """

    helping: Helping
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """Who and where."""
        return self.helping.world

    @classmethod
    async def made(cls, helping: Helping) -> Self:
        """Records them as the village's operator."""
        records, lead = cls(helping), by("institution", helping.world.lead)
        network = await helping.world.announcer.network(HERE)
        await helping.world.announcer.network_membership(network, helping.world.lead)
        await helping.world.announcer.arrived()
        programme = await records._posted("programmes", {"title": "Program kerja", "owner": lead, "year": 2026})
        held = await records._posted("activities", helping.world.held(programme_id=programme["id"]))
        people = [{"person_id": str(helping.elder), "role": "warga"}]
        await records._posted("attendance-sheets", {"activity_id": held["id"], "people": people})
        await records._posted("benefits", helping.benefit(activity_id=held["id"]))
        await records._posted("referrals", helping.referral())
        cash = {"source": "iuran", "form": "tunai", "value": 300_000, "received_on": "2026-03-01"}
        await records._posted("resources", cash | {"activity_id": held["id"]})
        rice = {"commodity": "beras", "unit": "kg", "direction": "masuk", "reason": "simpanan", "quantity": 10}
        stock = {"institution_id": str(helping.world.lead), "moved_on": "2026-02-10"}
        await records._posted("stock-entries", rice | stock)
        await records._posted("village-reports", {"village": HERE, "month": "2026-02", "nihil": True})
        recurring = {"title": "Arisan", "kind": "simpan_pinjam", "village": HERE, "rule": "FREQ=MONTHLY"}
        begins = {"lead_institution_id": str(helping.world.lead), "starts_on": "2026-03-20"}
        await records._posted("series", recurring | begins)
        records.names |= {
            "on": "2026-03-20",
            "sequence": "1",
            "answer_id": str(uuid4()),
            "endorsement_id": str(uuid4()),
        }
        told = {"poster": lead, "title": "Beras", "scope": "network", "network_id": str(network)}
        for noun in ("needs", "offers"):
            await records._posted(noun, told | {"kind": "barang", "text": "Sepuluh karung."})
        await records._posted("experiences", told | {"kind": "gotong_royong", "story": "Bergilir antar-RT."})
        return records

    async def _posted(self, collection: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.world.client().post(f"/v1/{collection}", json=body)
        assert answer.status_code == 201, (collection, answer.text)
        made: dict[str, Any] = answer.json()
        self.ids[collection] = made["id"]
        return made

    def operations(self) -> Iterator[Operation]:
        """Every operation about records, with an address and a body that fit them."""
        application = FastAPI(generate_unique_id_function=lambda route: route.name)
        for router in ROUTERS:
            application.include_router(router)
        document = application.openapi()
        for template, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] in BY_EVERYBODY:
                    continue
                content = operation.get("requestBody", {}).get("content", {})
                media = next(iter(content), None)
                body = None if media is None else example(content[media]["schema"], document)
                paged = any(parameter["name"] == "cursor" for parameter in operation.get("parameters", []))
                yield Operation(
                    operation["operationId"], method.upper(), template, self._filled(template), body, media, paged
                )

    def _filled(self, template: str) -> str:
        collection = template.split("/")[2]
        own = {"id": self.ids[collection]} if "{id}" in template else {}
        return template.format(**self.names, **own)


def _outsiders(world: World) -> list[httpx.AsyncClient]:
    """People with all rights in another province and in the next district, and over another institution of the place."""
    return [
        world.client("regency-officer", "31.71", sub="luar"),
        world.client("district-facilitator", "32.04.06", sub="tetangga"),
        world.client("village-operator", "32.04.05.2002", sub="desa-tetangga"),
        world.client("province-officer", "31", sub="provinsi"),
        world.client("institution-operator", HERE, sub="pengurus", institution=world.helper),
        world.client("institution-operator", HERE, sub="tanpa"),
        world.client("public", "ID", sub="umum"),
    ]


async def test_what_is_outside_the_area_is_not_there_for_any_operation(helping: Helping) -> None:
    records = await Records.made(helping)
    outsiders = _outsiders(helping.world)
    about = [operation for operation in records.operations() if "{" in operation.template]
    answers = {o.id: [(await o.by(client)).status_code for client in outsiders] for o in about}
    # A right that is missing is told first, whatever the address names; at least one of these has it.
    told = {id: statuses for id, statuses in answers.items() if not set(statuses) <= {403, 404} or 404 not in statuses}
    assert told == {}
    assert len(answers) > 70
    # Nothing was changed: all of it is there, as it was, for those whom it concerns.
    for collection, id in records.ids.items():
        read = await helping.world.client().get(f"/v1/{collection}/{id}")
        assert (read.status_code, read.json().get("voided")) == (200, False), collection

    # In a batch as alone: each step of each record is refused by itself.
    steps = [(name, step) for name, step in OPERATIONS.items() if step.about_a_record]
    bodies = {operation.id: operation.body for operation in about}
    sent = [
        {
            "client_id": str(uuid4()), "operation": name, "at": records.ids[step.route.path.split("/")[2]],
            "if_match": "*", "body": bodies[name] or {},
        }
        for name, step in steps
    ]  # fmt: skip
    for client in outsiders:
        answer = await client.post("/v1/batches", json={"operations": sent})
        if answer.status_code != 403:
            statuses = {one["status"] for one in answer.json()["results"]}
            assert statuses <= {403, 404}, answer.text


async def test_lists_and_their_counts_hold_nothing_from_outside_the_area(helping: Helping) -> None:
    records = await Records.made(helping)
    insider, nobody = helping.world.client(), helping.world.client("village-operator", [])
    collections = [o for o in records.operations() if o.method == "GET" and "{" not in o.template]
    lists = [o for o in collections if o.paged and o.template not in NOT_OF_AN_AREA]
    assert {o.template.split("/")[2] for o in lists} >= records.ids.keys()
    for of in lists:
        assert (await insider.get(of.address, params={"count": "true"})).json()["count"] > 0, of.template
    # What is no list, such as a sum, tells those outside what it tells somebody without any area.
    sums = [o for o in collections if not o.paged]
    nothing = {o.id: (await nobody.get(o.address)).text for o in sums}
    for client in _outsiders(helping.world):
        for of in lists:
            answer = await client.get(of.address, params={"count": "true"})
            if answer.status_code != 403:
                found = answer.json()
                assert (found["items"], found["count"]) == ([], 0), (of.template, found)
        for of in sums:
            answer = await client.get(of.address)
            assert answer.status_code == 403 or answer.text == nothing[of.id], of.template


async def test_who_may_write_nothing_is_told_so_and_strangers_get_nowhere(helping: Helping) -> None:
    records = await Records.made(helping)
    ministry = helping.world.client("ministry", "ID")
    async with httpx.AsyncClient(base_url=helping.world.house.url("activities"), trust_env=False) as stranger:
        for operation in records.operations():
            assert (await operation.by(stranger)).status_code == 401, operation.id
            if operation.method != "GET" and operation.template != "/v1/batches":
                assert (await operation.by(ministry)).status_code == 403, operation.id


async def test_a_reference_to_what_is_outside_the_area_is_answered_as_one_to_nothing(helping: Helping) -> None:
    records, world = await Records.made(helping), helping.world
    there = world.client("district-facilitator", "32.04.06", sub="tetangga")
    own = by("institution", world.neighbour)
    held = await world.posted(world.held(village=NEXT_DISTRICT, lead_institution_id=str(world.neighbour)), there)
    planned = world.planned(village=NEXT_DISTRICT, lead_institution_id=str(world.neighbour))
    given = {"beneficiary": person(helping.elder), "giver": own, "village": NEXT_DISTRICT}
    told = {"poster": own, "title": "Beras", "text": "Ada.", "scope": "village", "kind": "barang"}
    cash = {"source": "iuran", "form": "tunai", "value": 1, "received_on": "2026-03-01"}
    bodies: dict[str, dict[str, Any]] = {
        "activities": planned,
        "series": {
            "title": "Arisan", "kind": "simpan_pinjam", "rule": "FREQ=MONTHLY", "starts_on": "2026-03-20",
            "village": NEXT_DISTRICT, "lead_institution_id": str(world.neighbour),
        },
        "programmes": {"title": "Program", "owner": own, "year": 2026},
        "attendance-sheets": {"activity_id": held["id"], "people": [{"person_id": str(helping.elder), "role": "warga"}]},
        "benefits": given | {"help": "uang", "given_on": "2026-03-01"},
        "referrals": given | {"partner_id": str(helping.office), "referred_on": "2026-03-01"},
        "resources": cash | {"activity_id": held["id"]},
        "stock-entries": {
            "institution_id": str(world.neighbour), "commodity": "beras", "unit": "kg", "direction": "masuk",
            "reason": "simpanan", "quantity": 1, "moved_on": "2026-02-10",
        },
        "needs": told,
    }  # fmt: skip
    activity, programme, lead = records.ids["activities"], records.ids["programmes"], str(world.lead)
    references: dict[str, dict[str, Any]] = {
        "activities": {"lead_institution_id": lead, "programme_id": programme},
        "series": {"lead_institution_id": lead, "programme_id": programme},
        "programmes": {"owner": lead},
        "attendance-sheets": {"activity_id": activity},
        "benefits": {"giver": lead, "activity_id": activity},
        "referrals": {"giver": lead, "activity_id": activity},
        "resources": {"activity_id": activity},
        "stock-entries": {"institution_id": lead},
        "needs": {"poster": lead},
    }
    for collection, fields in references.items():
        for name, outside in fields.items():
            answers = []
            for id in (outside, str(uuid4())):
                named = by("institution", id) if isinstance(bodies[collection].get(name), dict) else id
                answer = await there.post(f"/v1/{collection}", json=bodies[collection] | {name: named})
                document = {key: value for key, value in answer.json().items() if key != "request_id"}
                answers.append((answer.status_code, str(document).replace(id, "…")))
            assert answers[0] == answers[1], (collection, name)
            assert answers[0][0] == 422, (collection, name, answers[0])
        made = await there.post(f"/v1/{collection}", json=bodies[collection])
        assert made.status_code == 201, (collection, made.text)
