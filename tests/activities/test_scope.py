"""Who sees and changes what: held in the area or led from it can be read, led from it can be changed, the rest is 404."""

from typing import Any

import httpx

from tests.activities.test_steps import BODIES
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World
from tests.house import until

READ, CHANGE, NOTHING = "reads", "changes", "sees nothing"


async def _power(world: World, record: dict[str, Any], client: httpx.AsyncClient) -> str:
    """What a caller can do with a record: by GET, history, list, count, search and PATCH, which must all agree."""
    address = f"/v1/activities/{record['id']}"
    statuses = {(await client.get(address)).status_code, (await client.get(f"{address}/history")).status_code}
    listed = (await client.get("/v1/activities", params={"count": True, "q": record["title"]})).json()
    assert listed["count"] == len(listed["items"])
    found = record["id"] in {item["id"] for item in listed["items"]}
    patched = (await world.step(record, "change", {}, client)).status_code
    if (statuses, found, patched) == ({200}, True, 200):
        return CHANGE
    if (statuses, found, patched) == ({200}, True, 403):
        return READ
    assert (statuses, found, patched) == ({404}, False, 404)
    return NOTHING


async def test_what_each_caller_may_see_and_change(world: World) -> None:
    own = await world.posted(world.planned(title="Di sini"))
    away = await world.posted(world.planned(title="Di Papua", village=PAPUA, co_organiser_ids=[str(world.far)]))
    guest = await world.posted(
        world.planned(title="Tamu", lead_institution_id=str(world.neighbour), co_organiser_ids=[str(world.helper)]),
        world.client("village-operator", NEXT_DISTRICT),
    )
    callers = {
        "own village": (world.client(), (CHANGE, CHANGE, READ)),
        "sibling village": (world.client("village-operator", NEXT_VILLAGE), (NOTHING, NOTHING, NOTHING)),
        "own district": (world.client("district-facilitator", "32.04.05"), (CHANGE, CHANGE, READ)),
        "sibling district": (world.client("district-facilitator", "32.04.06"), (NOTHING, NOTHING, CHANGE)),
        "regency": (world.client("regency-officer", "32.04"), (CHANGE, CHANGE, CHANGE)),
        "another regency": (world.client("regency-officer", "32.03"), (NOTHING,) * 3),
        "where it is held": (world.client("village-operator", PAPUA), (NOTHING, READ, NOTHING)),
        "integration of the nation": (world.client("integration", "ID"), (CHANGE, CHANGE, CHANGE)),
        "two areas": (world.client("village-operator", [PAPUA, NEXT_VILLAGE]), (NOTHING, READ, NOTHING)),
        "the lead itself": (world.client("institution-operator", HERE, institution=world.lead), (CHANGE, CHANGE, NOTHING)),
        "a co-organiser": (world.client("institution-operator", HERE, institution=world.helper), (NOTHING, NOTHING, READ)),
        "a stranger of the village": (world.client("institution-operator", HERE), (NOTHING,) * 3),
        "no area": (world.client("village-operator", []), (NOTHING,) * 3),
    }  # fmt: skip
    seen = {
        who: tuple([await _power(world, record, client) for record in (own, away, guest)])
        for who, (client, _) in callers.items()
    }
    assert seen == {who: expected for who, (_, expected) in callers.items()}


async def test_every_step_is_closed_to_others(world: World) -> None:
    made = await world.posted(world.planned(village=PAPUA))
    host, stranger = world.client("village-operator", PAPUA), world.client("village-operator", NEXT_VILLAGE)
    for step, body in BODIES.items():
        assert (await world.step(made, step, body, stranger)).status_code == 404, step
        refused = await world.step(made, step, body, host)
        assert refused.status_code == 403, step
        assert refused.json()["type"].endswith("lead-outside-your-area")
    assert await world.stored() == (1, 1)


async def test_roles_without_the_right_may_not_write_and_the_public_not_read(world: World) -> None:
    made = await world.posted(world.planned())
    for role in ("ministry", "province-officer"):
        client = world.client(role, "ID")
        assert (await client.post("/v1/activities", json=world.planned())).status_code == 403
        assert (await client.get(f"/v1/activities/{made['id']}")).status_code == 200
    public = world.client("public", "ID")
    assert (await public.get("/v1/activities")).status_code == 403
    assert (await public.get("/v1/events")).status_code == 403
    late = {"Wahana-At-Least": f"registry/{world.lead}@99", "If-Match": '"1"'}
    for client in (public, world.client("ministry", "ID")):
        # Not 409 after the wait: who may not act does not wait.
        assert (await client.post("/v1/activities", json=world.planned(), headers=late)).status_code == 403
        assert (await client.patch(f"/v1/activities/{made['id']}", json={}, headers=late)).status_code == 403
    anonymous = httpx.AsyncClient(base_url=world.house.url("activities"), trust_env=False)
    async with anonymous:
        assert (await anonymous.get("/v1/activities")).status_code == 401
        body = world.planned()
        named = {"Wahana-At-Least": f"registry/{world.lead}@99"}
        assert (await anonymous.post("/v1/activities", json=body, headers=named)).status_code == 401


async def test_the_feed_shows_what_is_held_in_the_area_or_led_from_it(world: World) -> None:
    own = await world.posted(world.planned(title="Di sini"))
    away = await world.posted(world.planned(title="Di Papua", village=PAPUA))
    await world.step(own, "change", {"title": "Di sini saja"})
    await until(lambda: _published(world), "the outbox is published")

    async def subjects(client: httpx.AsyncClient) -> list[str]:
        feed = (await client.get("/v1/events")).json()
        assert feed["next"] == 3
        return [item["subject"] for item in feed["items"]]

    everything = [own["id"], away["id"], own["id"]]
    assert await subjects(world.client("ministry", "ID")) == everything
    assert await subjects(world.client()) == everything
    assert await subjects(world.client("village-operator", PAPUA)) == [away["id"]]
    assert await subjects(world.client("village-operator", NEXT_VILLAGE)) == []
    after = (await world.client().get("/v1/events", params={"after": 2, "type": "activities.activity.v1"})).json()
    assert [(item["position"], item["sequence"]) for item in after["items"]] == [(3, 2)]


async def test_the_feed_tells_both_areas_of_an_activity_that_left_one(world: World) -> None:
    """Its village moves to another district, then its lead hands over: each time the area left behind is told too."""
    regency = world.client("district-facilitator", "32.04")
    here, there = world.client(), world.client("village-operator", NEXT_DISTRICT)
    made = await world.posted(world.planned(village=NEXT_VILLAGE), regency)
    moved = (await world.step(made, "change", {"village": PAPUA}, regency)).json()
    handed = (await world.step(moved, "change", {"lead_institution_id": str(world.neighbour)}, regency)).json()
    await world.step(handed, "cancellation", {"reason": "Banjir"}, regency)
    await until(lambda: _published(world), "the outbox is published")

    async def sequences(client: httpx.AsyncClient) -> list[int]:
        return [item["sequence"] for item in (await client.get("/v1/events")).json()["items"]]

    assert await sequences(world.client("village-operator", NEXT_VILLAGE)) == [1, 2], "left by its village"
    assert await sequences(world.client("village-operator", PAPUA)) == [2, 3, 4]
    assert await sequences(here) == [1, 2, 3], "left by its lead"
    assert await sequences(there) == [1, 2, 3, 4], "its lead now has its seat here"


async def test_a_correction_tells_the_area_it_left_too(world: World) -> None:
    made = await world.posted(world.held(village=NEXT_VILLAGE))
    await world.step(made, "correction", {"reason": "Salah desa", "village": PAPUA})
    await until(lambda: _published(world), "the outbox is published")
    left = (await world.client("village-operator", NEXT_VILLAGE).get("/v1/events")).json()["items"]
    assert [item["sequence"] for item in left] == [1, 2]


async def _published(world: World) -> bool:
    rows = await world.house.fetch("activities", "SELECT count(*) AS n FROM outbox WHERE feed_position IS NULL")
    return not rows[0]["n"]
