"""Region changes over HTTP: proposed, previewed, applied by another person, and what follows."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import asyncpg

from services.registry.region_changes import codes, moving
from services.registry.regions import identity, loading, table
from shared.clock import SettableClock
from shared.events import registry as contract
from tests.house import House, until
from tests.registry.institutions import (
    DISTRICT,
    VILLAGE,
    VILLAGE_NEXT,
    People,
    faults,
    patched,
    problem,
    record,
    registration,
    step,
)
from tests.registry.region_changes import REGIONS, SPLIT, Ministry, decree
from tests.registry.regions import load

NEXT = identity.region_id(VILLAGE_NEXT)
NEW = "32.04.47.2001"


async def told(house: House, code: str) -> tuple[str, contract.Region]:
    """The newest event of the region that was first loaded, or founded, under a code."""
    rows = await house.fetch(
        "registry",
        "SELECT type, data FROM outbox WHERE subject_id = $1 ORDER BY sequence DESC LIMIT 1",
        identity.region_id(code),
    )
    return rows[0]["type"].split(".")[2], contract.Region.model_validate_json(rows[0]["data"])


async def regions(house: House) -> list[Any]:
    """All that is stored about regions."""
    return [
        await house.fetch("registry", f"SELECT * FROM {table} ORDER BY 1")
        for table in ("region", "region_code", "region_name", "region_parent", "region_succession")
    ]


async def test_a_district_is_split_with_the_villages_that_move_and_all_is_told(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    before = await regions(registry_api)
    change = await ministry.proposed(*SPLIT)
    assert (change["state"], change["proposed_by"]) == ("proposed", "ministry-1")
    assert await regions(registry_api) == before
    answer = await ministry.apply(change)
    assert record(answer)["state"] == "applied"
    assert (answer.json()["decided_by"], answer.headers["ETag"]) == ("ministry-2", '"2"')
    fact, village = await told(registry_api, VILLAGE_NEXT)
    assert fact == "transferred"
    assert [(c.code, str(c.since), str(c.until)) for c in village.codes] == [
        (VILLAGE_NEXT, "None", "2026-03-01"),
        (NEW, "2026-03-01", "None"),
    ]
    here = [identity.region_id(code) for code in ("ID", "32", "32.04")]
    assert [(piece.ancestors, str(piece.since), str(piece.until)) for piece in village.lineage] == [
        ([*here, identity.region_id(DISTRICT)], "None", "2026-03-01"),
        ([*here, identity.region_id("32.04.47")], "2026-03-01", "None"),
    ]
    assert [(change.number, change.regions) for change in village.changes] == [(answer.json()["number"], 3)] == [(1, 3)]
    fact, mother = await told(registry_api, DISTRICT)
    assert (fact, mother.until) == ("split", None)
    [part] = mother.successors
    assert (part.region_id, part.kind, str(part.on), part.confidence, part.rights_follow, part.takes_records) == (
        identity.region_id("32.04.47"), "split", "2026-03-01", "decreed", True, False,
    )  # fmt: skip
    fact, founded = await told(registry_api, "32.04.47")
    assert (fact, founded.name, str(founded.since), founded.codes[0].decree) == (
        "founded", "Cileunyi Barat", "2026-03-01", "Kepmendagri 300.2.2-9999/2026",
    )  # fmt: skip
    public = registry_api.client("registry", "public", "ID")
    moved = record(await public.get(f"/v1/regions/{VILLAGE_NEXT}"))
    assert (moved["id"], moved["code"], moved["parent"], moved["note"]["today"]) == (str(NEXT), NEW, "32.04.47", NEW)
    history = (await public.get(f"/v1/regions/{NEW}/history")).json()
    assert [(entry["type"], entry["by"]) for entry in history][-1] == ("registry.region.transferred.v1", "ministry-2")
    steps = (await ministry.other.get(f"/v1/{REGIONS}/{change['id']}/history")).json()
    assert [(entry["type"], entry["by"]) for entry in steps] == [("proposed", "ministry-1"), ("applied", "ministry-2")]


async def test_a_preview_says_what_would_be_affected_and_nothing_happens(registry_api: House) -> None:
    people = People(registry_api)
    here = await people.registered()
    district = registry_api.client("registry", "village-operator", VILLAGE_NEXT)
    there = record(await district.post("/v1/institutions", json=registration(village=VILLAGE_NEXT)), 201)
    ministry = Ministry(registry_api)
    change = await ministry.proposed(*SPLIT)
    preview = record(await ministry.other.get(f"/v1/{REGIONS}/{change['id']}/preview"))
    assert preview["regions"] == [
        {"fact": "founded", "count": 1},
        {"fact": "split", "count": 1},
        {"fact": "transferred", "count": 1},
    ]
    assert preview["records"] == [{"record": "institution", "count": 1}]
    assert preview["can_be_applied"] is True
    assert preview["rights"] == {
        "areas_that_follow": 1,
        "decisions": [
            {
                "area": DISTRICT, "name": "Cileunyi", "keeps": [DISTRICT], "follows": ["32.04.47"],
                "does_not_follow": [],
            }
        ],
        "moved": [{"region": VILLAGE_NEXT, "code_after": NEW, "out_of": DISTRICT, "into": "32.04.47"}],
    }  # fmt: skip
    listed = record(await ministry.other.get(f"/v1/{REGIONS}/{change['id']}/records?record=institution&count=true"))
    assert listed["items"] == [{"id": there["id"], "before": VILLAGE_NEXT, "after": NEW}]
    first = record(await ministry.other.get(f"/v1/{REGIONS}/{change['id']}/regions?limit=2&count=true"))
    assert [(item["fact"], item["code"]) for item in first["items"]] == [
        ("split", DISTRICT),
        ("transferred", VILLAGE_NEXT),
    ]
    assert first["count"] == 3
    rest = record(
        await ministry.other.get(f"/v1/{REGIONS}/{change['id']}/regions", params={"limit": 2, "cursor": first["next"]})
    )
    assert [(item["fact"], item["code_after"], item["parent_after"]) for item in rest["items"]] == [
        ("founded", "32.04.47", "32.04")
    ]
    assert record(await people.operator.get(f"/v1/institutions/{here['id']}"))["village"] == VILLAGE


async def test_records_follow_a_recode_without_events_of_their_own(registry_api: House) -> None:
    people = People(registry_api)
    verified = await people.verified()
    waiting = await people.proposed(verified, village=VILLAGE_NEXT, moved_on="2026-03-10")
    ministry = Ministry(registry_api)
    await ministry.applied(
        {"kind": "recode", "region": VILLAGE, "code": "32.04.05.2091"},
        {"kind": "recode", "region": VILLAGE_NEXT, "code": "32.04.05.2092"},
    )
    institution = record(await people.officer.get(f"/v1/institutions/{verified['id']}"))
    assert (institution["village"], institution["seats"][0]["village"]) == ("32.04.05.2091", "32.04.05.2091")
    assert institution["sequence"] == verified["sequence"]
    request = record(await people.officer.get(f"/v1/change-requests/{waiting['id']}"))
    assert (request["village"], request["target_village"]) == ("32.04.05.2091", "32.04.05.2092")
    assert request["changes"]["village"] == {"before": "32.04.05.2091", "after": "32.04.05.2092"}
    for name in ("submission", "review", "verification"):
        who = people.officer if name == "verification" else people.facilitator
        who = registry_api.client("registry", "regency-officer", "32.04", sub=f"officer-{name}")
        request = record(await step(who, request, name, collection="change-requests"))
    moved = record(await people.officer.get(f"/v1/institutions/{verified['id']}"))
    assert moved["village"] == "32.04.05.2092"


async def test_what_is_registered_in_a_village_that_ends_moves_to_who_takes_over(registry_api: House) -> None:
    neighbour = registry_api.client("registry", "village-operator", VILLAGE_NEXT)
    institution = record(await neighbour.post("/v1/institutions", json=registration(village=VILLAGE_NEXT)), 201)
    person = record(
        await neighbour.post("/v1/people", json={
            "name": "Warga Uji", "sex": "P", "birth_year": 1980, "birth_year_source": "pengakuan",
            "nik_absence": "belum_punya", "village": VILLAGE_NEXT,
        }), 201,
    )  # fmt: skip
    ministry = Ministry(registry_api)
    await ministry.applied({"kind": "merge", "regions": [VILLAGE_NEXT], "into": VILLAGE})
    fact, ended = await told(registry_api, VILLAGE_NEXT)
    assert (fact, str(ended.until), ended.successors[0].kind) == ("merged", "2026-03-01", "merge")
    assert (ended.successors[0].rights_follow, ended.successors[0].takes_records) == (True, True)
    assert [(str(piece.since), str(piece.until)) for piece in ended.lineage] == [("None", "2026-03-01")]
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    moved = record(await operator.get(f"/v1/institutions/{institution['id']}"))
    assert (moved["village"], moved["sequence"]) == (VILLAGE, 2)
    assert [(seat["village_id"], seat["since"], seat["until"]) for seat in moved["seats"]] == [
        (str(NEXT), None, "2026-03-01"),
        (str(identity.region_id(VILLAGE)), "2026-03-01", None),
    ]
    assert record(await operator.get(f"/v1/people/{person['id']}"))["village"] == VILLAGE
    for id in (institution["id"], person["id"]):
        [row] = await registry_api.fetch(
            "registry", "SELECT type, actor, data FROM outbox WHERE subject_id = $1 AND sequence = 2", id
        )
        assert (row["type"].split(".")[2], row["actor"]) == ("changed", "ministry-2")
        assert str(identity.region_id(VILLAGE)) in row["data"]
    public = registry_api.client("registry", "public", "ID")
    gone = record(await public.get(f"/v1/regions/{VILLAGE_NEXT}"))
    assert (gone["until"], gone["note"]["remark"], gone["note"]["today"]) == ("2026-03-01", "region-ended", VILLAGE)
    listed = record(await public.get(f"/v1/regions/{DISTRICT}/children"))["items"]
    assert VILLAGE_NEXT not in [region["code"] for region in listed]
    refused = await operator.post("/v1/institutions", json=registration(village=VILLAGE_NEXT))
    assert faults(refused) == {("/village", "region-code-ended")}


async def test_every_table_that_names_a_region_is_moved_when_the_region_ends() -> None:
    assert {pair.table.name for pair in codes.pairs()} <= moving.MOVERS.keys()


async def test_a_village_may_become_a_kelurahan_and_its_code_be_given_to_another(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    await ministry.applied({"kind": "status", "region": VILLAGE, "code": "32.04.05.1001"})
    await ministry.applied(
        {"kind": "split", "region": "32.04.05.1001", "into": [{"code": VILLAGE, "name": "Cileunyi Tengah"}]},
        effective_on="2026-03-10",
    )
    _, village = await told(registry_api, VILLAGE)
    assert [(change.number, change.regions) for change in village.changes] == [(1, 1), (2, 2)]
    public = registry_api.client("registry", "public", "ID")
    now = record(await public.get(f"/v1/regions/{VILLAGE}"))
    then = record(await public.get(f"/v1/regions/{VILLAGE}?on=2026-02-28"))
    assert (now["name"], now["since"], then["name"], then["kind"]) == (
        "Cileunyi Tengah", "2026-03-10", "Cileunyi Kulon", "kelurahan",
    )  # fmt: skip
    assert now["id"] != then["id"] == str(identity.region_id(VILLAGE))


async def test_who_proposes_does_not_apply_and_nobody_applies_twice_or_too_early(
    registry_api: House, clock: SettableClock
) -> None:
    ministry = Ministry(registry_api)
    rename = {"kind": "rename", "region": DISTRICT, "name": "Cileunyi Raya"}
    change = await ministry.proposed(rename, effective_on="2026-04-01")
    problem(await ministry.apply(change, ministry.proposer), 403, "proposer-may-not-apply")
    problem(await ministry.apply(change), 409, "not-yet-effective")
    problem(await ministry.apply(change | {"sequence": 7}), 412, "stale-etag")
    clock.instant = datetime(2026, 3, 31, 17, 30, tzinfo=UTC)  # 1 April, half past midnight, in WIB
    record(await ministry.apply(change))
    public = registry_api.client("registry", "public", "ID")
    assert [name["name"] for name in record(await public.get(f"/v1/regions/{DISTRICT}"))["names"]] == [
        "Cileunyi",
        "Cileunyi Raya",
    ]
    problem(await ministry.apply(change | {"sequence": 2}), 409, "region-change-closed")
    problem(await ministry.other.get(f"/v1/{REGIONS}/{change['id']}/preview"), 409, "region-change-closed")


async def test_a_change_may_be_withdrawn_and_one_that_no_longer_fits_is_not_applied(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    gone = await ministry.proposed(*SPLIT)
    headers = {"If-Match": '"1"'}
    withdrawn = await ministry.proposer.post(
        f"/v1/{REGIONS}/{gone['id']}/withdrawal", json={"reason": "Salah kode"}, headers=headers
    )
    assert record(withdrawn)["state"] == "withdrawn"
    problem(await ministry.apply(gone | {"sequence": 2}), 409, "region-change-closed")
    stale = await ministry.proposed(*SPLIT)
    await ministry.applied({"kind": "recode", "region": VILLAGE_NEXT, "code": "32.04.05.2092"})
    before = await regions(registry_api)
    document = problem(await ministry.apply(stale), 409, "regions-changed-meanwhile")
    assert {(fault["pointer"], fault["code"]) for fault in document["errors"]} == {
        ("/operations/1/region", "region-unknown")
    }
    assert await regions(registry_api) == before
    listed = record(await ministry.other.get(f"/v1/{REGIONS}?state=proposed"))["items"]
    assert [change["id"] for change in listed] == [stale["id"]]


async def test_what_cannot_stand_is_refused_and_nothing_is_stored(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    for operations, wrong in (
        ([{"kind": "merge", "regions": [DISTRICT], "into": "32.04.06"}], ("/operations/0", "region-without-parent")),
        ([{"kind": "recode", "region": VILLAGE, "code": VILLAGE_NEXT}], ("/operations/0", "code-in-use")),
        # In use by a region that nothing of the change reads.
        ([{"kind": "transfer", "region": VILLAGE, "parent": "32.04.06", "code": "32.04.06.2003"}], ("/operations/0", "code-in-use")),
        ([{"kind": "rename", "region": "32.99", "name": "X"}], ("/operations/0/region", "region-unknown")),
        ([{"kind": "split", "region": VILLAGE, "into": []}], ("/operations/0/into", "too-short")),
        ([{"kind": "abolish", "region": VILLAGE}], ("/operations/0", "union-tag-invalid")),
    ):  # fmt: skip
        answer = await ministry.proposer.post(f"/v1/{REGIONS}", json=decree(*operations))
        assert wrong in faults(answer), (operations, answer.text)
    early = {"kind": "rename", "region": "94.01", "name": "Kabupaten Nabire Raya"}
    answer = await ministry.proposer.post(f"/v1/{REGIONS}", json=decree(early, effective_on="2022-11-09"))
    assert faults(answer) == {("/effective_on", "before-earlier-change")}
    assert not await registry_api.fetch("registry", "SELECT FROM region_change")


async def test_region_changes_are_for_the_ministry_of_the_whole_country(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    change = await ministry.proposed(*SPLIT)
    province = registry_api.client("registry", "ministry", "32", sub="ministry-3")
    problem(await province.post(f"/v1/{REGIONS}", json=decree(*SPLIT)), 403, "nation-only")
    assert record(await province.get(f"/v1/{REGIONS}?count=true")) == {"items": [], "next": None, "count": 0}
    for address in ("", "/preview", "/regions", "/records?record=institution", "/history"):
        problem(await province.get(f"/v1/{REGIONS}/{change['id']}{address}"), 404, "not-found")
    problem(await ministry.apply(change, province), 404, "not-found")
    officer = registry_api.client("registry", "province-officer", "32")
    problem(await officer.get(f"/v1/{REGIONS}/{change['id']}"), 403, "forbidden")


async def test_a_recode_leaves_bps_codes_and_the_audit_trail_tells_it(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    await ministry.applied({"kind": "recode", "region": "32.04", "code": "32.34"})
    public = registry_api.client("registry", "public", "ID")
    found = record(await public.get("/v1/regions?code=3204&system=bps"))["items"]
    assert [region["code"] for region in found] == ["32.34"]
    [entry] = await registry_api.fetch(
        "registry",
        "SELECT action, actor, reason, before, after FROM audit_entry WHERE record_id = $1 AND sequence = 2",
        str(identity.region_id("32.04")),
    )
    assert (entry["action"], entry["actor"], entry["reason"]) == (
        "recoded",
        "ministry-2",
        "Kepmendagri 300.2.2-9999/2026",
    )
    assert (json.loads(entry["before"])["code"], json.loads(entry["after"])["code"]) == ("32.04", "32.34")


async def test_a_later_load_leaves_what_a_change_decided(registry_api: House) -> None:
    ministry = Ministry(registry_api)
    await ministry.applied(*SPLIT)
    before = await regions(registry_api)
    rows = [row for row in table.read() if row.code in ("ID", "32", "32.04") or row.code.startswith(DISTRICT)]
    assert await load(registry_api, rows) == loading.Loaded(unchanged=len(rows))
    assert await regions(registry_api) == before


async def test_patching_is_refused_for_what_was_read_before_a_merger(registry_api: House) -> None:
    people = People(registry_api)
    institution = await people.registered()
    await Ministry(registry_api).applied({"kind": "merge", "regions": [VILLAGE], "into": VILLAGE_NEXT})
    answer = await patched(people.officer, institution, {"name": "Arisan Mawar"})
    problem(answer, 412, "stale-etag")


async def test_a_registration_on_its_way_when_codes_change_is_not_left_behind_with_the_old_one(
    registry_api: House,
) -> None:
    institution = await People(registry_api).registered()
    ministry = Ministry(registry_api)
    change = await ministry.proposed({"kind": "recode", "region": VILLAGE, "code": "32.04.05.2091"})
    under_way = await asyncpg.connect(registry_api.dsn("registry"))
    try:
        async with under_way.transaction():
            code = await under_way.fetchval("SELECT code FROM region WHERE id = $1", identity.region_id(VILLAGE))
            applying = asyncio.create_task(ministry.apply(change))

            async def waits() -> bool:
                rows = await registry_api.fetch(
                    "registry", "SELECT FROM pg_locks WHERE NOT granted AND relation = 'region'::regclass"
                )
                return bool(rows)

            await until(waits, "the application waits for those who have read a code")
            await under_way.execute(
                "UPDATE institution SET village_code = $1, name = 'Tercatat' WHERE id = $2", code, institution["id"]
            )
        record(await applying)
    finally:
        await under_way.close()
    officer = registry_api.client("registry", "regency-officer", "32.04")
    stored = record(await officer.get(f"/v1/institutions/{institution['id']}"))
    assert (stored["name"], stored["village"]) == ("Tercatat", "32.04.05.2091")
