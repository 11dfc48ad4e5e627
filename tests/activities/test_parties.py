"""Networks, registered partners, cultural values, the exact place and the programme of an activity."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from tests.activities.world import HERE, PAPUA, World, faults

pytestmark = pytest.mark.without_worker

WHY = {"reason": "Salah catat"}


def _party(organisation: str, id: Any, role: str = "pendukung") -> dict[str, Any]:
    return {"organisation": organisation, "id": str(id), "role": role}


async def test_networks_and_partners_take_part_and_a_network_of_the_lead_is_marked(world: World) -> None:
    announcer = world.announcer
    own, other, former = [await announcer.network(where) for where in (HERE, PAPUA, HERE)]
    await announcer.network_membership(own, world.lead)
    await announcer.network_membership(other, world.far)
    await announcer.network_membership(former, world.lead, spells=[("2020-01-01", "2026-03-01")])
    partner = await announcer.partner("32.04")
    await announcer.arrived()
    parties = [_party("network", own, "penyelenggara"), _party("network", other), _party("network", former),
               _party("partner", partner, "pendana")]  # fmt: skip
    made = await world.posted(world.held(parties=parties))
    (event,) = await world.events(made["id"])
    assert [party["of_lead"] for party in event["parties"]] == [True, False, False, False]
    assert made["parties"] == event["parties"]
    # On the last day of before, the former one was the lead's too.
    moved = {"completion": {"held_from": "2026-02-28", "held_until": "2026-02-28"}, **WHY}
    corrected = (await world.step(made, "correction", moved)).json()
    assert [party["of_lead"] for party in corrected["parties"]] == [True, False, True, False]
    plan = {"planned_from": "2026-02-28", "planned_until": "2026-02-28"}
    planned = await world.posted(world.planned(parties=[_party("network", former)], plan=plan))
    day = {"held_from": "2026-02-28", "held_until": "2026-03-01"}
    done = (await world.step(planned, "completion", day)).json()
    assert [one["parties"][0]["of_lead"] for one in (planned, done)] == [True, False]
    led = await world.step(corrected, "correction", {"lead_institution_id": str(world.helper), **WHY})
    assert [party["of_lead"] for party in led.json()["parties"]] == [False] * 4


async def test_what_is_unknown_an_entry_error_or_named_twice_is_pointed_at(world: World) -> None:
    announcer = world.announcer
    network, gone = await announcer.network(HERE), await announcer.network(HERE, voided=True)
    partner, lost = await announcer.partner("32.04"), await announcer.partner("32.04", voided=True)
    value = await announcer.cultural_value(HERE, voided=True)
    await announcer.arrived()
    nobody = str(uuid7())
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"parties": [_party("network", partner), _party("partner", network)]},
         [("/parties/0/id", "network-unknown"), ("/parties/1/id", "partner-unknown")]),
        ({"parties": [_party("network", gone), _party("partner", lost)]},
         [("/parties/0/id", "network-unknown"), ("/parties/1/id", "partner-unknown")]),
        ({"parties": [_party("network", network), _party("network", network, "pendana")]}, [("/parties/1/id", "listed-twice")]),
        ({"parties": [_party("institution", world.helper)]}, [("/parties/0/organisation", "literal-error")]),
        ({"parties": [_party("network", network, "ketua")]}, [("/parties/0/role", "enum")]),
        ({"cultural_value_ids": [str(value), nobody]},
         [("/cultural_value_ids/0", "cultural-value-unknown"), ("/cultural_value_ids/1", "cultural-value-unknown")]),
        ({"cultural_value_ids": [nobody, nobody]}, [("/cultural_value_ids/1", "listed-twice")]),
        ({"programme_id": nobody}, [("/programme_id", "programme-unknown")]),
        ({"place": {"latitude": -7.03}}, [("/place/longitude", "coordinates-incomplete")]),
        ({"place": {}}, [("/place", "place-empty")]),
        ({"place": {"latitude": 91, "longitude": 107}}, [("/place/latitude", "less-than-equal")]),
        ({"lead_institution_id": str(network)}, [("/lead_institution_id", "lead-is-no-institution")]),
        ({"lead_institution_id": str(partner)}, [("/lead_institution_id", "institution-unknown")]),
    ]  # fmt: skip
    wrong = []
    for changes, expected in cases:
        answer = await world.client().post("/v1/activities", json=world.planned(**changes))
        told = faults(answer) if answer.status_code == 422 else answer.text
        if told != expected:
            wrong.append((changes, told, expected))
    assert not wrong
    assert await world.stored() == (0, 0)
    regency = world.client("regency-officer", "32.04")
    as_lead = await regency.post("/v1/activities", json=world.planned(lead_institution_id=str(partner)))
    assert faults(as_lead) == [("/lead_institution_id", "lead-is-no-institution")], "its regency knows what it is"
    # What was named before it turned out an entry error stays.
    made = await world.posted(world.planned(parties=[_party("network", network)]))
    await announcer.network(HERE, id=network, sequence=2, voided=True)
    await announcer.arrived()
    assert (await world.step(made, "change", {"title": "Lain"})).status_code == 200


async def test_the_exact_place_stays_here_and_odd_coordinates_are_a_warning(world: World) -> None:
    text = "Rumah Bu Tini, gang Melati"
    swapped = await world.posted(world.planned(place={"latitude": 7.03, "longitude": 107.55, "text": text}))
    assert [(one["pointer"], one["code"]) for one in swapped["warnings"]] == [("/place", "place-outside-indonesia")]
    right = (await world.step(swapped, "change", {"place": {"latitude": -7.03}})).json()
    assert right["place"] == {"latitude": -7.03, "longitude": 107.55, "text": text}
    assert right["warnings"] == []
    rows = await world.house.fetch("activities", "SELECT data::text FROM outbox")
    assert len(rows) == 2
    assert not any("Melati" in row["data"] or "107.55" in row["data"] for row in rows)
    without = (await world.step(right, "change", {"place": None})).json()
    assert without["place"] is None


async def test_the_list_is_narrowed_by_party_and_by_value(world: World) -> None:
    announcer = world.announcer
    network, partner = await announcer.network(HERE), await announcer.partner("32.04")
    value = await announcer.cultural_value(HERE)
    await announcer.arrived()
    await world.posted(world.planned(title="A", parties=[_party("network", network)]))
    await world.posted(world.planned(title="B", parties=[_party("partner", partner)], cultural_value_ids=[str(value)]))
    gone = await world.posted(world.planned(title="C", cultural_value_ids=[str(value)]))
    await world.step(gone, "voiding", WHY)
    cases: list[tuple[dict[str, Any], str]] = [({"network_id": network}, "A"), ({"partner_id": partner}, "B"), ({"partner_id": network}, ""),
             ({"cultural_value_id": value}, "B"), ({"cultural_value_id": value, "voided": "any"}, "BC"),
             ({"programme_id": value}, ""), ({"series_id": value}, ""), ({"voided": "any"}, "ABC")]  # fmt: skip
    for filters, expected in cases:
        answer = await world.client().get("/v1/activities", params={"sort": "title", **filters})
        assert [one["title"] for one in answer.json()["items"]] == list(expected), filters


async def test_earlier_versions_stay_readable_whole_with_who_changed_them_and_why(world: World) -> None:
    announcer = world.announcer
    network, value = await announcer.network(HERE), await announcer.cultural_value(HERE)
    await announcer.arrived()
    made = await world.posted(world.held(parties=[_party("network", network)], place={"text": "Balai RW 05"}))
    change = {
        "parties": [],
        "cultural_value_ids": [str(value)],
        "place": {"text": "Balai RW 06"},
        "title": "Lain",
        **WHY,
    }
    second = (await world.step(made, "correction", change)).json()
    third = (await world.step(second, "correction", {"place": None, "reason": "Bukan di balai"})).json()
    assert third["sequence"] == 3, "a place is a change, though it is not published"
    address = f"/v1/activities/{made['id']}"
    versions = [(await world.client().get(f"{address}/versions/{n}")).json() for n in (1, 2, 3)]
    events = await world.events(made["id"])
    assert [{"type": one["type"].split(".")[2], **one["state"]} for one in versions] == events
    assert [one["place"] and one["place"]["text"] for one in versions] == ["Balai RW 05", "Balai RW 06", None]
    assert [one["reason"] for one in versions] == [None, "Salah catat", "Bukan di balai"]
    assert [bool(one["state"]["parties"]) for one in versions] == [True, False, False]
    assert {one["by"] for one in versions} == {"village-operator@32.04.05.2001"}
    history = (await world.client().get(f"{address}/history")).json()
    assert sorted(history[1]["changes"]) == ["cultural_value_ids", "parties", "place", "title"]
    assert history[2]["changes"] == {"place": {"before": {"text": "Balai RW 06"}, "after": None}}
    assert (await world.client().get(f"{address}/versions/4")).status_code == 404
    assert (await world.client(area=PAPUA).get(f"{address}/versions/1")).status_code == 404
