"""Facilities: recorded in three classes, checked, gone, voided, and told in events with what their checks found."""

from datetime import date, timedelta
from typing import Any

import httpx
import orjson

from services.registry.facilities import states
from services.registry.facilities.models import Facility
from services.registry.facilities.service import MOST
from shared.codes import FacilityClass, FacilityCondition
from shared.events.envelope import LARGEST
from shared.events.institutions import FacilityCheck
from tests.house import House
from tests.registry.institutions import VILLAGE_OVER, People, faults, patched, problem, record, step, take
from tests.registry.parts import facility, told

FACILITIES = "facilities"


async def recorded(client: httpx.AsyncClient, institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A facility that was recorded."""
    return record(await client.post("/v1/facilities", json=facility(institution, **changes)), 201)


async def checked(client: httpx.AsyncClient, item: dict[str, Any], on: str, condition: str) -> dict[str, Any]:
    """A facility after a check."""
    return await take(client, item, "checks", {"on": on, "condition": condition}, FACILITIES)


async def test_the_newest_check_rules_in_whatever_order_they_are_noted(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    tenda = await recorded(people.operator, arisan, owner="Pak Budi", quantity=2)
    assert (tenda["condition"], tenda["checked_on"], tenda["checks"]) == (None, None, [])
    tenda = await checked(people.operator, tenda, "2026-02-10", "rusak_ringan")
    tenda = await checked(people.operator, tenda, "2025-01-05", "baik")
    assert (tenda["condition"], tenda["checked_on"]) == ("rusak_ringan", "2026-02-10")
    tenda = await checked(people.operator, tenda, "2026-02-10", "rusak_berat")
    assert tenda["condition"] == "rusak_berat", "a second check of a day replaces the first"
    fact, state = await told(registry_api, arisan["id"])
    assert fact == "facility_checked"
    assert state["facilities"] == [
        {
            "facility_class": "alat",
            "name": "Tenda",
            "since": "2021-05-01",
            "until": None,
            "checks": [
                {"on": "2025-01-05", "condition": "baik"},
                {"on": "2026-02-10", "condition": "rusak_berat"},
            ],
        }
    ]
    assert "Budi" not in orjson.dumps(state).decode(), "whose it is stays here"
    tenda = await take(people.operator, tenda, "checks/2026-02-10/voiding", {"reason": "Sarana lain"}, FACILITIES)
    assert (tenda["condition"], tenda["checked_on"]) == ("baik", "2025-01-05")
    gone = record(await patched(people.operator, tenda, {"gone_on": "2026-03-01"}, FACILITIES))
    assert gone["gone_on"] == "2026-03-01"
    fact, state = await told(registry_api, arisan["id"])
    assert (fact, state["facilities"][0]["until"]) == ("facility_changed", "2026-03-01")
    await take(people.operator, gone, "voiding", {"reason": "Salah input"}, FACILITIES)
    assert (await told(registry_api, arisan["id"]))[1]["facilities"] == []

    history = (await people.officer.get(f"/v1/facilities/{tenda['id']}/history")).json()
    steps = [entry["type"] for entry in history]
    assert steps == ["recorded", "checked", "checked", "checked", "changed", "changed", "voided"]
    assert "Budi" not in orjson.dumps(history).decode()
    assert history[1]["changes"]["condition"] == {"before": None, "after": "rusak_ringan"}


async def test_a_check_is_of_a_day_that_has_come_and_on_which_the_facility_was_there(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    tenda = await recorded(people.operator, arisan, gone_on="2026-03-01")

    async def refused(on: str) -> set[tuple[str, str]]:
        body = {"on": on, "condition": "baik"}
        return faults(await step(people.operator, tenda, "checks", body, FACILITIES))

    assert await refused("2026-03-16") == {("/on", "in-the-future")}
    assert await refused("2021-04-30") == {("/on", "not-there-then")}
    assert await refused("2026-03-01") == {("/on", "not-there-then")}, "the first day on which it was gone"
    tenda = await checked(people.operator, tenda, "2026-02-28", "baik")
    for patch, at in (({"gone_on": "2026-02-28"}, "/gone_on"), ({"since": "2026-03-01", "gone_on": None}, "/since")):
        assert faults(await patched(people.operator, tenda, patch, FACILITIES)) == {(at, "checked-then")}
    problem(
        await step(people.operator, tenda, "checks/2026-02-27/voiding", {"reason": "Salah"}, FACILITIES),
        404,
        "not-found",
    )
    post = await people.operator.post("/v1/facilities", json=facility(arisan, gone_on="2021-05-01", quantity=0))
    assert faults(post) == {("/quantity", "greater-than-equal")}
    post = await people.operator.post("/v1/facilities", json=facility(arisan, gone_on="2021-05-01"))
    assert faults(post) == {("/gone_on", "gone-before-there")}
    post = await people.operator.post("/v1/facilities", json=facility(arisan, since="2026-03-16"))
    assert faults(post) == {("/since", "in-the-future")}
    assert len((await told(registry_api, arisan["id"]))[1]["facilities"]) == 1


async def test_what_is_due_for_a_check_is_found_within_the_callers_area(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    never = await recorded(people.operator, arisan, name="Balai", facility_class="tempat")
    old = await checked(people.operator, await recorded(people.operator, arisan, name="Tenda"), "2025-03-14", "baik")
    fresh = await checked(people.operator, await recorded(people.operator, arisan, name="Kursi"), "2025-03-15", "baik")
    gone = await recorded(people.operator, arisan, name="Gerobak", gone_on="2026-01-01")

    async def names(query: str, client: httpx.AsyncClient = people.officer) -> set[str]:
        page = record(await client.get(f"/v1/facilities?count=true&{query}"))
        assert page["count"] == len(page["items"])
        return {item["name"] for item in page["items"]}

    assert await names("there_on=2026-03-15&not_checked_since=2025-03-15") == {never["name"], old["name"]}
    assert await names("condition=baik") == {old["name"], fresh["name"]}
    assert await names("facility_class=tempat") == {never["name"]}
    assert await names("") == {never["name"], old["name"], fresh["name"], gone["name"]}
    stranger = registry_api.client("registry", "village-operator", VILLAGE_OVER)
    assert await names("", stranger) == set()
    for answer in (
        await stranger.get(f"/v1/facilities/{old['id']}"),
        await stranger.get(f"/v1/facilities/{old['id']}/history"),
        await patched(stranger, old, {"name": "X"}, FACILITIES),
        await step(stranger, old, "checks", {"on": "2026-03-01", "condition": "baik"}, FACILITIES),
        await step(stranger, old, "voiding", {"reason": "Salah"}, FACILITIES),
    ):
        problem(answer, 404, "not-found")


async def test_an_institution_at_all_its_limits_fits_into_an_event_and_one_more_is_refused(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    await _fill(registry_api, arisan["id"])
    tenda = record(await people.officer.get("/v1/facilities?limit=1"))["items"][0]
    full = await people.operator.post("/v1/facilities", json=facility(arisan))
    problem(full, 409, "too-many-parts")
    full = await people.operator.post(
        "/v1/documents", json={"institution_id": arisan["id"], "kind": "buku_kas", "dated_on": "2020-01-01"}
    )
    problem(full, 409, "too-many-parts")
    await checked(people.operator, tenda, "2026-03-15", "rusak_ringan")
    # An event with all 200 documents is what a change of one of them writes.
    sk = record(await people.officer.get("/v1/documents?limit=1"))["items"][0]
    record(await patched(people.operator, sk, {"number": "1" * 80}, "documents"))
    fact, state = await told(registry_api, arisan["id"])
    assert (fact, len(state["documents"]), len(state["facilities"])) == ("document_changed", 200, 500)
    assert len(orjson.dumps(state)) < LARGEST
    newest = [item["checks"][-1] for item in state["facilities"] if item["checks"][-1]["on"] == "2026-03-15"]
    assert newest == [{"on": "2026-03-15", "condition": "rusak_ringan"}]


def test_events_keep_the_newest_hundred_checks_of_each_facility_and_share_what_there_is() -> None:
    first = date(2020, 1, 1)
    checks = [FacilityCheck(on=first + timedelta(days=n), condition=FacilityCondition.BAIK) for n in range(120)]

    def item(place: int) -> Facility:
        return Facility(
            facility_class=FacilityClass.ALAT, name=f"Tenda {place}", since=first, until=None, checks=checks
        )

    assert [len(one.checks) for one in states.told([item(n) for n in range(15)])] == [100] * 15
    assert states.told([item(0)])[0].checks == checks[-100:]
    shared = [len(one.checks) for one in states.told([item(n) for n in range(MOST)])]
    assert shared == [3] * MOST


async def _fill(house: House, id: str) -> None:
    """Puts as many documents and facilities with checks as there may be, with long texts, straight into the tables."""
    await house.execute(
        "registry",
        f"""
        INSERT INTO document (id, sequence, institution_id, kind, number, since, until, voided, registered_at, changed_at)
        SELECT gen_random_uuid(), 1, '{id}', 'aturan_tertulis', repeat('9', 80), '2020-01-01', '2030-01-01', false, now(), now()
        FROM generate_series(1, 200);
        INSERT INTO facility (id, sequence, institution_id, facility_class, name, quantity, since, checks, checked_on, condition,
            voided, registered_at, changed_at)
        SELECT gen_random_uuid(), 1, '{id}', 'administrasi', repeat('m', 100), 1, '2020-01-01', checks, '2026-01-01', 'rusak_ringan',
            false, now(), now()
        FROM generate_series(1, {MOST}), LATERAL (
            SELECT json_agg(json_build_object('on', date '2020-01-01' + n, 'condition', 'rusak_ringan') ORDER BY n) AS checks
            FROM generate_series(0, 119) n) made;
        """,
    )
