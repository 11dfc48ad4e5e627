"""The audit trail over HTTP: who changed what from what to what, for whom it is readable, and its seals."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.registry.audit_entries.routes import ABOUT_PEOPLE
from services.registry.models import METADATA
from shared import audit_scope, audit_seal
from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    REGENCY,
    VILLAGE,
    People,
    faults,
    patched,
    problem,
    record,
    registration,
)

ENTRIES = "/v1/audit-entries"


async def test_a_record_s_changes_are_read_newest_first_with_both_values_and_by_every_filter(
    registry_api: House,
) -> None:
    people = People(registry_api)
    made = await people.registered()
    await people.registered(name="Arisan Lain")
    other = registry_api.client("registry", "village-operator", VILLAGE, sub="operator-2")
    registry_api.clock.instant = datetime(2026, 3, 16, 12, tzinfo=UTC)
    record(await patched(other, made, {"name": "Arisan Mawar"}))
    body = record(await people.officer.get(ENTRIES, params={"record_id": made["id"], "count": True}))
    changed, registered = body["items"]
    assert body["count"] == 2
    assert (changed["action"], changed["sequence"], changed["record_type"]) == ("changed", 2, "institution")
    assert changed["changes"]["name"] == {"before": "Arisan Melati", "after": "Arisan Mawar"}
    assert changed["changes"]["makers"]["after"] == ["operator-2", f"village-operator@{VILLAGE}"]
    assert changed["changes"].keys() == {"name", "makers"}
    assert (changed["actor"], changed["at"]) == ("operator-2", "2026-03-16T12:00:00Z")
    assert changed["client"]
    assert changed["request_id"]
    assert (registered["action"], registered["changes"]["name"]) == (
        "registered", {"before": None, "after": "Arisan Melati"},
    )  # fmt: skip
    mine: dict[str, str] = {
        "record_type": "institution", "action": "changed", "actor": "operator-2", "client": changed["client"],
        "since": "2026-03-16T12:00:00Z", "until": "2026-03-16T12:00:01Z",
    }  # fmt: skip
    for name, value in mine.items():
        bounds = {"since": "2026-03-15T00:00:00Z", "record_type": "institution"}
        found = record(await people.officer.get(ENTRIES, params=bounds | {name: value}))["items"]
        assert changed in found, name
    assert record(await people.officer.get(ENTRIES, params=mine))["items"] == [changed]
    assert record(await people.officer.get(ENTRIES, params=mine | {"until": "2026-03-16T12:00:00Z"}))["items"] == []
    first = record(await people.officer.get(ENTRIES, params={"record_type": "institution", "limit": 1}))
    second = record(
        await people.officer.get(ENTRIES, params={"record_type": "institution", "limit": 1, "cursor": first["next"]})
    )
    assert first["items"] == [changed]
    assert second["items"] != first["items"]


async def test_entries_of_another_area_and_their_count_are_not_told(registry_api: House) -> None:
    people = People(registry_api)
    made = await people.registered()
    elsewhere = registry_api.client("registry", "regency-officer", ELSEWHERE[:5])
    asked: dict[str, str | bool] = {"record_type": "institution", "count": True}
    body = record(await elsewhere.get(ENTRIES, params=asked))
    assert (body["items"], body["count"]) == ([], 0)
    assert record(await elsewhere.get(ENTRIES, params={"record_id": made["id"]}))["items"] == []
    for role, area in (("regency-officer", REGENCY), ("province-officer", "32"), ("ministry", "ID")):
        assert record(await registry_api.client("registry", role, area).get(ENTRIES, params=asked))["count"] == 1


async def test_an_officer_of_a_sparse_area_is_not_answered_by_reading_everybody_s_entries(registry_api: House) -> None:
    """By what PostgreSQL reads: the entries of a regency and of a province lie under many newer ones of others."""
    people = People(registry_api)
    made = await people.registered()
    await registry_api.execute("registry", MANY)
    before = await _entries_read(registry_api)
    asked: dict[str, str | bool] = {"record_type": "institution", "count": True}
    elsewhere = registry_api.client("registry", "regency-officer", ELSEWHERE[:5])
    for client, seen in (
        (people.officer, [made["id"]]), (registry_api.client("registry", "province-officer", "32"), [made["id"]]),
        (elsewhere, []),
    ):  # fmt: skip
        body = record(await client.get(ENTRIES, params=asked))
        assert ([item["record_id"] for item in body["items"]], body["count"]) == (seen, len(seen))
    assert await _entries_read(registry_api) - before < 3 * (audit_scope.LOOKED_AT + 1000)


async def test_an_officer_of_an_area_with_many_entries_reads_them_from_the_newest_on(registry_api: House) -> None:
    region = (await registry_api.fetch("registry", "SELECT id FROM region WHERE code = $1", VILLAGE))[0][0]
    await registry_api.execute("registry", MANY.replace("gen_random_uuid()]", f"'{region}'::uuid]"))
    before = await _entries_read(registry_api)
    officer = registry_api.client("registry", "regency-officer", REGENCY)
    first = record(await officer.get(ENTRIES, params={"limit": 2}))
    second = record(await officer.get(ENTRIES, params={"limit": 2, "cursor": first["next"]}))
    ids = [item["id"] for item in (*first["items"], *second["items"])]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == 4
    assert await _entries_read(registry_api) - before < 2 * (audit_scope.LOOKED_AT + 1000)


MANY = """
    INSERT INTO audit_entry (at, record_type, record_id, action, actor, client, region_ids)
    SELECT '2026-03-16T00:00Z', 'institution', gen_random_uuid()::text, 'changed', 'x', 'x', ARRAY[gen_random_uuid()]
    FROM generate_series(1, 60000); ANALYZE audit_entry
"""
READ = """
    SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'audit_entry'
"""


async def _entries_read(house: House) -> int:
    """How many entries PostgreSQL has read so far, once its processes have told: they do within a second."""
    last = -1
    for _ in range(20):
        now = (await house.fetch("registry", READ))[0][0]
        if now == last:
            break
        last = now
        await asyncio.sleep(1.5)
    return int(now)


@pytest.mark.parametrize(
    ("role", "area"), [("village-operator", VILLAGE), ("district-facilitator", DISTRICT), ("public", "ID")]
)
async def test_only_auditors_read_it(registry_api: House, role: str, area: str) -> None:
    client = registry_api.client("registry", role, area)
    problem(await client.get(ENTRIES), 403, "forbidden")
    problem(await client.get("/v1/audit-seals"), 403, "forbidden")


async def test_a_filter_that_is_none_is_refused_by_name(registry_api: House) -> None:
    officer = registry_api.client("registry", "regency-officer", REGENCY)
    answer = await officer.get(ENTRIES, params={"since": "2026-03-01"})
    assert {place for place, _ in faults(answer, 400, "bad-request")} == {"since"}


async def test_who_may_not_read_people_sees_that_one_was_changed_and_no_value(registry_api: House) -> None:
    region = (await registry_api.fetch("registry", "SELECT id FROM region WHERE code = $1", VILLAGE))[0]["id"]
    await registry_api.fetch(
        "registry",
        "INSERT INTO audit_entry (at, record_type, record_id, action, before, after, actor, client, reason, region_ids)"
        " VALUES (now(), 'officer', 'o', 'changed', '{\"role\": \"ketua\"}', '{\"role\": \"wakil\"}', 'a', 'c', 'Ibu Siti pindah', ARRAY[$1::uuid])",
        region,
    )
    seen = {}
    for role, area in (("regency-officer", REGENCY), ("province-officer", "32")):
        client = registry_api.client("registry", role, area)
        (entry,) = record(await client.get(ENTRIES, params={"record_type": "officer"}))["items"]
        seen[role] = (entry["changes"]["role"], entry["reason"])
    assert seen == {
        "regency-officer": ({"before": "ketua", "after": "wakil"}, "Ibu Siti pindah"),
        "province-officer": ({"before": "•••", "after": "•••"}, "•••"),
    }


def test_every_table_whose_rows_are_about_people_is_named_as_such() -> None:
    tables = {name: table for metadata in METADATA for name, table in metadata.tables.items()}
    people = {name for name, table in tables.items() if "person_id" in table.c or table.c.get("nik_index") is not None}
    of_them = {
        name
        for name, table in tables.items()
        if {key.column.table.name for key in table.foreign_keys} & {"membership", "family", "community"}
    }
    assert people | of_them | {"family", "community"} == ABOUT_PEOPLE


async def test_seals_are_listed_newest_first_with_their_hashes(registry_api: House) -> None:
    people = People(registry_api)
    await people.operator.post("/v1/institutions", json=registration())
    connection = await audit_seal.connect(registry_api.settings("registry"))
    made = await audit_seal.seal_ended_days(connection, datetime(2026, 3, 18, tzinfo=UTC))
    await connection.close()
    listed = record(await people.officer.get("/v1/audit-seals", params={"limit": 1}))
    rest = record(await people.officer.get("/v1/audit-seals", params={"limit": 1, "cursor": listed["next"]}))
    assert [(seal["day"], seal["hash"]) for seal in (*listed["items"], *rest["items"])] == [
        (seal.day.isoformat(), seal.hash.hex()) for seal in reversed(made)
    ]
    assert listed["items"][0]["previous_hash"] == rest["items"][0]["hash"]
