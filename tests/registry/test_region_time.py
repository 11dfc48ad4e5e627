"""Regions in time over HTTP: old codes, the other system's codes, and what a region was on a day."""

from typing import Any

import httpx

from services.registry.regions import history, identity, loading, table
from services.registry.regions.history import Link
from shared import database
from shared.clock import SystemClock
from shared.codes import Confidence, SuccessionKind
from tests.house import House
from tests.registry.institutions import faults, record, registration
from tests.registry.regions import load

NABIRE = str(identity.region_id("94.01"))
DAY = "2022-11-09"


def public(house: House) -> httpx.AsyncClient:
    return house.client("registry", "public", "ID")


async def test_an_ended_code_means_the_region_that_had_it_and_names_todays_code(registry_api: House) -> None:
    client = public(registry_api)
    nabire = record(await client.get("/v1/regions/91.04", headers={"Accept-Language": "en"}))
    assert (nabire["id"], nabire["code"], nabire["parent"]) == (NABIRE, "94.01", "94")
    assert nabire["note"] == {
        "remark": "code-ended", "asked": "91.04", "today": "94.01", "since": None, "until": DAY,
        "message": f"The code 91.04 ended on {DAY}; the code of this region is 94.01 today.",
    }  # fmt: skip
    assert "sekarang 94.01" in record(await client.get("/v1/regions/9104"))["note"]["message"]
    assert record(await client.get("/v1/regions/94.01"))["note"] is None
    assert record(await client.get(f"/v1/regions/{NABIRE}"))["note"] is None
    below = record(await client.get("/v1/regions/91.04/children"))["items"]
    assert [region["code"] for region in below] == ["94.01.01"]
    assert record(await client.get("/v1/regions?within=91.04&level=district"))["items"] == below


async def test_a_region_tells_what_it_was_on_a_day_and_over_time(registry_api: House) -> None:
    client = public(registry_api)
    then = record(await client.get("/v1/regions/91.04?on=2021-06-30"))
    assert then["note"]["today"] == "94.01"
    assert then["then"] == {"on": "2021-06-30", "code": "91.04", "name": "Kabupaten Nabire", "parent": "91"}
    assert [(c["system"], c["code"], c["since"], c["until"]) for c in then["codes"]] == [
        ("kemendagri", "91.04", None, DAY),
        ("kemendagri", "94.01", DAY, None),
    ]
    assert [(p["code"], p["since"], p["until"]) for p in then["parents"]] == [("91", None, DAY), ("94", DAY, None)]
    early = record(await client.get("/v1/regions/94.01?on=2021-06-30"))
    assert (early["id"], early["note"]["remark"]) == (NABIRE, "code-not-yet")
    papua = record(await client.get("/v1/regions/91"))
    assert [(s["code"], s["kind"], s["on"], s["confidence"]) for s in papua["successors"]] == [
        ("94", "split", DAY, "exact")
    ]
    tengah = record(await client.get("/v1/regions/94"))
    assert (tengah["since"], tengah["codes"][0]["since"]) == ("2022-07-25", DAY)  # law and code
    assert [p["code"] for p in tengah["predecessors"]] == ["91"]


async def test_local_words_for_a_level_are_told_and_rule_nothing(registry_api: House) -> None:
    client = public(registry_api)
    found = {
        code: (region["kind"], region["local_level"])
        for code in ("94.01.01", "94.01.01.2010", "32.04.05", "32.04.05.2001")
        for region in [record(await client.get(f"/v1/regions/{code}"))]
    }
    assert found["94.01.01"] == ("kecamatan", "distrik")
    assert found["94.01.01.2010"] == ("desa", "kampung")
    assert found["32.04.05.2001"] == ("desa", None)


async def test_the_same_digits_mean_another_place_in_the_other_system(registry_api: House) -> None:
    selatan = [table.row("31.74", "Kota Administrasi Jakarta Selatan")]
    await load(registry_api, selatan)
    client = public(registry_api)

    async def found(**query: str) -> list[str]:
        return [region["code"] for region in record(await client.get("/v1/regions", params=query))["items"]]

    assert await found(code="3171", system="bps") == ["31.74"]
    assert await found(code="3171", system="kemendagri") == await found(code="31.71") == ["31.71"]
    assert await found(code="91.04", on="2021-06-30") == ["94.01"]
    refused = await client.get("/v1/regions?code=3171")
    assert faults(refused, 400, "code-system-required") == {("system", "code-system-required")}
    for system, code in (("bps", "9401"), ("kemendagri", "9999")):
        answer = await client.get("/v1/regions", params={"code": code, "system": system})
        assert faults(answer, 400, "region-unknown") == {("code", "region-unknown")}


OLD = (
    Link("32.04.05.2991", "Rawa Lama", "32.04.05.2001", SuccessionKind.RECODE, Confidence.AMBIGUOUS, history.LATEST),
    Link("32.04.05.2991", "Rawa Lama", "32.04.05.2002", SuccessionKind.RECODE, Confidence.AMBIGUOUS, history.LATEST),
    Link("32.04.05.2992", "Rawa Hilang", "", SuccessionKind.RECODE, Confidence.AMBIGUOUS, history.LATEST),
)


async def loaded_with(house: House, *links: Link) -> loading.Loaded:
    """Loads two villages with a lineage of this test's own."""
    rows = [table.row("32.04.05.2001", "Cileunyi Kulon"), table.row("32.04.05.2002", "Cileunyi Wetan")]
    engine = database.open_engine(house.settings("registry"), pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            lineage = history.of(links, {})
            return await loading.load(session, rows, SystemClock().now(), lineage=lineage)
    finally:
        await engine.dispose()


async def test_an_ambiguous_successor_is_shown_and_never_applied(registry_api: House) -> None:
    assert await loaded_with(registry_api, *OLD) == loading.Loaded(unchanged=2)
    client = public(registry_api)
    answer = await client.get("/v1/regions/32.04.05.2991", headers={"Accept-Language": "en"})
    assert faults(answer, 404, "region-unknown") == {("code", "region-code-ended")}
    assert "32.04.05.2001 Cileunyi Kulon, 32.04.05.2002 Cileunyi Wetan" in answer.json()["errors"][0]["remedy"]
    gone = await client.get("/v1/regions/32.04.05.2992")
    assert faults(gone, 404, "region-unknown") == {("code", "region-code-ended")}
    kulon = record(await client.get("/v1/regions/32.04.05.2001"))
    assert [(p["code"], p["name"], p["confidence"]) for p in kulon["predecessors"]] == [
        ("32.04.05.2991", "Rawa Lama", "ambiguous")
    ]
    assert kulon["codes"][0]["since"] is None


async def test_a_code_that_was_given_to_another_village_is_decided_by_the_day(registry_api: House) -> None:
    link = Link(
        "32.04.05.2002", "Cileunyi Kulon", "32.04.05.2001", SuccessionKind.RECODE, Confidence.EXACT, history.LATEST
    )
    assert await loaded_with(registry_api, link) == loading.Loaded(changed=2)
    client = public(registry_api)

    async def holder(address: str) -> str:
        return str(record(await client.get(f"/v1/regions/{address}"))["name"])

    assert await holder("32.04.05.2002") == "Cileunyi Wetan"
    assert await holder("32.04.05.2002?on=2025-04-24") == "Cileunyi Kulon"
    assert await holder("32.04.05.2002?on=2025-04-25") == "Cileunyi Wetan"


async def test_a_registration_under_an_ended_code_is_refused_with_the_code_of_today(registry_api: House) -> None:
    operator = registry_api.client("registry", "village-operator", "94.01")
    answer = await operator.post(
        "/v1/institutions", json=registration(village="91.04.01.1009"), headers={"Accept-Language": "en"}
    )
    assert faults(answer) == {("/village", "region-code-ended")}
    told: dict[str, Any] = answer.json()["errors"][0]
    assert told["remedy"].startswith("Today's code: 94.01.01.1008 Nabarua")


async def test_an_installation_that_loaded_before_is_brought_up_to_date_with_events_for_what_differs(
    registry_api: House,
) -> None:
    """As the migration leaves a registry that loaded the table when it knew no lineage."""
    rows = [
        row for row in table.read() if row.code in ("91", "94", "94.01", "94.01.01", "94.01.01.2010", "32.04.05.2001")
    ]
    await registry_api.execute(
        "registry",
        "DELETE FROM region_succession; DELETE FROM region_parent; DELETE FROM region_name; DELETE FROM region_code;"
        " UPDATE region SET local_level = NULL, since = NULL; INSERT INTO region_code (region_id, system, code, decree)"
        " SELECT id, 'kemendagri', code, decree FROM region",
    )
    assert await load(registry_api, rows) == loading.Loaded(changed=5, unchanged=1)
    assert await load(registry_api, rows) == loading.Loaded(unchanged=6)
    [told] = await registry_api.fetch(
        "registry", "SELECT type, data FROM outbox WHERE subject_id = $1 AND sequence = 2", NABIRE
    )
    assert told["type"] == "registry.region.loaded.v1"
    client = public(registry_api)
    assert record(await client.get("/v1/regions/91.04"))["code"] == "94.01"
    assert record(await client.get("/v1/regions/32.04.05.2001"))["codes"][0]["since"] is None
