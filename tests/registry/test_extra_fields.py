"""Further fields of an institution type: an administrator's schema in versions, and records held against the newest."""

import json
from typing import Any

import httpx
import orjson
import pytest

from services.registry.type_fields import rules, values
from tests.house import House
from tests.registry.institutions import People, along, faults, patched, problem, record, registration
from tests.registry.parts import told

FIELDS = "/v1/institution-types/KUBE/fields"
SCHEMA: dict[str, Any] = {
    "$schema": rules.DIALECT,
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "business": {"title": "Jenis usaha", "type": "string", "minLength": 3},
        "households": {"type": "integer", "minimum": 5, "maximum": 30},
        "bank": {"$ref": "#/$defs/bank"},
        "account": {"type": "string", "pattern": "^[0-9]{8,16}$"},
        "proposed_on": {"type": "string", "format": "date"},
    },
    "required": ["business"],
    "$defs": {"bank": {"enum": ["BRI", "BNI"]}},
}
EXTRA = {"business": "Keripik singkong", "households": 10}


def kube(**changes: Any) -> dict[str, Any]:
    """A valid registration of a KUBE."""
    return registration(type="KUBE", name="KUBE Maju Jaya", **changes)


async def fields_set(admin: httpx.AsyncClient, schema: dict[str, Any], newest: int) -> httpx.Response:
    """The answer to setting the next version."""
    return await admin.post(FIELDS, json={"json_schema": schema}, headers={"If-Match": f'"{newest}"'})


async def test_new_records_follow_the_newest_version_and_stored_ones_keep_their_own(registry_api: House) -> None:
    people = People(registry_api)
    admin = registry_api.client("registry", "ministry")
    post = await people.operator.post("/v1/institutions", json=kube(extra=EXTRA))
    assert faults(post) == {("/extra", "extra-not-defined")}
    answer = await fields_set(admin, SCHEMA, 0)
    first = record(answer, 201)
    assert (first["version"], answer.headers["Location"], answer.headers["ETag"]) == (1, f"{FIELDS}/1", '"1"')
    old = record(await people.operator.post("/v1/institutions", json=kube(extra=EXTRA)), 201)
    assert (old["extra"], old["extra_version"]) == (EXTRA, 1)
    post = await people.operator.post("/v1/institutions", json=kube(extra={"households": 4, "rt": 3}))
    assert faults(post) == {
        ("/extra/business", "extra-required"),
        ("/extra/households", "extra-not-allowed"),
        ("/extra/rt", "extra-unknown"),
    }
    assert faults(await people.operator.post("/v1/institutions", json=kube())) == {
        ("/extra/business", "extra-required")
    }

    problem(await fields_set(admin, SCHEMA, 0), 412, "stale-etag")
    narrower = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"leader_trained": {"type": "boolean"}},
        "required": ["leader_trained"],
    }
    assert record(await fields_set(admin, narrower, 1), 201)["version"] == 2
    read = record(await people.operator.get(f"/v1/institutions/{old['id']}"))
    assert (read["extra"], read["extra_version"]) == (EXTRA, 1), "stored ones stay readable as they are"
    assert record(await people.operator.get(f"{FIELDS}/1"))["json_schema"] == SCHEMA
    renamed = record(await patched(people.operator, read, {"name": "KUBE Maju"}))
    assert (renamed["extra"], renamed["extra_version"]) == (EXTRA, 1), "what a change leaves alone is not held anew"
    assert faults(await patched(people.operator, renamed, {"extra": {"households": 12}})) == {
        ("/extra/business", "extra-unknown"),
        ("/extra/households", "extra-unknown"),
        ("/extra/leader_trained", "extra-required"),
    }
    whole = {"extra": {"business": None, "households": None, "leader_trained": True}}
    changed = record(await patched(people.operator, renamed, whole))
    assert (changed["extra"], changed["extra_version"]) == ({"leader_trained": True}, 2)
    _, state = await told(registry_api, old["id"])
    assert "extra" not in state
    assert "leader_trained" not in orjson.dumps(state).decode()

    versions = await people.operator.get(FIELDS)
    assert [item["version"] for item in record(versions)["items"]] == [2, 1]
    assert versions.headers["ETag"] == '"2"'
    problem(await people.operator.get(f"{FIELDS}/3"), 404, "not-found")
    problem(await fields_set(people.officer, SCHEMA, 2), 403, "forbidden")


async def test_a_change_of_further_fields_of_a_verified_record_is_verified_by_the_newest_version(
    registry_api: House,
) -> None:
    people = People(registry_api)
    admin = registry_api.client("registry", "ministry")
    record(await fields_set(admin, SCHEMA, 0), 201)
    group = await people.verified(type="KUBE", extra=EXTRA)
    request = await people.proposed(group, extra={"households": 12})
    assert request["changes"]["extra"] == {"before": EXTRA, "after": EXTRA | {"households": 12}}
    request = await along(people.operator, request, "submission")
    request = await along(people.facilitator, request, "review")
    fewer = SCHEMA | {"properties": SCHEMA["properties"] | {"households": {"type": "integer", "maximum": 11}}}
    record(await fields_set(admin, fewer, 1), 201)
    address = f"/v1/change-requests/{request['id']}/verification"
    verified = await people.officer.post(address, headers={"If-Match": f'"{request["sequence"]}"'})
    assert faults(verified, 409, "changed-meanwhile") == {("/extra/households", "extra-not-allowed")}
    record(await fields_set(admin, SCHEMA, 2), 201)
    verified = await people.officer.post(address, headers={"If-Match": f'"{request["sequence"]}"'})
    record(verified)
    read = record(await people.operator.get(f"/v1/institutions/{group['id']}"))
    assert (read["extra"]["households"], read["extra_version"]) == (12, 3)


@pytest.mark.parametrize(
    ("schema", "at", "code"),
    [
        (SCHEMA | {"additionalProperties": True}, "/json_schema/additionalProperties", "schema-open"),
        (SCHEMA | {"type": "array"}, "/json_schema/type", "not-an-object"),
        (SCHEMA | {"type": 7}, "/json_schema/type", "not-a-schema"),
        (SCHEMA | {"requred": []}, "/json_schema/requred", "keyword-not-taken"),
        (SCHEMA | {"default": json.loads("[" * 900 + "]" * 900)}, "/json_schema", "nested-too-deeply"),
        (SCHEMA | {"title": "\ud800"}, "/json_schema", "control-character"),
        (SCHEMA | {"properties": {"a\x00": {}}}, "/json_schema", "control-character"),
        (SCHEMA | {"properties": {"households": {"maximum": 10**30}}}, "/json_schema", "number-too-large"),
        (SCHEMA | {"properties": {"households": {"default": float("nan")}}}, "/json_schema", "number-too-large"),
        (SCHEMA | {"required": ["rt"]}, "/json_schema/required", "required-unknown"),
        (SCHEMA | {"$schema": "http://json-schema.org/draft-07/schema#"}, "/json_schema/$schema", "dialect-other"),
        (SCHEMA | {"properties": {"business": {"$ref": "https://contoh.id/a.json"}}}, "/json_schema/properties/business/$ref", "reference-elsewhere"),
        (SCHEMA | {"properties": {"business": {"$ref": "#/$defs/x"}}}, "/json_schema/properties/business/$ref", "reference-elsewhere"),
        (SCHEMA | {"properties": {"business": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}, "/json_schema", "schema-too-heavy"),
        (SCHEMA | {"properties": {"business": {"pattern": "(?=a)b"}}}, "/json_schema/properties/business/pattern", "pattern-not-taken"),
        (SCHEMA | {"properties": {"business": {"format": "hostname"}}}, "/json_schema/properties/business/format", "format-unknown"),
        (SCHEMA | {"properties": {"business": {}, "Nama KUBE": {}}}, "/json_schema/properties", "name-malformed"),
        (SCHEMA | {"title": "x" * rules.LARGEST}, "/json_schema", "schema-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" not in value else "",
)  # fmt: skip
def test_a_schema_that_is_open_or_endless_or_elsewhere_is_not_taken(schema: dict[str, Any], at: str, code: str) -> None:
    assert (at, code) in {(fault.pointer, fault.code) for fault in rules.faults(schema)}


def test_references_that_double_at_every_step_are_too_heavy() -> None:
    steps = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(30)}
    heavy = SCHEMA | {"properties": {"business": {"$ref": "#/$defs/d0"}}, "$defs": steps | {"d30": {}}}
    assert [fault.code for fault in rules.faults(heavy)] == ["schema-too-heavy"]


def test_a_pattern_that_would_hold_pythons_engine_for_ever_is_answered_at_once() -> None:
    schema = SCHEMA | {"properties": {"business": {"type": "string", "pattern": "^(a+)+$"}}}
    assert rules.faults(schema) == []
    found = values.faults(orjson.dumps(schema).decode(), {"business": "a" * 5000 + "!"})
    assert [(fault.pointer, fault.code) for fault in found] == [("/extra/business", "extra-not-allowed")]


async def test_a_schema_that_is_not_taken_sets_nothing_and_fields_are_plain_json(registry_api: House) -> None:
    people = People(registry_api)
    admin = registry_api.client("registry", "ministry")
    answer = await fields_set(admin, SCHEMA | {"additionalProperties": True}, 0)
    assert faults(answer) == {("/json_schema/additionalProperties", "schema-open")}
    assert record(await admin.get(FIELDS))["items"] == []
    record(await fields_set(admin, SCHEMA, 0), 201)
    bad: list[tuple[Any, tuple[str, str]]] = [
        ({"business": "Kerip\u0000ik"}, ("/extra/business", "control-character")),
        ({"business": "Keripik", "households": 2**60}, ("/extra/households", "number-too-large")),
        ({"business": "x" * values.LARGEST}, ("/extra", "extra-too-large")),
        ({"business": "Keripik", "account": "12"}, ("/extra/account", "extra-not-allowed")),
        ({"business": "Keripik", "bank": "BCA"}, ("/extra/bank", "extra-not-allowed")),
        ({"business": "Keripik", "proposed_on": "31-12-2025"}, ("/extra/proposed_on", "extra-not-allowed")),
        ({"business": ["Keripik"]}, ("/extra/business", "extra-not-allowed")),
        ([], ("/extra", "dict-type")),
    ]
    for extra, fault in bad:
        assert faults(await people.operator.post("/v1/institutions", json=kube(extra=extra))) == {fault}
    deep: Any = "x"
    for depth in range(40):
        deep = [deep]
        if depth in (20, 39):
            at = "/extra/business" if depth == 20 else ""  # so deep a body is not even read
            answer = await people.operator.post("/v1/institutions", json=kube(extra={"business": deep}))
            assert faults(answer) == {(at, "nested-too-deeply")}
    stored = record(await people.operator.post("/v1/institutions", json=kube(extra=EXTRA)), 201)
    assert faults(
        await patched(people.operator, stored, {"extra": {"business": deep[0][0][0][0][0][0][0][0][0][0]}})
    ) == {("/extra/business", "nested-too-deeply")}
