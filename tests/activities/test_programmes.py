"""Programmes: whose they may be, what may belong to them, what was planned against what was done, and who sees them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.world import BALI, HERE, NEXT_DISTRICT, PAPUA, World, faults
from tests.house import House

WHY = {"reason": "Salah catat"}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_world(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[World]:
    """Activities without its worker: nothing is published."""
    clock = SettableClock(datetime(2026, 3, 15, 12, tzinfo=UTC))
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as house:
        yield await World.made(house, Announcer(house, None))


@pytest_asyncio.fixture(loop_scope="module")
async def world(shared_world: World) -> World:
    """The same, with institutions of the test's own."""
    tell = shared_world.announcer
    made = World(
        shared_world.house, tell, await tell.institution(HERE, name="Arisan Mawar"),
        await tell.institution(HERE, name="KUBE Melati"), await tell.institution(NEXT_DISTRICT, name="Sinoman Sela"),
        shared_world.far,
    )  # fmt: skip
    await tell.arrived()
    return made


def programme(owner: UUID, kind: str = "institution", **changes: Any) -> dict[str, Any]:
    """A plan of 2026 with money of two sources."""
    return {
        "owner": {"organisation": kind, "id": str(owner)}, "year": 2026, "title": "Program Kerja 2026",
        "goal": "Semua lansia dikunjungi tiap bulan", "target_group": {"ppks_kinds": ["LUT"]},
        "budget": [{"source": "iuran", "value": 2_500_000}, {"source": "apbdes", "value": 1_000_000}],
    } | changes  # fmt: skip


async def drawn_up(world: World, body: dict[str, Any], client: httpx.AsyncClient | None = None) -> dict[str, Any]:
    answer = await (client or world.client()).post("/v1/programmes", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def step(world: World, one: dict[str, Any], name: str, body: dict[str, Any]) -> httpx.Response:
    """The answer to a step on the version that was read; `change` is the PATCH."""
    address, headers = f"/v1/programmes/{one['id']}", {"If-Match": f'"{one["sequence"]}"'}
    if name == "change":
        return await world.client().patch(address, json=body, headers=headers)
    return await world.client().post(f"{address}/{name}", json=body, headers=headers)


async def network(world: World, *villages: str, members: tuple[UUID, ...] = ()) -> UUID:
    one = await world.announcer.network(*villages)
    for member in members:
        await world.announcer.network_membership(one, member)
    await world.announcer.arrived()
    return one


async def test_a_programme_is_drawn_up_changed_and_told_in_its_history(world: World) -> None:
    made = await drawn_up(world, programme(world.lead))
    assert made["owner"] == {"organisation": "institution", "id": str(world.lead), "name": "Arisan Mawar"}
    assert (made["village"], made["year"], made["sequence"]) == (HERE, 2026, 1)
    again = await step(world, made, "change", {"goal": None, "budget": [{"source": "csr", "value": 0}]})
    assert again.json()["goal"] is None
    assert again.json()["budget"] == [{"source": "csr", "value": 0}]
    nothing = await step(world, again.json(), "change", {"title": "Program Kerja 2026"})
    assert nothing.json()["sequence"] == 2
    stale = await step(world, made, "change", {"title": "Lain"})
    assert stale.status_code == 412
    history = (await world.client().get(f"/v1/programmes/{made['id']}/history")).json()
    assert [entry["type"] for entry in history] == [
        "activities.programme.drawn_up.v1", "activities.programme.changed.v1",
    ]  # fmt: skip
    (first, _) = await world.events(made["id"])
    assert first["budget"] == [{"source": "iuran", "value": 2_500_000}, {"source": "apbdes", "value": 1_000_000}]


async def test_an_owner_has_several_programmes_of_a_year_but_no_title_twice(world: World) -> None:
    made = await drawn_up(world, programme(world.lead))
    other = await drawn_up(world, programme(world.lead, title="Lansia"))
    await drawn_up(world, programme(world.lead, year=2027))
    await drawn_up(world, programme(world.helper))
    for answer in (
        await world.client().post("/v1/programmes", json=programme(world.lead, title=" PROGRAM  kerja, 2026")),
        await step(world, other, "change", {"title": "program kerja 2026"}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:wahana:problem:programme-title-taken")
    taken = await world.client().post("/v1/programmes", json=programme(world.lead, title="Baru", id=made["id"]))
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:wahana:problem:id-taken")
    assert (await step(world, made, "voiding", WHY)).status_code == 200
    await drawn_up(world, programme(world.lead))


FAULTS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    (
        {"budget": [{"source": "csr", "value": 1}, {"source": "csr", "value": 2}]},
        ("/budget/1/source", "source-listed-twice"),
    ),
    ({"budget": [{"source": "iuran", "value": -1}]}, ("/budget/0/value", "greater-than-equal")),
    ({"budget": [{"source": "iuran", "value": 10.5}]}, ("/budget/0/value", "int-type")),
    ({"title": " — "}, ("/title", "title-without-letters")),
    ({"target_group": {}}, ("/target_group", "target-group-empty")),
    ({"owner": {"organisation": "partner", "id": str(UUID(int=1))}}, ("/owner/organisation", "literal-error")),
    ({"year": 2019}, ("/year", "owner-not-active-that-year")),
]


async def test_what_is_wrong_with_a_programme_is_named(world: World) -> None:
    before = await world.stored()
    for changes, fault in FAULTS:
        answer = await world.client().post("/v1/programmes", json=programme(world.lead) | changes)
        assert (answer.status_code, faults(answer)) == (422, [fault])
    assert await world.stored() == before


async def test_an_owner_outside_the_callers_area_is_answered_like_an_unknown_one(world: World) -> None:
    abroad = await network(world, BALI)
    owned = [
        (world.neighbour, "institution"),
        (UUID(int=7), "institution"),
        (abroad, "network"),
        (UUID(int=7), "network"),
    ]
    for owner, kind in owned:
        answer = await world.client().post("/v1/programmes", json=programme(owner, kind))
        assert (answer.status_code, faults(answer)) == (422, [("/owner/id", f"{kind}-unknown")])
        assert "Sinoman" not in answer.text


async def test_a_networks_programme_is_seen_from_every_village_of_its_territory_and_by_its_members(
    world: World,
) -> None:
    one = await network(world, HERE, NEXT_DISTRICT, members=(world.neighbour,))
    made = await drawn_up(world, programme(one, "network"))
    own = await drawn_up(world, programme(world.lead))

    async def seen(client: httpx.AsyncClient) -> set[str]:
        rows = (await client.get("/v1/programmes", params={"sort": "-changed_at", "limit": 200})).json()["items"]
        return {row["id"] for row in rows} & {made["id"], own["id"]}

    there = world.client(area=NEXT_DISTRICT)
    member = world.client("institution-operator", NEXT_DISTRICT, institution=str(world.neighbour))
    assert await seen(there) == await seen(member) == {made["id"]}
    assert await seen(world.client(area=BALI)) == set()
    assert await seen(world.client("regency-officer", "32.04")) == {made["id"], own["id"]}
    for address in ("", "/history", "/progress"):
        assert (await there.get(f"/v1/programmes/{own['id']}{address}")).status_code == 404
    headers = {"If-Match": '"1"'}
    refused = await member.patch(f"/v1/programmes/{made['id']}", json={"goal": "Lain"}, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:wahana:problem:programme-of-another-owner")
    assert (
        await there.patch(f"/v1/programmes/{made['id']}", json={"goal": "Lain"}, headers=headers)
    ).status_code == 200


async def test_lists_are_narrowed_and_sorted(world: World) -> None:
    here, there = [await world.announcer.institution(PAPUA) for _ in range(2)]
    await world.announcer.arrived()
    client = world.client(area=PAPUA)
    for title, year in (("Lumbung", 2026), ("Arisan", 2026), ("Bersih desa", 2025)):
        await drawn_up(world, programme(here, title=title, year=year), client)
    await drawn_up(world, programme(there, title="Arisan KUBE"), client)

    async def titles(**query: Any) -> list[str]:
        answer = await client.get("/v1/programmes", params=query)
        assert answer.status_code == 200, answer.text
        return [row["title"] for row in answer.json()["items"]]

    assert await titles(sort="title") == ["Arisan", "Arisan KUBE", "Bersih desa", "Lumbung"]
    assert await titles(sort="year") == ["Bersih desa", "Arisan", "Arisan KUBE", "Lumbung"]
    assert await titles(q="arisn", sort="title") == ["Arisan", "Arisan KUBE"]
    assert await titles(owner_id=str(here), year=2026, sort="title") == ["Arisan", "Lumbung"]
    assert await titles(region="51.08") == []
    assert await titles(region="9401012001", year=2025) == ["Bersih desa"]
    assert await titles(voided=True) == await titles(owner_kind="network") == []
    page = (await client.get("/v1/programmes", params={"sort": "title", "limit": 3, "count": True})).json()
    rest = (await client.get("/v1/programmes", params={"sort": "title", "limit": 3, "cursor": page["next"]})).json()
    assert (page["count"], [row["title"] for row in rest["items"]]) == (4, ["Lumbung"])


async def test_an_activity_belongs_to_a_programme_of_its_year_and_of_its_lead_or_the_leads_network(
    world: World,
) -> None:
    own = await drawn_up(world, programme(world.lead))
    of_network = await drawn_up(world, programme(await network(world, HERE, members=(world.lead,)), "network"))
    for one in (own, of_network):
        assert (await world.posted(world.planned(programme_id=one["id"])))["programme_id"] == one["id"]
    later = {"planned_from": "2026-12-31", "planned_until": "2027-01-01"}
    helper = str(world.helper)
    for changes, code in (
        ({"plan": later}, "programme-of-another-year"),
        ({"lead_institution_id": helper}, "programme-not-of-the-lead"),
        ({"programme_id": str(UUID(int=9))}, "programme-unknown"),
    ):
        answer = await world.client().post(
            "/v1/activities", json=world.planned(**{"programme_id": own["id"], **changes})
        )
        assert (answer.status_code, faults(answer)) == (422, [("/programme_id", code)])


async def test_progress_compares_what_was_planned_with_what_was_done_by_month_kind_and_source(world: World) -> None:
    one = await drawn_up(world, programme(world.lead))
    mine = {"programme_id": one["id"]}
    await world.posted(world.planned(**mine))
    dropped = await world.posted(world.planned(kind="kesehatan", **mine))
    await world.step(dropped, "cancellation", {"reason": "Hujan terus"})
    # Planned for February and held in March; held without a plan; an entry error; and another's.
    held = world.planned(**mine)["plan"] | {"planned_from": "2026-02-20", "planned_until": "2026-02-20"}
    done = await world.posted(world.held(plan=held, **mine) | {"plan": held})
    await world.posted(world.held(kind="kesehatan", **mine))
    voided = await world.posted(world.held(**mine))
    await world.step(voided, "voiding", WHY)
    await world.posted(world.held())
    for source, value in (("iuran", 400_000), ("donasi_warga", 150_000)):
        answer = await world.client().post(
            "/v1/resources", json={"activity_id": done["id"], "source": source, "form": "tunai", "value": value,
                                   "received_on": "2026-03-01"},
        )  # fmt: skip
        assert answer.status_code == 201, answer.text
    progress = (await world.client().get(f"/v1/programmes/{one['id']}/progress")).json()
    assert progress["activities"] == {"planned": 3, "completed": 2, "cancelled": 1, "open": 1}
    assert len(progress["by_month"]) == 12
    months = {month.pop("month"): month for month in progress["by_month"]}
    assert months["2026-02"] == {"planned": 1, "completed": 0, "cancelled": 0, "open": 0}
    assert months["2026-03"] == {"planned": 2, "completed": 2, "cancelled": 1, "open": 1}
    assert progress["by_kind"] == [
        {"kind": "gotong_royong", "planned": 2, "completed": 1, "cancelled": 0, "open": 1},
        {"kind": "kesehatan", "planned": 1, "completed": 1, "cancelled": 1, "open": 0},
    ]
    assert progress["budget"] == [
        {"source": "iuran", "planned": 2_500_000, "contributed": 400_000, "difference": -2_100_000, "unvalued": 0},
        {"source": "donasi_warga", "planned": 0, "contributed": 150_000, "difference": 150_000, "unvalued": 0},
        {"source": "apbdes", "planned": 1_000_000, "contributed": 0, "difference": -1_000_000, "unvalued": 0},
    ]


async def test_a_programme_that_activities_belong_to_is_not_voided(world: World) -> None:
    one = await drawn_up(world, programme(world.lead))
    part = await world.posted(world.planned(programme_id=one["id"]))
    refused = await step(world, one, "voiding", WHY)
    assert (refused.status_code, refused.json()["activities"]) == (409, 1)
    assert (await world.step(part, "change", {"programme_id": None})).status_code == 200
    voided = await step(world, one, "voiding", WHY)
    assert voided.json()["voided"] is True
    answer = await world.client().post("/v1/activities", json=world.planned(programme_id=one["id"]))
    assert faults(answer) == [("/programme_id", "programme-unknown")]
    assert (await step(world, voided.json(), "change", {"goal": "Lain"})).status_code == 409


async def test_no_activity_joins_a_programme_while_it_is_being_voided(world: World) -> None:
    for _ in range(5):
        one = await drawn_up(world, programme(world.lead))
        joined, voided = await asyncio.gather(
            world.client().post("/v1/activities", json=world.planned(programme_id=one["id"])),
            step(world, one, "voiding", WHY),
        )
        assert (joined.status_code == 201) != (voided.status_code == 200)
        if voided.status_code != 200:
            await world.step(joined.json(), "voiding", WHY)
            assert (await step(world, one, "voiding", WHY)).status_code == 200
