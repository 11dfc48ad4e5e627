"""Experiences: told, found, endorsed, used for activities, withdrawn."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.activities.exchanging import ANY, Exchanging, institution, network, slug, step
from tests.activities.world import HERE, NEXT_DISTRICT, PAPUA, faults


async def test_an_experience_becomes_activities_elsewhere(exchanging: Exchanging) -> None:
    """Its template, sent back with a village, a lead and days, is a plan; its uses follow those plans."""
    world, here = exchanging.world, exchanging.client()
    value = await world.announcer.cultural_value(HERE, name="Gugur gunung")
    await world.announcer.arrived()
    source = await world.posted(world.held(
        lead_institution_id=str(world.helper), strategy="pemberdayaan", objective="Saluran bersih sebelum musim hujan",
        target_group={"members": True, "ppks_kinds": ["FM"]},
    ))  # fmt: skip
    body = exchanging.experience(
        activity_id=source["id"], cultural_value_ids=[str(value)], lessons="Giliran ditulis di papan pos ronda."
    )
    experience = await exchanging.post("experiences", body, here)
    assert experience | body == experience | {"poster": body["poster"]}
    assert (experience["endorsements"], experience["uses"], experience["state"]) == (0, 0, "terbuka")

    far = exchanging.client("village-operator", PAPUA)
    template = (await far.get(f"/v1/experiences/{experience['id']}/activity-template")).json()
    assert template == {
        "title": "Jumat bersih bergilir", "kind": "gotong_royong", "strategy": "pemberdayaan",
        "objective": "Saluran bersih sebelum musim hujan", "target_group": {"members": True, "ppks_kinds": ["FM"]},
        "cultural_value_ids": [str(value)], "experience_id": experience["id"],
    }  # fmt: skip
    plan = {"plan": {"planned_from": "2026-03-20", "planned_until": "2026-03-20"}}
    own = {"village": PAPUA, "lead_institution_id": str(world.far), **plan}
    made = await world.posted(template | own, far)
    assert (made["experience_id"], made["cultural_value_ids"]) == (experience["id"], [str(value)])
    await world.posted(template | own | {"title": "Sabtu bersih"}, far)

    async def uses() -> int:
        return int((await far.get(f"/v1/experiences/{experience['id']}")).json()["uses"])

    batch = {"operations": [
        {"client_id": f"hp-{n}", "operation": "record_activity", "body": template | own | {"title": f"Minggu {n}"}}
        for n in range(2)
    ]}  # fmt: skip
    assert [one["status"] for one in (await far.post("/v1/batches", json=batch)).json()["results"]] == [201, 201]
    assert await uses() == 4
    assert (await world.step(made, "voiding", {"reason": "Salah catat"}, far)).status_code == 200
    assert await uses() == 3
    events = await exchanging.events(experience["id"])
    assert [(event["type"], event["uses"]) for event in events] == [
        ("told", 0),
        ("used", 1),
        ("used", 2),
        ("used", 4),
        ("used", 3),
    ]
    assert events[0]["activity_id"] == source["id"]
    assert not {"title", "story", "lessons"} & events[0].keys()

    # Nobody makes activities after what they cannot read.
    hidden = await exchanging.post("experiences", exchanging.experience(scope="village"), here)
    assert (await far.get(f"/v1/experiences/{hidden['id']}/activity-template")).status_code == 404
    refused = await far.post("/v1/activities", json=template | own | {"experience_id": hidden["id"]})
    assert faults(refused) == [("/experience_id", "experience-unknown")]


async def test_what_an_experience_may_refer_to(exchanging: Exchanging) -> None:
    world, here = exchanging.world, exchanging.client()
    voided = await world.announcer.cultural_value(HERE, voided=True)
    await world.announcer.arrived()
    planned = await world.posted(world.planned(lead_institution_id=str(world.helper)))
    others = await world.posted(world.held())
    joint = await world.posted(world.held(co_organiser_ids=[str(world.helper)]))
    unknown = str(uuid4())
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"activity_id": planned["id"]}, [("/activity_id", "activity-not-completed")]),
        ({"activity_id": others["id"]}, [("/activity_id", "activity-unknown")]),
        ({"activity_id": unknown}, [("/activity_id", "activity-unknown")]),
        ({"cultural_value_ids": [unknown]}, [("/cultural_value_ids/0", "cultural-value-unknown")]),
        ({"cultural_value_ids": [str(voided)]}, [("/cultural_value_ids/0", "cultural-value-unknown")]),
        ({"cultural_value_ids": [unknown, unknown]}, [("/cultural_value_ids/1", "listed-twice")]),
        ({"poster": institution(uuid4()), "activity_id": unknown},
         [("/poster/id", "institution-unknown"), ("/activity_id", "activity-unknown")]),
        ({"story": ""}, [("/story", "string-too-short")]),
    ]  # fmt: skip
    for changes, expected in cases:
        answer = await here.post("/v1/experiences", json=exchanging.experience(**changes))
        assert (answer.status_code, faults(answer)) == (422, expected), answer.text
    told = await exchanging.post("experiences", exchanging.experience(activity_id=joint["id"]), here)
    refused = await step(here, "experiences", told, "change", {"activity_id": planned["id"]})
    assert faults(refused) == [("/activity_id", "activity-not-completed")]
    changed = await step(here, "experiences", told, "change", {"activity_id": None, "lessons": "Mulai pagi."})
    assert (changed.json()["activity_id"], changed.json()["lessons"]) == (None, "Mulai pagi.")
    found = (await here.get("/v1/experiences", params={"q": "pembersihan", "kind": "gotong_royong"})).json()["items"]
    assert [one["id"] for one in found] == [told["id"]]
    by_lesson = (await here.get("/v1/experiences", params={"q": "mulai pagi", "kind": "pelatihan"})).json()["items"]
    assert by_lesson == []


async def test_endorsed_once_by_each_who_may_read_it_and_taken_back(exchanging: Exchanging) -> None:
    world, regency = exchanging.world, exchanging.client("regency-officer", "32.04")
    experience = await exchanging.post("experiences", exchanging.experience(scope="district"))
    address = f"/v1/experiences/{experience['id']}"
    for by, expected in (
        (institution(world.helper), ("/by/id", "own-posting")),
        (institution(world.neighbour), ("/by/id", "posting-does-not-reach")),
        (institution(world.far), ("/by/id", "institution-unknown")),
    ):
        assert faults(await regency.post(f"{address}/endorsement", json={"by": by})) == [expected]
    # An officer has no voice of its own, and a ministry none at all.
    assert (await regency.post(f"{address}/endorsement", json={})).status_code == 422
    ministry = exchanging.client("ministry", "ID")
    assert (await ministry.post(f"{address}/endorsement", json={"by": institution(world.lead)})).status_code == 403

    given = await regency.post(f"{address}/endorsement", json={"by": institution(world.lead)})
    assert (given.status_code, given.json()["endorsements"]) == (201, 1)
    assert (
        slug(await regency.post(f"{address}/endorsement", json={"by": institution(world.lead)})) == "endorsed-already"
    )
    assert (await regency.post(f"{address}/endorsement", json={"by": network(exchanging.network)})).status_code == 201
    listed = (await exchanging.sister.get(f"{address}/endorsements", params={"count": True})).json()
    assert {one["by"]["name"] for one in listed["items"]} == {"Arisan Mawar", "WKSBM Rukun"}
    assert listed["count"] == 2
    assert (await exchanging.there.get(f"{address}/endorsements")).status_code == 404
    assert (await exchanging.sister.get(given.headers["Location"])).json()["by"]["name"] == "Arisan Mawar"
    withdrawal = f"{address}/endorsements/{given.headers['Location'].rsplit('/', 1)[1]}/withdrawal"
    assert (await exchanging.sister.post(withdrawal, headers=ANY)).status_code == 403
    assert (await exchanging.client().post(withdrawal, headers=ANY)).json()["endorsements"] == 1
    assert slug(await regency.post(withdrawal, headers=ANY)) == "endorsement-withdrawn"
    assert (await regency.post(f"{address}/endorsement", json={"by": institution(world.lead)})).status_code == 201
    events = await exchanging.events(experience["id"])
    assert [(event["type"], len(event["endorsed_by"])) for event in events] == [
        ("told", 0), ("endorsed", 1), ("endorsed", 2), ("endorsement_withdrawn", 1), ("endorsed", 2),
    ]  # fmt: skip


async def test_endorsements_and_uses_at_once_are_each_counted_once(exchanging: Exchanging) -> None:
    world, regency = exchanging.world, exchanging.client("regency-officer", "32.04")
    experience = await exchanging.post("experiences")
    address = f"/v1/experiences/{experience['id']}/endorsement"
    groups = [await world.announcer.institution(HERE, name=f"Arisan {n}") for n in range(8)]
    await world.announcer.arrived()
    same = [regency.post(address, json={"by": institution(groups[0])}) for _ in range(6)]
    each = [regency.post(address, json={"by": institution(one)}) for one in groups[1:]]
    plans = [
        regency.post("/v1/activities", json=world.planned(title=f"Jumat {n}", experience_id=experience["id"]))
        for n in range(6)
    ]
    statuses = [one.status_code for one in await asyncio.gather(*same, *each, *plans)]
    assert (sorted(statuses[:6]), statuses[6:]) == ([201, *[409] * 5], [201] * 13)
    read = (await regency.get(f"/v1/experiences/{experience['id']}")).json()
    assert (read["endorsements"], read["uses"], read["sequence"]) == (8, 6, 1 + 8 + 6)
    rows = await world.house.fetch("activities", "SELECT count(*) AS n FROM endorsement WHERE withdrawn_at IS NULL")
    assert rows[0]["n"] == 8


async def test_a_withdrawn_or_voided_experience_is_read_by_its_own_people_only(exchanging: Exchanging) -> None:
    world, here, there = exchanging.world, exchanging.client(), exchanging.there
    for name, body, flag in (
        ("withdrawal", {"reason": "Warga berkeberatan."}, ("ditutup", False)),
        ("voiding", {"reason": "Salah catat"}, ("terbuka", True)),
    ):
        told = await exchanging.post("experiences", None, here)
        assert slug(await step(there, "experiences", told, name, body)) == "posted-by-others"
        ended = await step(here, "experiences", told, name, body)
        assert (ended.status_code, ended.json()["state"], ended.json()["voided"]) == (200, *flag), ended.text
        for client, status in ((here, 200), (there, 404), (exchanging.client("public", "ID"), 404)):
            for address in ("", "/endorsements", "/activity-template"):
                assert (await client.get(f"/v1/experiences/{told['id']}{address}")).status_code == status
        used = world.planned(experience_id=told["id"])
        assert faults(await here.post("/v1/activities", json=used)) == [("/experience_id", "experience-unknown")]
        endorsed = await here.post(f"/v1/experiences/{told['id']}/endorsement", json={"by": institution(world.lead)})
        assert slug(endorsed) == ("posting-closed" if name == "withdrawal" else "posting-voided")
        history = (await here.get(f"/v1/experiences/{told['id']}/history")).json()
        assert history[-1]["reason"] == body["reason"]
        assert (await there.get(f"/v1/experiences/{told['id']}/history")).status_code == 404
    listed = (await exchanging.client("village-operator", NEXT_DISTRICT).get("/v1/experiences")).json()["items"]
    assert listed == []
