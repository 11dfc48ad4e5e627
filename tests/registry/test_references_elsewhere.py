"""References and filters that name what lies outside a caller's area, in registry: answered as if they named nothing."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.registry.assessments.instruments import KUBE_1
from tests.house import House
from tests.registry.institutions import ELSEWHERE, VILLAGE, VILLAGE_OVER, record, registration
from tests.registry.networks import network
from tests.registry.world import World


@pytest.fixture
async def world(registry_api: House) -> World:
    return await World(registry_api).made()


async def test_a_reference_to_what_is_outside_the_area_is_answered_as_one_to_nothing(world: World) -> None:
    outside = world.house.client("registry", "regency-officer", "31.71", sub="luar")
    own = await _own(outside)
    told: dict[str, Any] = {}
    for operation in await world.operations():
        for field, collection in REFERENCES.get(operation.template, {}).items() if operation.method == "POST" else ():
            mine = {name: own[noun] for name, noun in REFERENCES[operation.template].items() if noun in own}
            base = {name: [id] if name.endswith("_ids") else id for name, id in mine.items()}
            there, nowhere = world.ids[collection], str(uuid4())
            answers = []
            for id in (there, nowhere):
                sent = base | _BODIES.get(operation.template, {}) | {field: [id] if field.endswith("_ids") else id}
                answer = await operation.by(outside, **sent)
                answers.append((answer.status_code, answer.json()["errors"], id))
            one, other = [(status, str(errors).replace(id, "…")) for status, errors, id in answers]
            assert one == other, (operation.id, field)
            assert one[0] == 422, (operation.id, field, one)
            told[f"{operation.id}.{field}"] = [error["code"] for error in answers[0][1]]
    assert {code for codes in told.values() for code in codes} == UNKNOWN, told


REFERENCES = {
    "/v1/memberships": {"institution_id": "institutions", "person_id": "people"},
    "/v1/officers": {"institution_id": "institutions", "person_id": "people"},
    "/v1/documents": {"institution_id": "institutions"},
    "/v1/facilities": {"institution_id": "institutions"},
    "/v1/assessments": {"institution_id": "institutions"},
    "/v1/network-memberships": {"network_id": "networks", "institution_id": "institutions"},
    "/v1/network-officers": {"network_id": "networks", "person_id": "people"},
    "/v1/network-delegates": {"membership_id": "network-memberships", "person_id": "people"},
    "/v1/partnerships": {"partner_id": "partners", "institution_ids": "institutions", "network_ids": "networks"},
    "/v1/cultural-values": {"institution_ids": "institutions"},
}
"""Fields of bodies that name other records, by the address they are sent to."""
UNKNOWN = {"institution-unknown", "person-unknown", "network-unknown", "membership-unknown", "partner-unknown"}
_BODIES: dict[str, dict[str, Any]] = {
    "/v1/cultural-values": {"villages": [ELSEWHERE]},
    "/v1/documents": {"kind": "buku_kas"},
    "/v1/assessments": {"answers": {item.code: True for item in KUBE_1.items}},
}


async def _own(outside: httpx.AsyncClient) -> dict[str, str]:
    """What the caller may name, by collection."""
    institution = registration(village=ELSEWHERE)
    person = {
        "name": "Warga Uji",
        "nik_absence": "belum_punya",
        "sex": "P",
        "birth_date": "1980-05-01",
        "village": ELSEWHERE,
    }
    bodies = {
        "institutions": institution, "people": person,
        "networks": network(territory=[{"village": ELSEWHERE}]),
        "partners": {"kind": "dunia_usaha", "name": "PT Betawi", "region": ELSEWHERE},
    }  # fmt: skip
    own = {noun: record(await outside.post(f"/v1/{noun}", json=body), 201)["id"] for noun, body in bodies.items()}
    joined = {"network_id": own["networks"], "institution_id": own["institutions"], "joined_on": "2025-02-01"}
    own["network-memberships"] = record(await outside.post("/v1/network-memberships", json=joined), 201)["id"]
    return own


async def test_a_filter_tells_nothing_about_what_may_not_be_seen(registry_api: House) -> None:
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    officer = registry_api.client("registry", "regency-officer", "32.04")
    wide = network(territory=[{"village": VILLAGE}, {"village": VILLAGE_OVER}])
    of = record(await officer.post("/v1/networks", json=wide), 201)
    over = record(await officer.post("/v1/institutions", json=registration(village=VILLAGE_OVER)), 201)
    body = {"network_id": of["id"], "institution_id": over["id"], "joined_on": "2025-02-01"}
    membership = record(await officer.post("/v1/network-memberships", json=body), 201)
    seen = record(await operator.get("/v1/network-memberships", params={"network": of["id"]}))["items"]
    assert [(one["id"], one["institution_name"]) for one in seen] == [(membership["id"], None)]
    at_its_seat = {"network": of["id"], "region": VILLAGE_OVER, "count": "true"}
    assert record(await officer.get("/v1/network-memberships", params=at_its_seat))["count"] == 1
    assert record(await operator.get("/v1/network-memberships", params=at_its_seat))["count"] == 0

    here = record(await officer.post("/v1/institutions", json=registration()), 201)
    partner = {"kind": "dunia_usaha", "name": "PT Sinar", "region": "32.04"}
    body = {
        "partner_id": record(await officer.post("/v1/partners", json=partner), 201)["id"], "title": "Bantuan",
        "institution_ids": [here["id"], over["id"]], "since": "2026-01-01",
    }  # fmt: skip
    record(await officer.post("/v1/partnerships", json=body), 201)
    for region, seen_by_operator in ((VILLAGE, 1), (VILLAGE_OVER, 0)):
        asked = {"region": region, "count": "true"}
        assert record(await officer.get("/v1/partnerships", params=asked))["count"] == 1
        assert record(await operator.get("/v1/partnerships", params=asked))["count"] == seen_by_operator
