"""Row security behind the statements: with their own area scope switched off, nobody sees who lives elsewhere."""

from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import true

from shared import walls
from shared.auth import Principal
from tests.house import House
from tests.registry.institutions import ELSEWHERE, REGENCY, VILLAGE, VILLAGE_NEXT, problem, record, step
from tests.registry.members import Members
from tests.registry.people import WHY

WALLED = (
    "person", "family", "community", "community_member", "membership", "officer", "outbox", "audit_entry",
    "idempotency_key",
)  # fmt: skip


@pytest.fixture
def members(registry_api: House) -> Members:
    return Members(registry_api)


@pytest.fixture
async def village(members: Members) -> dict[str, list[dict[str, Any]]]:
    """What a village keeps, by collection: somebody with a family, a community, a membership and an office."""
    person, institution = await members.person(), await members.institution()
    made = {"people": [person], "memberships": [await members.joined(person, institution)]}
    made["officers"] = [await members.appointed(person, institution)]
    family = {"village": VILLAGE, "members": [{"person_id": person["id"], "role": "kepala_keluarga"}]}
    made["families"] = [record(await members.operator.post("/v1/families", json=family), 201)]
    community = {"kind": "KAT", "name": "Kampung Naga", "village": VILLAGE}
    made["communities"] = [record(await members.operator.post("/v1/communities", json=community), 201)]
    await members.house.execute("registry", "UPDATE outbox SET feed_position = id, pending = false")
    return made


@pytest.fixture
def scope_is_forgotten(monkeypatch: pytest.MonkeyPatch, village: Any) -> None:
    """Each statement's own area condition holds for everything."""
    monkeypatch.setattr(Principal, "within", lambda *_, **__: true())


@pytest.mark.usefixtures("scope_is_forgotten")
@pytest.mark.parametrize("area", [ELSEWHERE, "31", VILLAGE_NEXT])
async def test_a_statement_that_forgets_its_scope_still_shows_nobody_of_another_area(
    members: Members, village: dict[str, list[dict[str, Any]]], area: str
) -> None:
    stranger = members.house.client("registry", "regency-officer", area)
    for collection, records in village.items():
        listed = await stranger.get(f"/v1/{collection}", params={"count": "true"})
        assert (listed.status_code, listed.json()["items"], listed.json()["count"]) == (200, [], 0), collection
        for one in records:
            problem(await stranger.get(f"/v1/{collection}/{one['id']}"), 404, "not-found")
            problem(await stranger.get(f"/v1/{collection}/{one['id']}/history"), 404, "not-found")
            removed = await step(stranger, one, "voiding", WHY, collection)
            assert removed.status_code == 404, (collection, removed.text)
    found = await stranger.post("/v1/person-lookups", json={"name": "Siti Aminah"})
    assert record(found)["items"] == []
    told = [
        event
        for event in record(await stranger.get("/v1/events?limit=200"))["items"]
        if event["type"].split(".")[1] != "region"
    ]
    assert told == []
    newest = (await members.house.fetch("registry", "SELECT max(feed_position) AS last FROM outbox"))[0]["last"]
    assert record(await stranger.get(f"/v1/events?after={newest - 1}"))["next"] == newest, "all of it was looked at"
    entries = record(await stranger.get("/v1/audit-entries", params={"record_type": "person"}))["items"]
    assert entries == []


@pytest.mark.usefixtures("scope_is_forgotten")
async def test_an_operator_of_an_institution_sees_its_own_people_behind_the_wall(
    members: Members, village: dict[str, list[dict[str, Any]]]
) -> None:
    own = village["memberships"][0]["institution_id"]
    operator = members.house.client("registry", "institution-operator", "31", institution=own)
    other = members.house.client("registry", "institution-operator", VILLAGE, institution=village["people"][0]["id"])
    for collection in ("people", "memberships", "officers"):
        path = f"/v1/{collection}/{village[collection][0]['id']}"
        assert record(await operator.get(path))["id"] == village[collection][0]["id"]
        problem(await other.get(path), 404, "not-found")


async def test_without_a_caller_nothing_is_seen_and_what_was_said_ends_with_the_transaction(
    members: Members, village: Any
) -> None:
    settings = members.house.settings("registry", "api")
    connection = await asyncpg.connect(settings.driver_dsn, connection_class=walls.Connection)
    try:
        async with connection.transaction():
            assert await _seen(connection) == dict.fromkeys(WALLED, 0)
        walls.stand(Principal("x", "y", frozenset(), (REGENCY,)))
        async with connection.transaction():
            seen = await _seen(connection)
            assert {table for table, rows in seen.items() if not rows} == {"community_member", "idempotency_key"}
        assert await _seen(connection) == dict.fromkeys(WALLED, 0)
        walls.stand(Principal("x'; SELECT 1; --\\", "y", frozenset(), ("31", '32.04", "')))
        async with connection.transaction():
            assert (await _seen(connection))["person"] == 0
            assert await connection.fetchval("SELECT current_setting('wahana.caller')") == "y/x'; SELECT 1; --\\"
    finally:
        await connection.close()


async def test_a_worker_passes_by_its_role(members: Members, village: Any) -> None:
    connection = await asyncpg.connect(members.house.settings("registry").driver_dsn)
    try:
        for table in ("person", "family", "outbox", "audit_entry"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") > 0, table
    finally:
        await connection.close()


async def test_whoever_looks_further_on_purpose_still_does(members: Members, village: Any) -> None:
    """A person moves to where the caller sees nobody; a record that another area's points to is not voided."""
    here, there = village["people"][0], members.house.client("registry", "village-operator", ELSEWHERE)
    theirs = record(
        await there.post(
            "/v1/people", json={"name": "Sari", "nik_absence": "belum_punya", "sex": "P", "village": ELSEWHERE}
        ),
        201,
    )
    await members.house.execute(
        "registry", f"UPDATE person SET duplicate_of = '{here['id']}' WHERE id = '{theirs['id']}'"
    )
    refused = await step(members.operator, here, "voiding", WHY, "people")
    assert problem(refused, 409, "has-duplicates")["duplicates"] == []
    guest = await members.person(village=ELSEWHERE, kept_in=VILLAGE)
    path, match = f"/v1/people/{guest['id']}", {"If-Match": f'"{guest["sequence"]}"'}
    merge = {"Content-Type": "application/merge-patch+json"} | match
    answer: httpx.Response = await there.patch(path, json={"village": VILLAGE_NEXT}, headers=merge)
    assert record(answer)["village"] == VILLAGE_NEXT, "who let them go sees the answer, and nothing after it"
    problem(await there.get(path), 404, "not-found")


async def _seen(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows of each walled table are seen, without those about what concerns everybody."""
    told = {"outbox": "WHERE region_ids IS NOT NULL", "audit_entry": "WHERE region_ids IS NOT NULL"}
    return {table: await connection.fetchval(f"SELECT count(*) FROM {table} {told.get(table, '')}") for table in WALLED}
