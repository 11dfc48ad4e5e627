"""The list: filters, orders, pages that neither overlap nor lose rows, and parameters that make no sense."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.clock import SettableClock
from tests.activities.world import COMPLETION, HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World, faults

pytestmark = pytest.mark.without_worker


async def _titles(world: World, **filters: Any) -> list[str]:
    answer = await world.client("ministry", "ID").get("/v1/activities", params={"sort": "title", **filters})
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


async def test_filters_narrow_the_list(world: World, clock: SettableClock) -> None:
    nation = world.client("integration", "ID")
    await world.posted(world.planned(title="A rencana"), nation)
    await world.posted(world.held(title="B terlaksana", village=NEXT_DISTRICT, kind="pelatihan"), nation)
    clock.instant = datetime(2026, 3, 16, 12, tzinfo=UTC)
    far = await world.posted(world.held(title="C jauh", village=PAPUA, lead_institution_id=str(world.far)), nation)
    gone = await world.posted(world.planned(title="D salah"), nation)
    await world.step(gone, "voiding", {"reason": "Salah input"}, nation)
    late = COMPLETION | {"held_until": "2026-03-05"}
    await world.posted(world.held(title="E lama", completion=late), nation)
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "ABCE"),
        ({"voided": True}, "D"),
        ({"voided": False}, "ABCE"),
        ({"region": "32"}, "ABE"),
        ({"region": "3204052001"}, "AE"),
        ({"region": "ID"}, "ABCE"),
        ({"kind": "pelatihan"}, "B"),
        ({"status": "direncanakan"}, "A"),
        ({"lead_institution_id": str(world.far)}, "C"),
        ({"held_from": "2026-03-02"}, "E"),
        ({"held_until": "2026-03-04"}, "BC"),
        ({"held_from": "2026-03-01", "held_until": "2026-03-05"}, "BCE"),
        ({"planned_from": "2026-03-20", "planned_until": "2026-03-20"}, "A"),
        ({"planned_from": "2026-03-21"}, ""),
        ({"changed_since": "2026-03-16T00:00:00Z"}, "CE"),
        ({"changed_since": far["changed_at"]}, "CE"),
        ({"region": "32.04", "status": "selesai", "q": "lama"}, "E"),
    ]  # fmt: skip
    for filters, expected in cases:
        assert [title[0] for title in await _titles(world, **filters)] == list(expected), filters


async def test_search_forgives_accents_case_and_small_slips_and_takes_signs_literally(world: World) -> None:
    for title in ("Penyuluhan gizi balita", "Café sosial", "Diskon 50% beras", "Kerja_bakti"):
        await world.posted(world.planned(title=title))
    for q, expected in [
        ("GIZI", ["Penyuluhan gizi balita"]),
        ("penyuluan", ["Penyuluhan gizi balita"]),
        ("cafe", ["Café sosial"]),
        ("afé so", ["Café sosial"]),
        ("50%", ["Diskon 50% beras"]),
        ("a_b", ["Kerja_bakti"]),
        ("%%", []),
        ("\\\\", []),
        ("sepak bola", []),
    ]:  # fmt: skip
        assert await _titles(world, q=q) == expected, q


async def test_pages_show_each_row_once_in_every_order(world: World) -> None:
    operator = world.client()
    made = [
        (await world.posted(world.planned() if number % 3 else world.held(), operator))["id"] for number in range(20)
    ]
    for sort in ("day", "-day", "changed_at", "-changed_at", "title", "-title"):
        seen: list[str] = []
        address = f"/v1/activities?sort={sort}&limit=7&count=true"
        while address:
            answer = await operator.get(address)
            page = answer.json()
            assert page["count"] == 20
            seen += [item["id"] for item in page["items"]]
            address = answer.links.get("next", {}).get("url", "")
            assert bool(address) == bool(page["next"])
        assert len(seen) == 20, sort
        assert set(seen) == set(made), sort
    days = [item["completion"]["held_until"] if item["completion"] else item["plan"]["planned_until"]
            for item in (await operator.get("/v1/activities")).json()["items"]]  # fmt: skip
    assert days == sorted(days, reverse=True)


async def test_parameters_that_make_no_sense_are_named(world: World) -> None:
    operator = world.client()
    await world.posted(world.planned())
    await world.posted(world.planned())
    cursor = (await operator.get("/v1/activities", params={"limit": 1})).json()["next"]
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"region": ""}, ("region", "not-a-region-code")),
        ({"region": "99"}, ("region", "region-unknown")),
        ({"region": "Bandung"}, ("region", "not-a-region-code")),
        ({"kind": "arisan"}, ("kind", "enum")),
        ({"held_from": "01-03-2026"}, ("held_from", "date-malformed")),
        ({"held_from": "2026-03-02", "held_until": "2026-03-01"}, ("held_until", "end-before-start")),
        ({"planned_from": "2026-03-02", "planned_until": "2026-03-01"}, ("planned_until", "end-before-start")),
        ({"changed_since": "2026-03-02T00:00:00"}, ("changed_since", "timezone-aware")),
        ({"q": "a\u0000b"}, ("q", "control-character")),
        ({"q": "a"}, ("q", "string-too-short")),
        ({"sort": "kind"}, ("sort", "enum")),
        ({"limit": 201}, ("limit", "less-than-equal")),
        ({"wilayah": "32"}, ("wilayah", "unknown-parameter")),
        ({"cursor": "x"}, ("cursor", "cursor-not-of-this-list")),
        ({"cursor": cursor, "limit": 1, "kind": "gotong_royong"}, ("cursor", "cursor-not-of-this-list")),
    ]  # fmt: skip
    for params, expected in cases:
        answer = await operator.get("/v1/activities", params=params)
        assert answer.status_code == 400, (params, answer.text)
        assert faults(answer) == [expected], params
        if expected[0] == "region":
            assert answer.json()["type"].endswith(f":{expected[1]}")


async def test_a_region_in_which_nothing_happened_is_an_empty_list(world: World) -> None:
    await world.posted(world.planned())
    answer = await world.client("ministry", "ID").get("/v1/activities", params={"region": NEXT_VILLAGE, "count": True})
    assert answer.json() == {"items": [], "next": None, "count": 0}
    assert (await world.client().get("/v1/activities", params={"region": HERE})).json()["items"]


async def test_a_row_of_the_list_says_what_the_record_says_when_it_is_read(world: World) -> None:
    announcer, operator = world.announcer, world.client()
    network, value = await announcer.network(HERE), await announcer.cultural_value(HERE)
    await announcer.arrived()
    whole = world.planned(
        title='Kerja "bakti" \\ é', strategy="pemberdayaan", objective="Bersih\nsebelum hujan", partners=["PKK"],
        target_group={"members": True, "ppks_kinds": ["LUT"]}, co_organiser_ids=[str(world.helper)],
        target_institution_ids=[str(world.helper)], cultural_value_ids=[str(value)],
        parties=[{"organisation": "network", "id": str(network), "role": "pendukung"}],
        place={"latitude": -7, "longitude": 107.55611},
    )  # fmt: skip
    planned = await world.posted(whole)
    plan = {"planned_from": "2026-03-21", "planned_until": "2026-03-22"}
    await world.step(planned, "rescheduling", plan)
    held = await world.posted(world.held(place={"text": "Balai RW 05"}))
    resource = {
        "activity_id": held["id"],
        "source": "iuran",
        "form": "tunai",
        "value": 300_000,
        "received_on": "2026-03-01",
    }
    assert (await operator.post("/v1/resources", json=resource)).status_code == 201
    bare = {"held_from": "2026-03-01", "held_until": "2026-03-02"}
    await world.step(await world.posted(world.planned()), "completion", bare)
    await world.step(await world.posted(world.planned()), "cancellation", {"reason": "Hujan"})
    await world.step(await world.posted(world.held()), "voiding", {"reason": "Salah input"})
    shown = (await operator.get("/v1/activities", params={"voided": "any"})).json()["items"]
    assert len(shown) == 5
    for item in shown:
        read = (await operator.get(f"/v1/activities/{item['id']}")).json()
        assert item == read
        assert list(item) == list(read)
