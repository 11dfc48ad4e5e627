"""Who sees benefits and referrals, what lists show of them, and that whoever is shown certain kinds is noted."""

from typing import Any

import httpx

from tests.activities.helping import WHY, Helping, by, person
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World

READ, CHANGE, NOTHING = "reads", "changes", "sees nothing"


async def _power(helping: Helping, record: dict[str, Any], client: httpx.AsyncClient) -> str:
    """What a caller can do with a record: by GET, history, list, count and correction, which must all agree."""
    address = f"/v1/{'referrals' if 'partner_id' in record else 'benefits'}"
    one = f"{address}/{record['id']}"
    statuses = {(await client.get(one)).status_code, (await client.get(f"{one}/history")).status_code}
    listed = (await client.get(address, params={"count": True, "beneficiary": record["beneficiary"]["id"]})).json()
    assert listed["count"] == len(listed["items"])
    found = record["id"] in {item["id"] for item in listed["items"]}
    changed = (await helping.step(record, "correction", WHY, client)).status_code
    if (statuses, found, changed) == ({200}, True, 200):
        return CHANGE
    if (statuses, found, changed) == ({200}, True, 403):
        return READ
    assert (statuses, found, changed) == ({404}, False, 404)
    return NOTHING


async def test_what_each_caller_may_see_and_change(helping: Helping) -> None:
    world = helping.world
    own = await helping.stored(helping.benefit())
    away = await helping.stored(helping.benefit(village=PAPUA))
    network = await helping.stored(helping.benefit(giver=by("network", helping.network)))
    office = await helping.stored(helping.benefit(giver=by("partner", helping.office)))
    sent_on = await helping.stored(helping.referral(village=NEXT_DISTRICT))
    records = (own, away, network, office, sent_on)
    callers = {
        "own village": (world.client(), (CHANGE,) * 5),
        "sibling village": (world.client("village-operator", NEXT_VILLAGE), (NOTHING,) * 5),
        "own district": (world.client("district-facilitator", "32.04.05"), (CHANGE,) * 5),
        "sibling district": (world.client("district-facilitator", "32.04.06"), (NOTHING,) * 4 + (READ,)),
        "regency": (world.client("regency-officer", "32.04"), (CHANGE,) * 5),
        "another regency": (world.client("regency-officer", "32.03"), (NOTHING,) * 5),
        "where it was given": (world.client("village-operator", PAPUA), (NOTHING, READ, NOTHING, NOTHING, NOTHING)),
        "the giver itself": (world.client("institution-operator", HERE, institution=world.lead),
                             (CHANGE, CHANGE, NOTHING, NOTHING, CHANGE)),
        "another institution": (world.client("institution-operator", HERE, institution=world.helper), (NOTHING,) * 5),
        "an operator of none": (world.client("institution-operator", HERE), (NOTHING,) * 5),
        "no area": (world.client("village-operator", []), (NOTHING,) * 5),
    }  # fmt: skip
    seen = {
        who: tuple([await _power(helping, record, client) for record in records])
        for who, (client, _) in callers.items()
    }
    assert seen == {who: expected for who, (_, expected) in callers.items()}


async def test_every_step_is_closed_to_others_and_an_operator_gives_for_its_own_only(helping: Helping) -> None:
    world = helping.world
    benefit = await helping.stored(helping.benefit(village=PAPUA))
    referral = await helping.stored(helping.referral(village=PAPUA))
    answer = {"state": "diterima", "answered_on": "2026-03-12"}
    steps = [(benefit, "correction", WHY), (benefit, "voiding", WHY), (referral, "answer", answer),
             (referral, "correction", WHY), (referral, "voiding", WHY)]  # fmt: skip
    before = await helping.counted()
    host, stranger = world.client("village-operator", PAPUA), world.client("village-operator", NEXT_VILLAGE)
    for record, step, body in steps:
        assert (await helping.step(record, step, body, stranger)).status_code == 404, step
        refused = await helping.step(record, step, body, host)
        assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (403, "giver-outside-your-area")
    for client in (
        world.client("ministry", "ID"),
        world.client("province-officer", "32"),
        world.client("public", "ID"),
    ):
        for address in (
            f"/v1/benefits/{benefit['id']}",
            "/v1/benefits",
            f"/v1/referrals/{referral['id']}",
            "/v1/referrals",
        ):
            assert (await client.get(address)).status_code == 403
        assert (await helping.sent(helping.benefit(), client)).status_code == 403
    own = world.client("institution-operator", HERE, institution=world.helper)
    told = []
    for giver in (by("institution", world.lead), by("network", helping.network), by("partner", helping.office)):
        refused = await helping.sent(helping.benefit(giver=giver), own)
        told.append((refused.status_code, refused.json()["errors"][0]["code"]))
    assert told == [(422, "institution-unknown"), (422, "network-unknown"), (422, "partner-unknown")]
    assert await helping.counted() == before
    assert (await helping.sent(helping.benefit(giver=by("institution", world.helper)), own)).status_code == 201


async def test_kinds_that_are_protected_most_are_shown_one_by_one_and_each_time_noted(helping: Helping) -> None:
    world, officer = helping.world, helping.world.client("regency-officer", "32.04", sub="petugas")
    for noun, make in (("benefits", helping.benefit), ("referrals", helping.referral)):
        secret = await helping.stored(make(ppks_kinds=["LUT", "ODHA"]))
        open_ = await helping.stored(make(beneficiary=person(helping.child), ppks_kinds=["AT"]))
        listed = {one["id"]: one["ppks_kinds"] for one in (await officer.get(f"/v1/{noun}")).json()["items"]}
        assert {one["id"]: listed[one["id"]] for one in (secret, open_)} == {secret["id"]: None, open_["id"]: ["AT"]}
        assert [entry["action"] for entry in await helping.entries(secret["id"])][1:] == []

        one = f"/v1/{noun}/{secret['id']}"
        assert (await officer.get(one)).json()["ppks_kinds"] == ["LUT", "ODHA"]
        await officer.get(f"{one}/history")
        narrowed = (await officer.get(f"/v1/{noun}", params={"kind": "ODHA"})).json()["items"]
        assert [one["ppks_kinds"] for one in narrowed if "partner_id" in one or one["help"] == "uang"] == [
            ["LUT", "ODHA"]
        ]
        cured = (await helping.step(secret, "correction", WHY | {"ppks_kinds": ["LUT"]}, officer)).json()
        assert cured["ppks_kinds"] == ["LUT"]
        await officer.get(one)
        await officer.get(f"{one}/history")  # which still tells what it was
        seen = [entry for entry in await helping.entries(secret["id"]) if entry["action"] == "seen"]
        assert [(entry["disclosed"], entry["actor"]) for entry in seen] == [(["ppks_kinds"], "petugas")] * 4
        assert {entry["action"] for entry in await helping.entries(open_["id"])} <= {"delivered", "made"}
        # Those of the area read in the trail that it was seen, and not what.
        trail = await officer.get("/v1/audit-entries", params={"limit": 200})
        assert trail.status_code == 200
        assert "ODHA" not in trail.text
        assert secret["id"] in trail.text
    assert (await world.client("regency-officer", "31.71").get("/v1/audit-entries")).json()["items"] == []


async def test_lists_are_narrowed_by_place_people_kind_and_day(helping: Helping) -> None:
    world = helping.world
    bodies: dict[str, dict[str, Any]] = {
        "old": {"given_on": "2026-01-05"},
        "rice": {"help": "barang", "given_on": "2026-02-05"},
        "child": {"beneficiary": person(helping.child), "ppks_kinds": ["AT", "ADK"], "village": NEXT_VILLAGE},
        "family": {"beneficiary": {"unit": "keluarga", "id": str(helping.family)}, "ppks_kinds": ["FM"]},
        "network": {"giver": by("network", helping.network), "given_on": "2026-03-11"},
    }
    names = {(await helping.stored(helping.benefit(**body)))["id"]: name for name, body in bodies.items()}
    wrong = await helping.stored(helping.benefit(value=1))
    await helping.step(wrong, "voiding", WHY)
    names[wrong["id"]] = "wrong"
    client = world.client()

    async def found(**filters: Any) -> list[str]:
        answer = await client.get("/v1/benefits", params=filters)
        assert answer.status_code == 200, answer.text
        return [names[one["id"]] for one in answer.json()["items"]]

    assert await found() == ["network", "family", "child", "rice", "old"]
    assert await found(sort="given_on", limit=2) == ["old", "rice"]
    assert await found(region=NEXT_VILLAGE.replace(".", "")) == ["child"]
    assert await found(kind="ADK") == ["child"]
    assert await found(beneficiary=str(helping.elder), help="uang") == ["network", "old"]
    assert await found(unit="keluarga") == ["family"]
    assert await found(giver=str(helping.network)) == ["network"]
    assert await found(given_from="2026-02-05", given_until="2026-03-10") == ["family", "child", "rice"]
    assert await found(voided="true") == ["wrong"]
    assert await found(changed_since="2026-03-15T12:00:01Z") == []
    assert (await client.get("/v1/benefits", params={"region": "32.99"})).json()["type"].endswith("region-unknown")
    wrong_way = await client.get("/v1/benefits", params={"given_from": "2026-02-02", "given_until": "2026-02-01"})
    assert wrong_way.status_code == 400
    pages: list[list[str]] = []
    cursor = None
    while cursor or not pages:
        page = (await client.get("/v1/benefits", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        pages.append([names[one["id"]] for one in page["items"]])
        cursor = page["next"]
    assert pages == [["network", "family"], ["child", "rice"], ["old"]]


async def test_records_follow_the_seat_of_their_giver(helping: Helping) -> None:
    world: World = helping.world
    made = [await helping.stored(make()) for make in (helping.benefit, helping.referral)]
    await world.announcer.institution(NEXT_DISTRICT, id=world.lead, sequence=2)
    await world.announcer.arrived()
    for record in made:
        assert await _power(helping, record, world.client()) == READ
        assert await _power(helping, record, world.client("village-operator", NEXT_DISTRICT)) == CHANGE
