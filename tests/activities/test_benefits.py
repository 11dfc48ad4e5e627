"""Benefits: who was helped, by whom and of which kinds; what cannot be; told once; corrected and voided."""

import asyncio
from typing import Any
from uuid import uuid4

from shared.codes import CommunityKind, Sex
from tests.activities.helping import WHY, Helping, by, person
from tests.activities.test_regions_in_time import NEW, recoded
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, faults


async def test_help_is_told_by_ids_and_what_is_said_in_words_stays(helping: Helping) -> None:
    world, notes = helping.world, "Diantar ke rumah Bu Sarinah."
    answer = await helping.sent(helping.benefit(notes=notes))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/v1/benefits/{made['id']}"
    assert answer.headers["Wahana-Position"] == f"activities/{made['id']}@1"
    assert (made["notes"], made["member_that_day"], made["warnings"], made["village"]) == (notes, True, [], HERE)
    read = await world.client().get(f"/v1/benefits/{made['id']}")
    assert (read.json(), read.headers["ETag"]) == (made, '"1"')

    told = await world.events(made["id"])
    assert told == [
        {
            "type": "delivered", "beneficiary": person(helping.elder), "ppks_kinds": ["LUT"], "help": "uang", "value": 150000,
            "giver": by("institution", world.lead), "given_on": "2026-03-10", "village_id": made["village_id"],
            "activity_id": None, "referral_id": None, "voided": False,
        }
    ]  # fmt: skip
    history = (await world.client().get(f"/v1/benefits/{made['id']}/history")).text
    trail = await helping.entries(made["id"])
    assert "Sarinah" not in f"{told}{history}{trail}"
    # Whoever reads the audit trail may not read benefits: it does not tell of which kinds somebody is.
    assert [(entry["action"], entry["after"]["ppks_kinds"], entry["after"]["notes"]) for entry in trail] == [
        ("delivered", "•••", "•••")
    ]


async def test_whether_it_went_to_a_member_is_shown_for_every_unit_and_giver(helping: Helping) -> None:
    world, tell = helping.world, helping.world.announcer
    twice = await tell.person(HERE, birth_year=1950, duplicate_of=helping.elder)
    childless = await tell.family(HERE)
    await tell.arrived()
    family, community = ({"unit": unit, "id": str(id)} for unit, id in
                         (("keluarga", helping.family), ("komunitas", helping.community)))  # fmt: skip
    cases: list[tuple[dict[str, Any], bool | None]] = [
        ({}, True),
        ({"beneficiary": person(twice)}, True),  # a duplicate keeps its own id, and is who it is
        ({"beneficiary": person(helping.stranger)}, False),
        ({"giver": by("institution", world.helper)}, False),
        ({"giver": by("network", helping.network)}, True),
        ({"giver": by("partner", helping.office)}, None),
        ({"beneficiary": family, "ppks_kinds": ["FM"], "given_on": "2026-01-31"}, True),
        ({"beneficiary": family, "ppks_kinds": ["KBSP"]}, False),  # the head left on 1 February
        ({"beneficiary": {"unit": "keluarga", "id": str(childless)}, "ppks_kinds": []}, None),
        ({"beneficiary": community, "ppks_kinds": ["KAT"]}, None),
    ]
    for changes, member in cases:
        made = await helping.stored(helping.benefit(**changes))
        assert made["member_that_day"] is member, changes
        (event,) = await world.events(made["id"])
        assert event["beneficiary"] == made["beneficiary"]
        assert "member_that_day" not in event


async def test_what_is_unusual_is_a_warning_and_only_about_ones_own(helping: Helping) -> None:
    tell = helping.world.announcer
    other = await tell.community(HERE, kind=CommunityKind.LAINNYA)
    afar = await tell.person(PAPUA, birth_year=2015, sex=Sex.L)
    await tell.arrived()

    async def warned(who: dict[str, str], *kinds: str) -> list[tuple[str, str]]:
        made = await helping.stored(helping.benefit(beneficiary=who, ppks_kinds=list(kinds), again=True))
        return [(one["pointer"], one["code"]) for one in made["warnings"]]

    assert await warned(person(helping.elder), "FM", "LUT") == []
    assert await warned(person(helping.child), "AT", "LUT", "PRSE") == [
        ("/ppks_kinds/1", "age-unusual-for-kind"), ("/ppks_kinds/2", "sex-unusual-for-kind"),
    ]  # fmt: skip
    assert await warned(person(helping.elder), "ABT") == [("/ppks_kinds/0", "age-unusual-for-kind")]
    assert await warned({"unit": "komunitas", "id": str(other)}, "KAT") == [
        ("/ppks_kinds/0", "community-of-another-kind")
    ]
    # How old somebody of another area is, is not told to one who has only their id.
    assert await warned(person(afar), "LUT") == []


async def test_what_cannot_be_is_refused_with_the_element_and_nothing_is_stored(helping: Helping) -> None:
    world, tell = helping.world, helping.world.announcer
    gone = {
        "erased": await tell.person(HERE, erased=True), "voided": await tell.person(HERE, voided=True),
        "family": await tell.family(HERE, voided=True), "community": await tell.community(HERE, voided=True),
        "partner": await tell.partner("32.04", voided=True), "network": await tell.network(HERE, voided=True),
        "idle": await tell.institution(HERE, active=(("2020-01-01", "2026-03-10"),)),
        "resting": await tell.network(HERE, active=(("2020-01-01", "2026-03-10"),)),
        "elsewhere": await tell.network(PAPUA), "unborn": await tell.person(PAPUA, birth_year=2026),
    }  # fmt: skip
    await tell.arrived()
    cancelled = await world.posted(world.planned())
    await world.step(cancelled, "cancellation", {"reason": "Banjir"})
    away = await world.posted(
        world.planned(village=NEXT_DISTRICT, lead_institution_id=str(world.neighbour)),
        world.client("village-operator", NEXT_DISTRICT),
    )
    before = await helping.counted()
    nobody, keluarga = str(uuid4()), {"unit": "keluarga", "id": str(helping.family)}
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"beneficiary": person(nobody)}, [("/beneficiary/id", "person-unknown")]),
        ({"beneficiary": person(gone["erased"])}, [("/beneficiary/id", "person-unknown")]),
        ({"beneficiary": person(gone["voided"])}, [("/beneficiary/id", "person-unknown")]),
        ({"beneficiary": {"unit": "keluarga", "id": str(gone["family"])}, "ppks_kinds": ["FM"]},
         [("/beneficiary/id", "family-unknown")]),
        ({"beneficiary": {"unit": "komunitas", "id": str(gone["community"])}, "ppks_kinds": ["KAT"]},
         [("/beneficiary/id", "community-unknown")]),
        ({"beneficiary": person(helping.child), "giver": by("partner", helping.office), "given_on": "2014-12-31"},
         [("/given_on", "before-birth")]),
        ({"beneficiary": person(gone["unborn"]), "given_on": "2025-12-31"}, [("/given_on", "before-birth")]),
        ({"given_on": "2026-03-16"}, [("/given_on", "in-the-future")]),
        ({"given_on": "2019-12-31"}, [("/giver/id", "giver-not-active-that-day")]),
        ({"giver": by("institution", gone["idle"])}, [("/giver/id", "giver-not-active-that-day")]),
        ({"giver": by("network", gone["resting"])}, [("/giver/id", "giver-not-active-that-day")]),
        ({"giver": by("partner", gone["partner"])}, [("/giver/id", "partner-unknown")]),
        ({"giver": by("network", gone["network"])}, [("/giver/id", "network-unknown")]),
        ({"value": -1}, [("/value", "greater-than-equal")]),
        ({"value": 150000.0}, [("/value", "int-type")]),
        ({"value": 10**15 + 1}, [("/value", "less-than-equal")]),
        ({"help": "rujukan"}, [("/help", "referral-elsewhere")]),
        ({"ppks_kinds": ["LUT", "KBSP"]}, [("/ppks_kinds/1", "kind-of-another-unit")]),
        ({"beneficiary": keluarga, "ppks_kinds": ["LUT"]}, [("/ppks_kinds/0", "kind-of-another-unit")]),
        ({"ppks_kinds": ["LUT", "LUT"]}, [("/ppks_kinds/1", "listed-twice")]),
        ({"ppks_kinds": ["ODHA"], "notes": "Sejak lama"}, [("/notes", "notes-not-for-this-kind")]),
        ({"village": None}, [("/village", "missing")]),
        ({"village": "32.04"}, [("/village", "region-wrong-level")]),
        ({"village": NEXT_DISTRICT, "giver": by("network", helping.network)}, [("/village", "outside-your-area")]),
        ({"village": NEXT_DISTRICT, "giver": by("partner", helping.office)}, [("/village", "outside-your-area")]),
        ({"activity_id": nobody}, [("/activity_id", "activity-unknown")]),
        ({"activity_id": away["id"], "village": None}, [("/activity_id", "activity-unknown")]),
        ({"activity_id": cancelled["id"]}, [("/activity_id", "activity-cancelled")]),
        ({"beneficiary": person(nobody), "giver": by("partner", nobody), "given_on": "2026-03-16"},
         [("/beneficiary/id", "person-unknown"), ("/giver/id", "partner-unknown"), ("/given_on", "in-the-future")]),
    ]  # fmt: skip
    for changes, expected in cases:
        answer = await helping.sent(helping.benefit(**changes))
        assert answer.status_code == 422, (changes, answer.text)
        assert faults(answer) == expected, changes
    # Neither that a giver of another area exists, nor when it is at work, nor when a stranger was born is told.
    for organisation, outside in (
        ("institution", world.neighbour), ("network", gone["elsewhere"]), ("partner", helping.hospital),
    ):  # fmt: skip
        told = [str((await helping.sent(helping.benefit(giver=by(organisation, id)))).json()["errors"]).replace(str(id), "…")
                for id in (outside, nobody)]  # fmt: skip
        assert told[0] == told[1]
    foreign = await helping.sent(helping.benefit(beneficiary=person(gone["unborn"]), given_on="2025-12-31"))
    assert "2026," not in foreign.json()["errors"][0]["message"]
    assert await helping.counted() == before


async def test_it_is_given_where_its_activity_is_held_unless_another_village_is_named(helping: Helping) -> None:
    held = await helping.world.posted(helping.world.held(village=NEXT_VILLAGE))
    there = await helping.stored(helping.benefit(activity_id=held["id"], village=None))
    here = await helping.stored(helping.benefit(activity_id=held["id"], value=1))
    assert [one["village"] for one in (there, here)] == [NEXT_VILLAGE, HERE]


async def test_the_same_told_twice_is_refused_and_named_unless_it_is_another(helping: Helping) -> None:
    body = helping.benefit()
    first = await helping.stored(body)
    refused = await helping.sent(body)
    assert (refused.status_code, refused.json()["benefit_id"]) == (409, first["id"])
    assert refused.json()["type"].endswith("benefit-already-recorded")
    second = await helping.stored(body | {"again": True})
    for changes in ({"value": 150_001}, {"given_on": "2026-03-09"}, {"help": "barang"}, {"value": None}):
        await helping.stored(body | changes)
    assert (await helping.sent(body | {"value": None, "notes": "Lagi"})).status_code == 409, "unstated twice"
    # An entry error is told anew; what was given again is still there.
    assert (await helping.step(first, "voiding", WHY)).status_code == 200
    assert (await helping.sent(body)).json()["benefit_id"] == second["id"]
    assert (await helping.step(second, "voiding", WHY)).status_code == 200
    clicks = await asyncio.gather(*(helping.sent(body) for _ in range(8)))
    assert sorted(one.status_code for one in clicks) == [201] + [409] * 7
    (made,) = [one.json()["id"] for one in clicks if one.status_code == 201]
    assert {one.json()["benefit_id"] for one in clicks if one.status_code == 409} == {made}
    others = [await helping.stored(body | {"value": value}) for value in (11, 12)]
    fixed = await asyncio.gather(*(helping.step(one, "correction", WHY | {"value": 13}) for one in others))
    assert sorted(one.status_code for one in fixed) == [200, 409]
    taken = await helping.sent(body | {"id": made, "value": 7})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:wahana:problem:id-taken")


async def test_a_correction_replaces_what_was_told_and_leaves_the_rest(helping: Helping) -> None:
    world = helping.world
    made = await helping.stored(helping.benefit(notes="Beras"))
    twin = await helping.stored(helping.benefit(value=200_000))
    nothing = await helping.step(made, "correction", WHY | {"value": 150_000})
    assert (nothing.status_code, nothing.json()["sequence"]) == (200, 1)

    changed = {"value": None, "beneficiary": {"id": str(helping.child)}, "ppks_kinds": ["AT"], "village": NEXT_VILLAGE}
    fixed = (await helping.step(made, "correction", WHY | changed)).json()
    assert (fixed["sequence"], fixed["value"], fixed["village"], fixed["notes"]) == (2, None, NEXT_VILLAGE, "Beras")
    assert (fixed["beneficiary"], fixed["member_that_day"]) == (person(helping.child), False)
    stale = await helping.step(made, "correction", WHY | {"value": 1})
    assert stale.status_code == 412
    history = (await world.client().get(f"/v1/benefits/{made['id']}/history")).json()
    assert [(step["type"].split(".")[2], step["reason"]) for step in history] == [
        ("delivered", None), ("corrected", WHY["reason"]),
    ]  # fmt: skip
    assert history[1]["changes"]["value"] == {"before": 150_000, "after": None}

    corrected = (await helping.entries(made["id"]))[1]
    assert (corrected["after"]["value"], corrected["after"]["ppks_kinds"]) == (None, "•••")

    same = {"value": 200_000, "village": HERE, "beneficiary": person(helping.elder), "ppks_kinds": ["LUT"]}
    refused = await helping.step(fixed, "correction", WHY | same)
    assert (refused.status_code, refused.json()["benefit_id"]) == (409, twin["id"])
    again = await helping.step(fixed, "correction", WHY | same | {"again": True})
    assert again.status_code == 200, again.text
    for changes, fault in (
        ({"given_on": "2026-03-16"}, ("/given_on", "in-the-future")),
        ({"giver": {"id": str(world.neighbour)}}, ("/giver/id", "institution-unknown")),
        ({"help": "rujukan"}, ("/help", "referral-elsewhere")),
        ({"beneficiary": {"unit": "keluarga"}}, ("/ppks_kinds/0", "kind-of-another-unit")),
        ({"giver": None}, ("/giver", "missing")),
    ):
        assert faults(await helping.step(again.json(), "correction", WHY | changes)) == [fault]
    voided = (await helping.step(again.json(), "voiding", WHY)).json()
    assert (voided["sequence"], voided["voided"]) == (4, True)
    for step in ("correction", "voiding"):
        assert (await helping.step(voided, step, WHY)).json()["type"].endswith("benefit-voided")
    assert [event["type"] for event in await world.events(made["id"])] == [
        "delivered", "corrected", "corrected", "voided",
    ]  # fmt: skip


async def test_who_stood_there_may_have_gone_since_when_something_else_is_corrected(helping: Helping) -> None:
    world, tell = helping.world, helping.world.announcer
    made = await helping.stored(helping.benefit(giver=by("network", helping.network)))
    await tell.person(HERE, id=helping.elder, sequence=2, erased=True)
    await tell.network(HERE, id=helping.network, sequence=2, active=(("2026-03-01", "2026-03-12"),), voided=True)
    await tell.arrived()
    fixed = await helping.step(made, "correction", WHY | {"value": 1})
    assert fixed.status_code == 200, fixed.text
    resting = await helping.step(fixed.json(), "correction", WHY | {"given_on": "2026-03-13"})
    assert faults(resting) == [("/giver/id", "giver-not-active-that-day")]
    assert (await helping.step(fixed.json(), "voiding", WHY)).status_code == 200
    assert (await world.client().get(f"/v1/benefits/{made['id']}")).json()["voided"] is True


async def test_what_changes_an_accepted_month_marks_its_report(helping: Helping) -> None:
    world = helping.world
    made = await helping.stored(helping.benefit(given_on="2026-02-10"))

    async def accepted(month: str) -> str:
        report = (
            await world.client().post("/v1/village-reports", json={"village": HERE, "month": month, "nihil": True})
        ).json()
        district = world.client("district-facilitator", "32.04.05", sub="tksk")
        answer = await district.post(f"/v1/village-reports/{report['id']}/acceptance", headers={"If-Match": '"1"'})
        assert answer.status_code == 200, answer.text
        return str(report["id"])

    async def marked(id: str) -> bool:
        return bool((await world.client().get(f"/v1/village-reports/{id}")).json()["restate"])

    january, february = await accepted("2026-01"), await accepted("2026-02")
    noted = (await helping.step(made, "correction", WHY | {"notes": "Beras"})).json()
    assert (await marked(january), await marked(february)) == (False, False), "words move no number"
    await helping.stored(helping.benefit(given_on="2026-01-20"))
    assert (await marked(january), await marked(february)) == (True, False)
    await helping.step(noted, "correction", WHY | {"given_on": "2026-03-02"})
    assert await marked(february) is True


async def test_records_follow_a_recoded_village_and_its_old_code_is_no_correction(helping: Helping) -> None:
    bodies = (helping.benefit(given_on="2026-02-10"), helping.referral(referred_on="2026-02-10"))
    records = [await helping.stored(body) for body in bodies]
    await recoded(helping.world)
    officer = helping.world.client("regency-officer", "32.04")
    for made, noun in zip(records, ("benefits", "referrals"), strict=True):
        read = await officer.get(f"/v1/{noun}/{made['id']}")
        assert (read.json()["village"], read.headers["ETag"]) == (NEW, '"1"')
        same = await helping.step(made, "correction", WHY | {"village": HERE}, officer)
        assert (same.status_code, same.json()["sequence"], same.json()["village"]) == (200, 1, NEW)
        assert [one["code"] for one in same.json()["warnings"]] == ["region-code-ended"]
