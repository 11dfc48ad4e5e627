"""Who reads what is posted: each scope against callers of the own, a sibling, a parent and another area, and each role."""

from typing import Any
from uuid import UUID

import httpx

from services.registry.regions import identity
from tests.activities.exchanging import OTHER_REGENCY, Exchanging, institution, network, slug, step
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, faults

SCOPES = ("village", "district", "regency", "network", "public")
NOUNS = ("needs", "offers", "experiences")


def _callers(groups: Exchanging) -> dict[str, tuple[httpx.AsyncClient, str]]:
    """Each caller and the scopes it reads, by their first letters; `helper` posts from HERE."""
    world, as_ = groups.world, groups.client
    return {
        "own village": (as_(), "vdrnp"),
        "sibling village, where the network works": (as_("village-operator", NEXT_VILLAGE), "drnp"),
        "village of the district that nothing ties": (as_("village-operator", "32.04.05.2003"), "drp"),
        "own district": (as_("district-facilitator", "32.04.05"), "vdrnp"),
        "village of a member in the next district": (as_("village-operator", NEXT_DISTRICT), "rnp"),
        "village of the next district": (as_("village-operator", "32.04.06.2002"), "rp"),
        "next district": (as_("district-facilitator", "32.04.06"), "rnp"),
        "own regency": (as_("regency-officer", "32.04"), "vdrnp"),
        "another regency": (as_("regency-officer", "32.03"), "p"),
        "village of another regency": (as_("village-operator", OTHER_REGENCY), "p"),
        "own province": (as_("province-officer", "32"), "vdrnp"),
        "another province": (as_("province-officer", "94"), "p"),
        "the nation": (as_("ministry", "ID"), "vdrnp"),
        "a machine of the village": (as_("integration", HERE), "vdrnp"),
        "two areas": (as_("village-operator", [PAPUA, "32.04.06.2002"]), "rp"),
        "no area": (as_("village-operator", []), "p"),
        "the poster": (as_("institution-operator", HERE, institution=world.helper), "vdrnp"),
        "an institution of the village": (as_("institution-operator", HERE, institution=world.lead), "vdrp"),
        "an institution of the district": (as_("institution-operator", NEXT_VILLAGE, institution=groups.sibling), "drp"),
        "a member in the regency": (as_("institution-operator", NEXT_DISTRICT, institution=world.neighbour), "rnp"),
        "an institution far away": (as_("institution-operator", PAPUA, institution=world.far), "p"),
        "an operator of none": (as_("institution-operator", HERE), "p"),
        "the public": (as_("public", "ID"), "p"),
        "the public of the village": (as_("public", HERE), "p"),
    }  # fmt: skip


async def _read(client: httpx.AsyncClient, noun: str, records: dict[str, dict[str, Any]]) -> str:
    """The scopes of what a caller reads, by list and count; of needs by GET, history's neighbour and search too."""
    listed = (await client.get(f"/v1/{noun}", params={"count": True})).json()
    assert listed["count"] == len(listed["items"])
    scopes = {item["scope"] for item in listed["items"]}
    if noun == "needs":
        got = {s for s, one in records.items() if (await client.get(f"/v1/{noun}/{one['id']}")).status_code == 200}
        found = (await client.get(f"/v1/{noun}", params={"q": "banjir"})).json()
        assert scopes == got == {item["scope"] for item in found["items"]}
    return "".join(scope[0] for scope in SCOPES if scope in scopes)


async def test_each_scope_is_read_by_whom_it_reaches(exchanging: Exchanging) -> None:
    callers = _callers(exchanging)
    in_order = {who: "".join(letter for letter in "vdrnp" if letter in scopes) for who, (_, scopes) in callers.items()}
    records: dict[str, dict[str, dict[str, Any]]] = {}
    for noun in NOUNS:
        body = getattr(exchanging, noun.removesuffix("s"))
        own = {"poster": institution(exchanging.world.helper)}
        to_network = {"network": {"network_id": str(exchanging.network)}}
        records[noun] = {
            scope: await exchanging.post(noun, body(**own, scope=scope, **to_network.get(scope, {})))
            for scope in SCOPES
        }
        seen = {who: await _read(client, noun, records[noun]) for who, (client, _) in callers.items()}
        assert seen == in_order, noun

    # Nobody changes what others posted: 404 for what is not read, 403 for what is and for who may write nothing.
    mine = {"own village", "own district", "own regency", "a machine of the village", "the poster"}
    reading = {"the nation", "own province", "another province", "the public", "the public of the village"}
    for who, (client, scopes) in callers.items():
        answer = await step(client, "needs", records["needs"]["district"], "change", {})
        expected = 200 if who in mine else 403 if who in reading or "d" in scopes else 404
        assert answer.status_code == expected, (who, answer.text)


async def test_a_network_reads_and_posts_as_one(exchanging: Exchanging) -> None:
    """A network of two villages posts to its members from one of them; another network's posting does not reach it."""
    from_network = exchanging.need(
        poster=network(exchanging.network), scope="network", network_id=str(exchanging.network)
    )
    missing = await exchanging.client().post("/v1/needs", json=from_network)
    assert faults(missing) == [("/village", "missing")]
    made = await exchanging.post("needs", {**from_network, "village": HERE}, exchanging.client())
    assert made["poster"] == {"organisation": "network", "id": str(exchanging.network), "name": "WKSBM Rukun"}
    member = exchanging.client("institution-operator", HERE, institution=exchanging.world.helper)
    stranger = exchanging.client("institution-operator", HERE, institution=exchanging.world.lead)
    assert (await member.get(f"/v1/needs/{made['id']}")).status_code == 200
    assert (await stranger.get(f"/v1/needs/{made['id']}")).status_code == 404
    # A village that it is about and where the network has nobody does not read it.
    await exchanging.world.announcer.regions("32.04.05.2003")
    await exchanging.world.announcer.arrived()
    about = exchanging.need(scope="network", network_id=str(exchanging.network), village="32.04.05.2003")
    elsewhere = await exchanging.post("needs", about)
    bystander = exchanging.client("village-operator", "32.04.05.2003")
    assert (await bystander.get(f"/v1/needs/{elsewhere['id']}")).status_code == 404
    # Both villages of its territory act for it; the village of a member does not.
    assert (await step(exchanging.sister, "needs", made, "change", {})).status_code == 200
    assert slug(await step(exchanging.there, "needs", made, "change", {})) == "posted-by-others"
    answer = {"by": network(exchanging.network), "message": "Kami bantu."}
    told = await exchanging.post("needs", exchanging.need(poster=institution(exchanging.world.lead), scope="village"))
    assert (await exchanging.client().post(f"/v1/needs/{told['id']}/answer", json=answer)).status_code == 201


async def test_who_left_the_network_or_the_village_reads_no_longer(exchanging: Exchanging) -> None:
    world = exchanging.world
    to_network = await exchanging.post("needs", exchanging.need(scope="network", network_id=str(exchanging.network)))
    to_village = await exchanging.post("needs", exchanging.need(poster=institution(world.lead), scope="village"))
    member = exchanging.client("institution-operator", NEXT_DISTRICT, institution=world.neighbour)
    helper = exchanging.client("institution-operator", HERE, institution=world.helper)
    assert (await member.get(f"/v1/needs/{to_network['id']}")).status_code == 200
    assert (await helper.get(f"/v1/needs/{to_village['id']}")).status_code == 200
    told = world.announcer
    rows = await world.house.fetch(
        "activities", "SELECT id FROM known_network_membership WHERE institution_id = $1", world.neighbour
    )
    await told.network_membership(
        exchanging.network,
        world.neighbour,
        id=UUID(str(rows[0]["id"])),
        sequence=2,
        spells=[("2020-01-01", "2026-02-01")],
    )
    await told.institution(PAPUA, id=world.helper, sequence=2, name="KUBE Melati")
    await told.arrived()
    assert (await member.get(f"/v1/needs/{to_network['id']}")).status_code == 404
    assert (await helper.get(f"/v1/needs/{to_village['id']}")).status_code == 404
    # Its own posting it keeps reading, and its new village reads it for it.
    assert (await helper.get(f"/v1/needs/{to_network['id']}")).status_code == 200
    there = exchanging.client("village-operator", PAPUA)
    assert (await step(there, "needs", to_network, "change", {})).status_code == 200


async def test_a_recoded_village_keeps_its_postings_within_reach(exchanging: Exchanging) -> None:
    made = await exchanging.post("needs", exchanging.need(scope="village"))
    await exchanging.world.announcer.region("32.04.40.2001", first_code=HERE, sequence=2)
    await exchanging.world.announcer.arrived()
    renamed = exchanging.client("village-operator", "32.04.40.2001")
    read = (await renamed.get(f"/v1/needs/{made['id']}")).json()
    assert (read["village"], read["village_id"]) == ("32.04.40.2001", str(identity.region_id(HERE)))
    neighbour = exchanging.client("village-operator", "32.04.05.2003")
    assert (await neighbour.get(f"/v1/needs/{made['id']}")).status_code == 404


async def test_for_whom_nobody_may_post(exchanging: Exchanging) -> None:
    """Another area's organisation is answered like one that nobody has; a network's poster is one of its members."""
    nobody = "01890000-0000-7000-8000-000000000000"
    own = exchanging.client("institution-operator", HERE, institution=exchanging.world.helper)
    here = exchanging.client()
    cases: list[tuple[httpx.AsyncClient, dict[str, Any], list[tuple[str, str]]]] = [
        (here, {"poster": institution(nobody)}, [("/poster/id", "institution-unknown")]),
        (here, {"poster": institution(exchanging.sibling)}, [("/poster/id", "institution-unknown")]),
        (here, {"poster": network(nobody)}, [("/poster/id", "network-unknown")]),
        (exchanging.there, {"poster": network(exchanging.network)}, [("/poster/id", "network-unknown")]),
        (own, {"poster": institution(exchanging.world.lead)}, [("/poster/id", "institution-unknown")]),
        (own, {"poster": network(exchanging.network)}, [("/poster/id", "network-unknown")]),
        (here, {"poster": {"organisation": "partner", "id": nobody}}, [("/poster/organisation", "literal-error")]),
        (here, {"village": NEXT_VILLAGE}, [("/village", "village-outside-your-area")]),
        (here, {"village": "32.04.05.2999"}, [("/village", "region-unknown")]),
        (here, {"scope": "network"}, [("/network_id", "missing")]),
        (here, {"network_id": str(exchanging.network)}, [("/network_id", "network-without-scope")]),
        (here, {"poster": institution(exchanging.world.lead), "scope": "network", "network_id": str(exchanging.network)},
         [("/network_id", "network-unknown")]),
        (here, {"scope": "network", "network_id": nobody}, [("/network_id", "network-unknown")]),
        (here, {"needed_until": "2026-03-14"}, [("/needed_until", "already-over")]),
        (here, {"title": "", "text": " "}, [("/text", "string-too-short"), ("/title", "string-too-short")]),
    ]  # fmt: skip
    for client, changes, expected in cases:
        answer = await client.post("/v1/needs", json=exchanging.need(**changes))
        assert answer.status_code == 422, (changes, answer.text)
        assert sorted(faults(answer)) == expected, (changes, answer.text)
    assert (await exchanging.world.stored())[1] == 0
    assert (await here.post("/v1/needs", json=exchanging.need(needed_until="2026-03-15"))).status_code == 201
    for role in ("ministry", "public", "province-officer"):
        assert (await exchanging.client(role, "ID").post("/v1/needs", json=exchanging.need())).status_code == 403
