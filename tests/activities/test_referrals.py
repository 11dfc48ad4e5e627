"""Referrals: each is a benefit from the day it is made, whatever the partner answers; answered in order; found while they wait."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx

from shared.codes import ReferralState
from tests.activities.helping import WHY, Helping, by, person
from tests.activities.world import HERE, NEXT_VILLAGE, PAPUA, faults


async def _benefit_of(helping: Helping, referral: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await helping.world.client().get(f"/v1/benefits/{referral['benefit_id']}")).json()
    return found


async def _answered(helping: Helping, record: dict[str, Any], state: str, on: str = "2026-03-12", **more: Any) -> Any:
    return await helping.step(record, "answer", {"state": state, "answered_on": on} | more)


async def _stepped(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    record: dict[str, Any] = answer.json()
    return record


async def test_a_referral_is_a_benefit_whatever_the_partner_answers(helping: Helping) -> None:
    world = helping.world
    answer = await helping.sent(helping.referral(notes="Butuh kursi roda."))
    made = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/referrals/{made['id']}"
    assert (made["state"], made["answered_on"], made["waiting_since"]) == ("diajukan", None, "2026-03-10")
    benefit = await _benefit_of(helping, made)
    assert (benefit["help"], benefit["referral_id"], benefit["value"]) == ("rujukan", made["id"], None)
    assert (benefit["given_on"], benefit["member_that_day"]) == ("2026-03-10", True)
    (told,) = await world.events(made["id"])
    assert told == {
        "type": "made", "beneficiary": person(helping.elder), "ppks_kinds": ["LUT"],
        "giver": by("institution", world.lead), "partner_id": str(helping.office), "referred_on": "2026-03-10",
        "state": "diajukan", "answered_on": None, "village_id": made["village_id"], "activity_id": None, "voided": False,
    }  # fmt: skip

    refused = await _stepped(await _answered(helping, made, "ditolak", notes="Kuota penuh."))
    assert (refused["state"], refused["answer_notes"], refused["waiting_since"]) == ("ditolak", "Kuota penuh.", None)
    assert (await world.client().get(f"/v1/referrals/{made['id']}")).json() == refused
    assert await _benefit_of(helping, made) == benefit, "that somebody was referred stays so"
    events, of_benefit = await world.events(made["id"]), await world.events(benefit["id"])
    assert [event["type"] for event in (*events, *of_benefit)] == ["made", "answered", "delivered"]
    trail = await helping.entries(made["id"])
    history = (await world.client().get(f"/v1/referrals/{made['id']}/history")).text
    assert "kursi" not in f"{events}{of_benefit}{trail}{history}"
    assert "Kuota" not in f"{events}{of_benefit}{trail}{history}"


async def test_answers_come_in_order_and_of_parallel_ones_exactly_one(helping: Helping) -> None:
    ways: dict[str, list[str]] = {
        "diajukan": ["diterima", "ditolak"],
        "diterima": ["selesai"],
        "ditolak": [],
        "selesai": [],
    }
    paths: dict[str, list[str]] = {
        "diajukan": [],
        "diterima": ["diterima"],
        "ditolak": ["ditolak"],
        "selesai": ["diterima", "selesai"],
    }
    for state, path in paths.items():
        record = await helping.stored(helping.referral(again=True))
        for earlier in path:
            record = await _stepped(await _answered(helping, record, earlier, "2026-03-11"))
        for wanted in ReferralState:
            answer = await _answered(helping, record, wanted)
            if wanted in ways[state]:
                record = await _stepped(await helping.step(answer.json(), "correction", WHY | _as_it_was(state)))
            else:
                assert (answer.status_code, answer.json()["possible_answers"]) == (409, ways[state]), (state, wanted)
    waiting = await helping.stored(helping.referral(again=True))
    both = await asyncio.gather(*(_answered(helping, waiting, state) for state in ("diterima", "ditolak")))
    assert sorted(one.status_code for one in both) == [200, 412]


def _as_it_was(state: str) -> dict[str, Any]:
    return {"state": state, "answered_on": None if state == "diajukan" else "2026-03-11"}


async def test_what_cannot_be_is_refused_with_the_element_and_nothing_is_stored(helping: Helping) -> None:
    gone = await helping.world.announcer.partner("32.04", voided=True)
    await helping.world.announcer.arrived()
    before = await helping.counted()
    nobody = str(uuid4())
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"partner_id": nobody}, [("/partner_id", "partner-unknown")]),
        ({"partner_id": str(gone)}, [("/partner_id", "partner-unknown")]),
        ({"giver": by("partner", helping.office)}, [("/partner_id", "partner-is-giver")]),
        ({"beneficiary": person(nobody), "partner_id": nobody},
         [("/beneficiary/id", "person-unknown"), ("/partner_id", "partner-unknown")]),
        ({"giver": by("institution", helping.world.neighbour)}, [("/giver/id", "institution-unknown")]),
        ({"referred_on": "2026-03-16"}, [("/referred_on", "in-the-future")]),
        ({"beneficiary": person(helping.child), "giver": by("partner", helping.office), "referred_on": "2014-01-01",
          "partner_id": str(helping.hospital)}, [("/referred_on", "before-birth")]),
        ({"ppks_kinds": ["TS"], "notes": "Ceritanya"}, [("/notes", "notes-not-for-this-kind")]),
        ({"ppks_kinds": ["KAT"]}, [("/ppks_kinds/0", "kind-of-another-unit")]),
        ({"village": None}, [("/village", "missing")]),
    ]  # fmt: skip
    for changes, expected in cases:
        answer = await helping.sent(helping.referral(**changes))
        assert (answer.status_code, faults(answer)) == (422, expected), changes
    assert await helping.counted() == before

    made = await helping.stored(helping.referral(partner_id=str(helping.hospital), ppks_kinds=["KMIN"]))
    for body, expected in (
        ({"state": "diterima", "answered_on": "2026-03-16"}, [("/answered_on", "in-the-future")]),
        ({"state": "diterima", "answered_on": "2026-03-09"}, [("/answered_on", "too-early")]),
        ({"state": "diterima", "answered_on": "2026-03-10", "notes": "Sebab"}, [("/notes", "notes-not-for-this-kind")]),
    ):
        assert faults(await helping.step(made, "answer", body)) == expected
    accepted = await _stepped(await _answered(helping, made, "diterima", "2026-03-12"))
    assert faults(await _answered(helping, accepted, "selesai", "2026-03-11")) == [("/answered_on", "too-early")]
    for changes, expected in (
        ({"state": "diajukan"}, [("/answered_on", "answer-disagrees")]),
        ({"answered_on": None}, [("/answered_on", "answer-disagrees")]),
        ({"referred_on": "2026-03-13"}, [("/answered_on", "answered-before-referral")]),
        ({"answered_on": "2026-03-16"}, [("/answered_on", "in-the-future")]),
        ({"partner_id": nobody}, [("/partner_id", "partner-unknown")]),
    ):
        assert faults(await helping.step(accepted, "correction", WHY | changes)) == expected, changes


async def test_the_same_told_twice_is_refused_and_named_unless_it_is_another(helping: Helping) -> None:
    body = helping.referral()
    clicks = await asyncio.gather(*(helping.sent(body) for _ in range(6)))
    assert sorted(one.status_code for one in clicks) == [201] + [409] * 5
    (first,) = [one.json() for one in clicks if one.status_code == 201]
    assert {one.json()["referral_id"] for one in clicks if one.status_code == 409} == {first["id"]}
    assert await helping.counted() == (1, 1, 2)
    await helping.stored(body | {"again": True})
    other = await helping.stored(body | {"partner_id": str(helping.hospital)})
    into = await helping.step(other, "correction", WHY | {"partner_id": str(helping.office)})
    assert (into.status_code, into.json()["type"].rpartition(":")[2]) == (409, "referral-already-recorded")


async def test_the_benefit_follows_a_correction_and_is_voided_with_its_referral(helping: Helping) -> None:
    world = helping.world
    made = await helping.stored(helping.referral(notes="Lama"))
    benefit = await _benefit_of(helping, made)
    for step in ("correction", "voiding"):
        refused = await helping.step(benefit, step, WHY)
        assert (refused.status_code, refused.json()["referral_id"]) == (409, made["id"])

    of_partner = {"partner_id": str(helping.hospital), "notes": None}
    fixed = await _stepped(await helping.step(made, "correction", WHY | of_partner))
    assert (fixed["partner_id"], fixed["notes"]) == (str(helping.hospital), None)
    assert await _benefit_of(helping, made) == benefit, "nothing of it has changed"
    changed = {"beneficiary": {"id": str(helping.child)}, "ppks_kinds": ["ADK"], "village": NEXT_VILLAGE,
               "referred_on": "2026-03-09"}  # fmt: skip
    moved = await _stepped(await helping.step(fixed, "correction", WHY | changed))
    followed = await _benefit_of(helping, made)
    assert (followed["beneficiary"], followed["ppks_kinds"]) == (person(helping.child), ["ADK"])
    assert (followed["village"], followed["given_on"], followed["member_that_day"]) == (
        NEXT_VILLAGE,
        "2026-03-09",
        False,
    )

    voided = await _stepped(await helping.step(moved, "voiding", WHY))
    assert (voided["voided"], (await _benefit_of(helping, made))["voided"]) == (True, True)
    for step, body in (
        ("voiding", WHY),
        ("correction", WHY),
        ("answer", {"state": "ditolak", "answered_on": "2026-03-12"}),
    ):
        refused = await helping.step(voided, step, body)
        assert (refused.status_code, refused.json()["possible_answers"]) == (409, [])
    events = [await world.events(id) for id in (made["id"], benefit["id"])]
    assert [[event["type"] for event in of_one] for of_one in events] == [
        ["made", "corrected", "corrected", "voided"], ["delivered", "corrected", "voided"],
    ]  # fmt: skip


async def test_those_that_wait_for_an_answer_are_found_the_longest_first(helping: Helping) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "new": {"referred_on": "2026-03-14"},
        "old": {"referred_on": "2026-02-01", "beneficiary": person(helping.stranger), "village": PAPUA},
        "older": {"referred_on": "2026-01-05"},
        "done": {"referred_on": "2026-01-06"},
        "refused": {"referred_on": "2026-01-07", "partner_id": str(helping.hospital)},
        "wrong": {"referred_on": "2026-01-08"},
    }
    made = {name: await helping.stored(helping.referral(**changes)) for name, changes in bodies.items()}
    await _answered(helping, await _stepped(await _answered(helping, made["done"], "diterima")), "selesai")
    await _answered(helping, made["refused"], "ditolak")
    await helping.step(made["wrong"], "voiding", WHY)
    names = {record["id"]: name for name, record in made.items()}
    tksk = helping.world.client("district-facilitator", "32.04.05")

    async def found(**filters: Any) -> list[str]:
        answer = await tksk.get("/v1/referrals", params={"sort": "referred_on", **filters})
        assert answer.status_code == 200, answer.text
        return [names[one["id"]] for one in answer.json()["items"]]

    assert await found(state="diajukan") == ["older", "old", "new"]
    assert await found(waiting_since="2026-02-28") == ["older", "old"]
    assert await found(state=["selesai", "ditolak"]) == ["done", "refused"]
    assert await found(partner=str(helping.hospital)) == ["refused"]
    assert await found(beneficiary=str(helping.stranger), region=PAPUA) == ["old"]
    assert await found(referred_from="2026-01-06", referred_until="2026-02-01", region=HERE) == ["done", "refused"]
    assert await found(voided="true") == ["wrong"]
    listed = (await tksk.get("/v1/referrals", params={"waiting_since": "2026-01-31"})).json()["items"]
    assert [(one["waiting_since"], one["notes"], one["benefit_id"]) for one in listed] == [("2026-01-05", None, None)]
