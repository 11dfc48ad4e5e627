"""What a merger carries over on its day: members, places in networks, parts in agreements; officers' terms end."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from services.registry.institutions.merger_day import MERGER
from tests.house import House
from tests.registry.institutions import (
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    People,
    events,
    problem,
    record,
    registration,
    step,
    take,
)
from tests.registry.members import MEMBERSHIPS, OFFICERS, Members
from tests.registry.networks import network

DAY = "2026-02-01"
EVE = "2026-01-31"


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


def merger(successor: dict[str, Any]) -> dict[str, Any]:
    """A merger into a successor."""
    return {"successor_id": successor["id"], "on": DAY, "reason": "Musyawarah warga"}


async def read(people: People, institution: dict[str, Any]) -> dict[str, Any]:
    """The record as it stands now."""
    return record(await people.officer.get(f"/v1/institutions/{institution['id']}"))


async def next_door(people: People) -> dict[str, Any]:
    """A verified institution of the village beside it."""
    operator = people.house.client("registry", "village-operator", VILLAGE_NEXT)
    body = registration(name="Arisan Sebelah", village=VILLAGE_NEXT)
    draft = await take(operator, record(await operator.post("/v1/institutions", json=body), 201), "submission")
    return await take(people.officer, await take(people.facilitator, draft, "review"), "verification")


async def posted(people: People, collection: str, body: dict[str, Any]) -> dict[str, Any]:
    """A record that the regency's officer makes."""
    return record(await people.officer.post(f"/v1/{collection}", json=body), 201)


async def facts(people: People, *subjects: dict[str, Any]) -> list[list[str]]:
    """The facts that are told of each record, oldest first."""
    return [[e["type"].split(".")[2] for e in await events(people.house, one["id"])] for one in subjects]


async def test_members_go_over_on_that_day_and_who_is_there_stays(people: People) -> None:
    members = Members(people.house)
    first, second = await people.verified(name="Arisan Satu"), await people.verified(name="Arisan Dua")
    goes = await members.joined(institution=first)
    came_back = await members.person()
    old = await members.left(await members.joined(came_back, second, "2021-01-01"), "2022-01-01")
    gone = await members.joined(came_back, first, "2022-01-01")
    both = await members.person()
    stays = await members.joined(both, second, "2021-01-01")
    leaves = await members.joined(both, first)
    ended = await members.left(await members.joined(institution=first), "2024-07-01")
    await take(people.officer, await read(people, first), "merger", merger(second))

    async def spells(membership: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
        body = record(await members.operator.get(f"/v1/memberships/{membership['id']}"))
        return [(spell["joined_on"], spell["left_on"], spell["reason"]) for spell in body["spells"]]

    assert await spells(goes) == [("2021-03-01", DAY, MERGER)]
    assert await spells(gone) == [("2022-01-01", DAY, MERGER)]
    assert await spells(old) == [("2021-01-01", "2022-01-01", "Pindah ke luar kota"), (DAY, None, None)]
    assert await spells(leaves) == [("2021-03-01", DAY, MERGER)]
    assert await spells(stays) == [("2021-01-01", None, None)], "a member there already"
    assert (await spells(ended))[-1][1] == "2024-07-01"
    there = await members.listed(MEMBERSHIPS, institution=second["id"], on=DAY)
    assert {one["person_id"] for one in there} == {goes["person_id"], came_back["id"], both["id"]}
    assert await members.listed(MEMBERSHIPS, institution=first["id"], on=DAY) == []
    facts = {
        one["id"]: [e["type"].split(".")[2] for e in await events(people.house, one["id"])]
        for one in (goes, old, stays)
    }
    assert facts == {goes["id"]: ["joined", "left"], old["id"]: ["joined", "left", "rejoined"], stays["id"]: ["joined"]}
    lasting = await people.house.fetch("registry", "SELECT count(*) FROM membership_spell WHERE until IS NULL")
    assert lasting[0][0] == 3, "the table of days agrees"
    assert await unsaid(people) == []


async def test_who_joined_after_the_day_is_put_right_first(people: People) -> None:
    members = Members(people.house)
    first, second = await people.verified(), await people.verified()
    late = await members.joined(institution=first, on="2026-02-01")
    refused = problem(await step(people.officer, first, "merger", merger(second)), 409, "begun-after-merger")
    assert (refused["collection"], refused["ids"]) == ("memberships", [late["id"]])
    assert (await read(people, first))["operation"] == "aktif"


async def test_a_group_of_2500_goes_over_in_one_act(people: People) -> None:
    first, second = await people.verified(), await people.verified()
    await people.house.execute(
        "registry",
        f"""
        INSERT INTO person (id, sequence, name, sort_name, sex, birth_year, kept_village_id, kept_village_code, consents,
            erased, voided, registered_at, changed_at)
        SELECT gen_random_uuid(), 1, 'Warga ' || n, 'warga ' || n, 'P', 1980, '{first["village_id"]}', '{VILLAGE}', '[]',
            false, false, now(), now() FROM generate_series(1, 2500) n;
        INSERT INTO membership (id, sequence, person_id, institution_id, spells, voided, registered_at, changed_at)
        SELECT gen_random_uuid(), 1, id, '{first["id"]}', '[{{"since": "2021-03-01"}}]', false, now(), now() FROM person;
        INSERT INTO membership_spell (membership_id, since) SELECT id, '2021-03-01' FROM membership;
        """,
    )  # fmt: skip
    await take(people.officer, first, "merger", merger(second))
    rows = await people.house.fetch(
        "registry",
        "SELECT type, count(DISTINCT subject_id) AS n FROM outbox WHERE topic = 'registry.membership.v1' GROUP BY type",
    )
    assert {row["type"]: row["n"] for row in rows} == {
        "registry.membership.left.v1": 2500,
        "registry.membership.joined.v1": 2500,
    }
    page = record(await people.operator.get(f"/v1/memberships?institution={second['id']}&on={DAY}&count=true&limit=1"))
    assert page["count"] == 2500


async def unsaid(people: People) -> list[Any]:
    """Changes of which the audit trail does not tell what was changed. Those of parts stand in the parts' own entries."""
    query = "SELECT record_type, action FROM audit_entry WHERE before::text = '{}' AND action NOT LIKE '%s_changed'"
    return await people.house.fetch("registry", query)


async def test_its_officers_go_on_that_day_and_its_one_event_tells_it(people: People) -> None:
    members = Members(people.house)
    first, second = await people.verified(type="OSN"), await people.verified()
    person = await members.person()
    chair = await members.appointed(person, first)
    aide = await members.appointed(person, first, role="sekretaris", valid_until="2026-12-31")
    over = await members.appointed(person, first, role="bendahara", valid_until="2024-12-31")
    begins = await members.appointed(person, first, role="pembina", since=DAY)
    answer = await step(people.officer, await read(people, first), "merger", merger(second))
    refused = problem(answer, 409, "begun-after-merger")
    assert (refused["collection"], refused["ids"]) == (OFFICERS, [begins["id"]])
    record(await step(members.operator, begins, "voiding", {"reason": "Batal"}, OFFICERS))
    before = await facts(people, first)

    await take(people.officer, await read(people, first), "merger", merger(second))
    ended = {one["id"]: (one["valid_until"], one["ended_reason"]) for one in await members.listed(OFFICERS)}
    assert ended == {chair["id"]: (EVE, MERGER), aide["id"]: (EVE, MERGER), over["id"]: ("2024-12-31", None)}
    assert await facts(people, chair, aide, over) == [["appointed", "left_office"]] * 2 + [["appointed"]]
    assert await facts(people, first) == [[*before[0], "merged"]]
    state = orjson.loads((await events(people.house, first["id"]))[-1]["data"])
    assert {term["until"] for term in state["officers"]} == {DAY, "2025-01-01"}
    assert await unsaid(people) == []


async def test_in_its_networks_the_successor_goes_on_where_it_may(people: People) -> None:
    members = Members(people.house)
    first, second = await people.verified(type="OSN"), await next_door(people)
    wide = [{"village": VILLAGE}, {"village": VILLAGE_NEXT}]
    both, there, own, over = [
        await posted(people, "networks", network(name=name, territory=territory))
        for name, territory in (("Keduanya", wide), ("Sudah", wide), ("Sendiri", wide[:1]), ("Bubar", wide))
    ]

    async def joined(of: dict[str, Any], institution: dict[str, Any]) -> dict[str, Any]:
        body = {"network_id": of["id"], "institution_id": institution["id"], "joined_on": "2025-02-01"}
        return await posted(people, "network-memberships", body)

    leaving = [await joined(of, first) for of in (both, there, own, over)]
    stays = await joined(there, second)
    dissolution = {"on": "2025-12-01", "reason": "Bubar"}
    record(await step(people.officer, over, "dissolution", dissolution, "networks"))
    chair = await members.person()
    await members.appointed(chair, first)
    speaks = {"membership_id": leaving[0]["id"], "person_id": chair["id"], "since": "2025-03-01"}
    delegate = await posted(people, "network-delegates", speaks)
    await take(people.officer, await read(people, first), "merger", merger(second))

    async def places(institution: dict[str, Any]) -> dict[str, list[tuple[str, str | None, str | None]]]:
        answer = await people.officer.get("/v1/network-memberships", params={"institution": institution["id"]})
        return {
            one["network_id"]: [(spell["joined_on"], spell["left_on"], spell["reason"]) for spell in one["spells"]]
            for one in record(answer)["items"]
        }

    assert await places(first) == {of["id"]: [("2025-02-01", DAY, MERGER)] for of in (both, there, own, over)}
    assert await places(second) == {both["id"]: [(DAY, None, None)], there["id"]: [("2025-02-01", None, None)]}
    told = await facts(people, *leaving, stays)
    assert told == [["joined", "delegates_changed", "left"], *[["joined", "left"]] * 3, ["joined"]]
    went = (await events(people.house, leaving[0]["id"]))[-1]
    assert set(went["region_ids"]) == {UUID(first["village_id"]), UUID(second["village_id"])}
    shown = record(await people.officer.get(f"/v1/network-delegates/{delegate['id']}"))
    assert (shown["valid_until"], shown["sequence"]) == (EVE, 2)
    steps = (await people.officer.get(f"/v1/network-delegates/{delegate['id']}/history")).json()
    assert steps[-1]["changes"] == {"until": {"before": None, "after": DAY}}
    lasting = "SELECT count(*) FROM network_membership_spell WHERE until IS NULL"
    assert (await people.house.fetch("registry", lasting))[0][0] == 2, "the table of days agrees"
    assert await unsaid(people) == []


async def test_the_successor_becomes_a_party_of_its_agreements_and_the_merged_one_stays_named(people: People) -> None:
    first, second = await people.verified(), await next_door(people)
    partner = await posted(people, "partners", {"kind": "dunia_usaha", "name": "PT Sinar", "region": REGENCY})

    async def agreed(*parties: dict[str, Any], **changes: Any) -> dict[str, Any]:
        body = {
            "partner_id": partner["id"], "institution_ids": [one["id"] for one in parties], "title": "Bantuan modal",
            "since": "2025-01-01",
        } | changes  # fmt: skip
        return await posted(people, "partnerships", body)

    runs, ahead = await agreed(first), await agreed(first, since="2026-06-01", valid_until="2026-12-31")
    both, over = await agreed(second, first), await agreed(first, valid_until=EVE)
    await take(people.officer, first, "merger", merger(second))
    parties = {
        one["id"]: one["institution_ids"] for one in record(await people.officer.get("/v1/partnerships"))["items"]
    }
    assert parties == {
        runs["id"]: [first["id"], second["id"]], ahead["id"]: [first["id"], second["id"]],
        both["id"]: [second["id"], first["id"]], over["id"]: [first["id"]],
    }  # fmt: skip
    assert await facts(people, runs, ahead, both, over) == [["agreed", "changed"]] * 2 + [["agreed"]] * 2
    changed = (await events(people.house, runs["id"]))[-1]
    assert orjson.loads(changed["data"])["institution_ids"] == [first["id"], second["id"]]
    assert set(changed["region_ids"]) == {UUID(first["village_id"]), UUID(second["village_id"])}
    assert await unsaid(people) == []
