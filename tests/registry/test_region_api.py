"""Regions over HTTP: by code, up and down the tree, by name."""

import itertools
from typing import Any

import httpx
import pytest

from services.registry.regions import identity, table
from tests.house import House
from tests.registry.institutions import faults, problem, record
from tests.registry.regions import load, two_thousand_of_one_name

CILEUNYI_KULON = {
    "id": str(identity.region_id("32.04.05.2001")),
    "code": "32.04.05.2001",
    "name": "Cileunyi Kulon",
    "level": "village",
    "kind": "desa",
    "local_level": None,
    "parent": "32.04.05",
    "time_zone": "Asia/Jakarta",
    "since": None,
    "until": None,
    "decree": table.DECREE,
}
OVER_TIME = {
    "codes": [
        {"system": "kemendagri", "code": "32.04.05.2001", "since": None, "until": None, "decree": table.DECREE},
    ],
    "names": [{"name": "Cileunyi Kulon", "since": None, "until": None}],
    "parents": [{"code": "32.04.05", "name": "Cileunyi", "since": None, "until": None}],
    "predecessors": [],
    "successors": [],
    "note": None,
    "then": None,
}
NAMESAKES = [
    table.row("35.71", "Kota Kediri"), table.row("35.71.01", "Kediri"), table.row("35.71.01.1001", "Kota Baru"),
    table.row("35.71.02", "Sidomulyo"), table.row("35.71.02.1002", "Sidomulyo"), table.row("35.71.02.2001", "Sidomulyo"),
    table.row("35.71.02.2003", "Sidomukti"),
]  # fmt: skip
"""Beside Kabupaten Kediri (35.06) and its village Sidomulyo (35.06.01.2002), which the template holds."""
BELOW = ("", "/children", "/ancestors", "/history")


def public(house: House) -> httpx.AsyncClient:
    return house.client("registry", "public", "ID")


async def all_pages(client: httpx.AsyncClient, address: str, **parameters: Any) -> list[str]:
    """The codes of a list from its first page to its last, in the order they came."""
    codes: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = record(await client.get(address, params={**parameters, **cursor, "limit": 200}))
        codes += [item["code"] for item in page["items"]]
        if page["next"] is None:
            return codes
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("spelling", ["32.04.05.2001", "3204052001"])
async def test_a_region_is_read_by_both_spellings_of_its_code(registry: House, spelling: str) -> None:
    answer = await public(registry).get(f"/v1/regions/{spelling}")
    assert record(answer) == CILEUNYI_KULON | OVER_TIME
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Wahana-Position"] == f"registry/{CILEUNYI_KULON['id']}@1"


async def test_the_nation_is_read_in_any_case_and_has_no_parent(registry: House) -> None:
    nation = record(await public(registry).get("/v1/regions/id"))
    assert (nation["code"], nation["name"], nation["parent"]) == ("ID", "Indonesia", None)


async def test_a_region_keeps_its_provinces_clock(registry: House) -> None:
    client = public(registry)
    zones = [record(await client.get(f"/v1/regions/{code}"))["time_zone"] for code in ("32.04", "51.08", "94.01")]
    assert zones == ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]


async def test_a_region_is_also_read_by_its_id_as_events_name_it(registry: House) -> None:
    client = public(registry)
    for below in BELOW:
        by_code = await client.get(f"/v1/regions/32.04.05{below}")
        by_id = await client.get(f"/v1/regions/{identity.region_id('32.04.05')}{below}")
        assert record(by_id) == record(by_code)
    nobody = "/v1/regions/0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"
    assert faults(await client.get(nobody), 404, "region-unknown") == {("code", "region-unknown")}


async def test_a_code_that_names_no_region_is_not_found(registry: House) -> None:
    client = public(registry)
    for code, below in itertools.product(("99.99.99.2999", "32.04.05.2999", "17"), BELOW):
        answer = await client.get(f"/v1/regions/{code}{below}")
        assert faults(answer, 404, "region-unknown") == {("code", "region-unknown")}


async def test_what_is_no_code_is_told_with_the_way_to_write_one(registry: House) -> None:
    client = public(registry)
    for code, below in itertools.product(("abc", "320405200", "3204050", "32.4.5.2001", "3204054001"), BELOW):
        answer = await client.get(f"/v1/regions/{code}{below}")
        assert faults(answer, 400, "not-a-region-code") == {("code", "not-a-region-code")}


async def test_children_come_in_the_order_of_their_codes(registry: House) -> None:
    children = record(await public(registry).get("/v1/regions/32.04/children?count=true"))
    assert [(child["code"], child["level"], child["parent"]) for child in children["items"]] == [
        ("32.04.05", "district", "32.04"),
        ("32.04.06", "district", "32.04"),
    ]
    assert (children["next"], children["count"]) == (None, 2)


async def test_a_village_has_no_children(registry: House) -> None:
    assert record(await public(registry).get("/v1/regions/32.04.05.2001/children"))["items"] == []


async def test_ancestors_lead_from_the_nation_down_to_the_parent(registry: House) -> None:
    above = record(await public(registry).get("/v1/regions/3204052001/ancestors"))["items"]
    assert [(region["code"], region["level"]) for region in above] == [
        ("ID", "nation"),
        ("32", "province"),
        ("32.04", "regency"),
        ("32.04.05", "district"),
    ]
    assert record(await public(registry).get("/v1/regions/ID/ancestors"))["items"] == []


async def test_without_a_name_regions_are_listed_by_code_within_an_area(registry: House) -> None:
    client = public(registry)
    page = record(await client.get("/v1/regions?within=3204&level=district&count=true"))
    assert ([item["code"] for item in page["items"]], page["count"]) == (["32.04.05", "32.04.06"], 2)
    assert (await all_pages(client, "/v1/regions", within="32.04.05"))[0] == "32.04.05"
    assert (await all_pages(client, "/v1/regions", within="ID", level="nation")) == ["ID"]


BEST = {
    "kota kediri": "35.71",
    "Kec. Kediri": "35.71.01",
    "Kediry": "35.06",
    "KEL. SIDOMULYO": "35.71.02.1002",
    "sidomulio": "35.71.02",
    "kelurahan sidomukti": "35.71.02.2003",
    "kota baru": "35.71.01.1001",
    "kotabaru": "35.71.01.1001",
    "DKI Jakarta": "31",
    "KOTA ADM. JAKARTA PUSAT": "31.71",
    "Prov. Jabar": "32",
    "cileunyi wetn": "32.04.05.2002",
}


async def test_a_name_is_searched_in_any_spelling_and_the_best_match_stands_first(registry: House) -> None:
    await load(registry, NAMESAKES)
    client = public(registry)
    for written in ("KAB. KEDIRI", "kabupaten kediri ", "Kab Kediri"):
        found = record(await client.get("/v1/regions", params={"q": written}))["items"]
        assert [item["code"] for item in found] == ["35.06"], written
    for written, best in BEST.items():
        found = record(await client.get("/v1/regions", params={"q": written}))["items"]
        assert [item["code"] for item in found[:1]] == [best], written


async def test_one_name_of_many_regions_finds_them_all_larger_ones_first(registry: House) -> None:
    await load(registry, NAMESAKES)
    client = public(registry)
    assert (await all_pages(client, "/v1/regions", q="Kediri")) == ["35.06", "35.71", "35.71.01"]
    villages = ["35.06.01.2002", "35.71.02.1002", "35.71.02.2001"]
    found = await all_pages(client, "/v1/regions", q="Sidomulyo")
    assert found == ["35.71.02", *villages, "35.71.02.2003"]
    assert (await all_pages(client, "/v1/regions", q="Sidomulyo", level="village"))[:3] == villages
    assert (await all_pages(client, "/v1/regions", q="Sidomulyo", within="3506")) == villages[:1]
    # A desa is meant, but the two kinds of village are mixed up: the very kind first.
    assert (await all_pages(client, "/v1/regions", q="desa sidomulyo"))[:3] == [villages[0], villages[2], villages[1]]


async def test_a_name_like_no_other_finds_nothing(registry: House) -> None:
    assert record(await public(registry).get("/v1/regions?q=Qqxzvw&count=true")) == {
        "items": [],
        "next": None,
        "count": 0,
    }


async def test_a_search_for_punctuation_says_what_to_write(registry: House) -> None:
    answer = await public(registry).get("/v1/regions", params={"q": "…/…"})
    assert faults(answer, 400, "nothing-to-search") == {("q", "nothing-to-search")}


async def test_a_wrong_parameter_is_named(registry: House) -> None:
    client = public(registry)
    for parameter, value, code in (
        ("within", "3204050", "not-a-region-code"),
        ("within", "32.99", "region-unknown"),
        ("level", "desa", "enum"),
        ("name", "Kediri", "unknown-parameter"),
        ("q", "k", "string-too-short"),
        ("limit", "201", "less-than-equal"),
        ("cursor", "aGFsbG8", "cursor-not-of-this-list"),
    ):
        answer = await client.get("/v1/regions", params={parameter: value})
        assert answer.status_code == 400
        assert [(fault["parameter"], fault["code"]) for fault in answer.json()["errors"]] == [(parameter, code)]


async def test_pages_of_two_thousand_equal_names_lose_none_and_repeat_none(registry: House) -> None:
    rows = two_thousand_of_one_name()
    await load(registry, rows)
    client = public(registry)
    codes = [row.code for row in rows]
    assert (await all_pages(client, "/v1/regions", q="rawa uji")) == codes
    assert (await all_pages(client, "/v1/regions/32.04.99/children")) == codes[1:]
    first = await client.get("/v1/regions?q=rawa%20uji&limit=1&count=true")
    assert first.json()["count"] == len(codes)
    following = first.headers["Link"].removeprefix("<").partition(">")[0]
    assert [item["code"] for item in record(await client.get(following))["items"]] == [codes[1]]


async def test_a_cursor_is_good_for_its_own_list_and_filters_only(registry: House) -> None:
    client = public(registry)
    cursor = record(await client.get("/v1/regions/32.04/children?limit=1"))["next"]
    for other in ("/v1/regions/32/children", "/v1/regions", "/v1/regions?within=32.04"):
        answer = await client.get(other, params=dict(httpx.URL(other).params) | {"cursor": cursor})
        assert faults(answer, 400, "cursor-not-of-this-list") == {("cursor", "cursor-not-of-this-list")}


async def test_regions_need_a_token(registry: House) -> None:
    async with httpx.AsyncClient(base_url=registry.url("registry"), trust_env=False) as nobody:
        for address in ("/v1/regions", "/v1/regions/32", "/v1/regions/32/children", "/v1/regions/32/history"):
            problem(await nobody.get(address), 401, "unauthorized")
