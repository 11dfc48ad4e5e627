"""A need's life: posted, changed, answered, closed, voided; what its events, its audit entries and strangers are told."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from tests.activities.exchanging import ANY, Exchanging, institution, network, slug, step
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, faults

SECRETS = ("Bu Rahmi", "0812", "Pak Dedi", "jemput", "Salah ketik nama")
"""Whatever is written may hold a name: it stays in the tables of the exchange."""


def _answer(by: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"by": by, "message": "Hubungi Pak Dedi, kami jemput."} | more


async def test_a_need_from_the_posting_to_the_closure(exchanging: Exchanging) -> None:
    world, here, there = exchanging.world, exchanging.client(), exchanging.there
    body = exchanging.need(
        title="Beras untuk Bu Rahmi",
        text="Telepon 0812…",
        commodity="beras",
        quantity="20 karung",
        needed_until="2026-03-31",
    )
    posted = await here.post("/v1/needs", json=body)
    need = posted.json()
    assert posted.headers["Location"] == f"/v1/needs/{need['id']}"
    assert (posted.headers["ETag"], posted.headers["Wahana-Position"]) == ('"1"', f"activities/{need['id']}@1")
    assert need | body == need | {"poster": body["poster"]}
    assert (need["village"], need["state"], need["expired"], need["answers"]) == (HERE, "terbuka", False, [])
    assert need["poster"]["name"] == "KUBE Melati"

    offer = await exchanging.post("offers", None, there)
    answered = await there.post(
        f"/v1/needs/{need['id']}/answer", json=_answer(institution(world.neighbour), offer_id=offer["id"])
    )
    assert answered.status_code == 201, answered.text
    assert answered.json()["state"] == "dijawab"
    (answer,) = answered.json()["answers"]
    assert answered.headers["Location"] == f"/v1/needs/{need['id']}/answers/{answer['id']}"
    assert (await there.get(answered.headers["Location"])).json() == answer
    assert (answer["by"]["name"], answer["offer_id"], answer["on"]) == ("Sinoman Sela", offer["id"], "2026-03-15")
    taken = (await there.get(f"/v1/offers/{offer['id']}")).json()
    assert (taken["state"], taken["sequence"], taken["answer_count"]) == ("dijawab", 2, 1)
    assert [(one["need_id"], one["by"]["id"]) for one in taken["taken_up"]] == [(need["id"], str(world.helper))]

    read = (await here.get(f"/v1/needs/{need['id']}")).json()
    closure = {"outcome": "terpenuhi", "note": "Diterima Bu Rahmi.", "answer_id": answer["id"]}
    closed = await step(here, "needs", read, "closure", closure)
    assert closed.status_code == 200, closed.text
    assert [closed.json()[name] for name in ("state", "outcome", "outcome_note", "closed_with")] == [
        "ditutup", "terpenuhi", "Diterima Bu Rahmi.", answer["id"],
    ]  # fmt: skip
    for again in (
        await there.post(f"/v1/needs/{need['id']}/answer", json=_answer(network(exchanging.network))),
        await step(here, "needs", closed.json(), "closure", closure),
        await step(here, "needs", closed.json(), "change", {"quantity": "5 karung"}),
        await there.post(f"/v1/needs/{need['id']}/answers/{answer['id']}/withdrawal", headers=ANY),
    ):
        assert slug(again) in ("posting-closed",) or faults(again), again.text
        assert again.status_code in (409, 422)

    events = await exchanging.events(need["id"])
    assert [(event["type"], event["state"], len(event["answers"])) for event in events] == [
        ("posted", "terbuka", 0), ("answered", "dijawab", 1), ("closed", "ditutup", 1),
    ]  # fmt: skip
    assert events[-1]["outcome"] == "terpenuhi"
    assert events[-1]["needed_until"] == "2026-03-31"
    assert [event["type"] for event in await exchanging.events(offer["id"])] == ["posted", "taken_up"]
    rows = await world.house.fetch(
        "activities",
        "SELECT (SELECT json_agg(outbox) FROM outbox)::text AS told,"
        " (SELECT json_agg(audit_entry) FROM audit_entry)::text AS audited",
    )
    for secret in SECRETS:
        assert secret not in rows[0]["told"] + rows[0]["audited"], secret
    audited = json.loads(rows[0]["audited"])
    changed = [entry["after"] for entry in audited if entry["action"] == "closed"]
    assert changed == [{"state": "ditutup", "outcome": "terpenuhi", "outcome_note": "•••", "closed_with": answer["id"]}]
    history = (await here.get(f"/v1/needs/{need['id']}/history")).json()
    assert [entry["type"].split(".")[2] for entry in history] == ["posted", "answered", "closed"]


async def test_what_strangers_and_the_public_are_told(exchanging: Exchanging) -> None:
    """Messages are for those who ask and those who answer; the public sees open postings and counts of answers only."""
    world = exchanging.world
    need = await exchanging.post("needs", None, exchanging.client())
    await exchanging.there.post(f"/v1/needs/{need['id']}/answer", json=_answer(institution(world.neighbour)))
    readers = {
        "who asked": exchanging.client("institution-operator", HERE, institution=world.helper),
        "who answered": exchanging.client("institution-operator", NEXT_DISTRICT, institution=world.neighbour),
        "the regency": exchanging.client("regency-officer", "32.04"),
        "a stranger": exchanging.client("village-operator", PAPUA),
        "the public": exchanging.client("public", "ID"),
    }
    told = {who: (await client.get(f"/v1/needs/{need['id']}")).json() for who, client in readers.items()}
    assert {who: [one["message"] for one in read["answers"]] for who, read in told.items()} == {
        "who asked": ["Hubungi Pak Dedi, kami jemput."],
        "who answered": ["Hubungi Pak Dedi, kami jemput."],
        "the regency": ["Hubungi Pak Dedi, kami jemput."],
        "a stranger": [None],
        "the public": [],
    }
    assert {read["answer_count"] for read in told.values()} == {1}
    listed = (await readers["who asked"].get("/v1/needs")).json()["items"]
    assert [one["message"] for one in listed[0]["answers"]] == [None]
    histories = {
        who: (await client.get(f"/v1/needs/{need['id']}/history")).status_code for who, client in readers.items()
    }
    assert histories == {
        "who asked": 200, "who answered": 403, "the regency": 200, "a stranger": 403, "the public": 403,
    }  # fmt: skip
    read = told["who asked"]
    assert (await step(readers["who asked"], "needs", read, "closure", {"outcome": "ditarik"})).status_code == 200
    statuses = {who: (await client.get(f"/v1/needs/{need['id']}")).status_code for who, client in readers.items()}
    assert statuses == {
        "who asked": 200, "who answered": 200, "the regency": 200, "a stranger": 200, "the public": 404,
    }  # fmt: skip


async def test_who_may_answer_and_with_which_offer(exchanging: Exchanging) -> None:
    world = exchanging.world
    need = await exchanging.post("needs", exchanging.need(scope="district", needed_until="2026-03-15"))
    sibling, helper = institution(exchanging.sibling), institution(world.helper)
    regency = exchanging.client("regency-officer", "32.04")
    address = f"/v1/needs/{need['id']}/answer"
    own = await exchanging.post("offers", exchanging.offer(poster=sibling, valid_until="2026-03-16"))
    other = await exchanging.post("offers", exchanging.offer(poster=institution(world.lead)))
    closed = await exchanging.post("offers", exchanging.offer(poster=sibling))
    assert (await step(regency, "offers", closed, "closure", {"outcome": "ditarik"})).status_code == 200
    hidden = await exchanging.post(
        "offers",
        exchanging.offer(poster=institution(world.far), scope="village"),
        exchanging.client("integration", "ID"),
    )
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        (_answer(helper), [("/by/id", "own-posting")]),
        (_answer(institution(world.neighbour)), [("/by/id", "posting-does-not-reach")]),
        (_answer(institution(world.far)), [("/by/id", "institution-unknown")]),
        (_answer(institution(uuid4())), [("/by/id", "institution-unknown")]),
        (_answer(sibling, offer_id=str(uuid4())), [("/offer_id", "offer-unknown")]),
        (_answer(sibling, offer_id=other["id"]), [("/offer_id", "offer-unknown")]),
        (_answer(sibling, offer_id=hidden["id"]), [("/offer_id", "offer-unknown")]),
        (_answer(sibling, offer_id=closed["id"]), [("/offer_id", "offer-not-open")]),
        ({"by": sibling, "message": " "}, [("/message", "string-too-short")]),
    ]  # fmt: skip
    for body, expected in cases:
        answer = await regency.post(address, json=body)
        assert (answer.status_code, faults(answer)) == (422, expected), answer.text
    assert (await exchanging.there.post(address, json=_answer(institution(world.neighbour)))).status_code == 404

    first = await regency.post(address, json=_answer(sibling))
    assert first.status_code == 201
    assert slug(await regency.post(address, json=_answer(sibling))) == "answered-already"
    taken = first.json()["answers"][0]["id"]
    same_id = _answer(institution(world.lead), id=taken)
    assert slug(await regency.post(address, json=same_id)) == "id-taken"
    assert (await regency.post(address, json=_answer(sibling, offer_id=own["id"]))).status_code == 201
    assert (await regency.post(address, json=_answer(network(exchanging.network)))).status_code == 201

    # Its last day, and then the day after it.
    world.house.clock.instant = world.house.clock.instant.replace(hour=17)
    late = await regency.post(address, json=_answer(institution(world.lead)))
    assert (late.status_code, slug(late)) == (409, "posting-expired")
    assert len((await exchanging.events(need["id"]))[-1]["answers"]) == 3


async def test_an_answer_is_withdrawn_by_who_gave_it_and_frees_its_offer(exchanging: Exchanging) -> None:
    world, here, there = exchanging.world, exchanging.client(), exchanging.there
    need = await exchanging.post("needs", None, here)
    offer = await exchanging.post("offers", None, there)
    body = _answer(institution(world.neighbour), offer_id=offer["id"])
    answered = (await there.post(f"/v1/needs/{need['id']}/answer", json=body)).json()
    withdrawal = f"/v1/needs/{need['id']}/answers/{answered['answers'][0]['id']}/withdrawal"
    blocked = await step(
        there, "offers", (await there.get(f"/v1/offers/{offer['id']}")).json(), "voiding", {"reason": "Salah"}
    )
    assert (blocked.status_code, slug(blocked), blocked.json()["needs"]) == (409, "offer-answers-needs", [need["id"]])
    assert (await exchanging.client("village-operator", PAPUA).post(withdrawal, headers=ANY)).status_code == 403
    assert (await here.post(withdrawal, headers=ANY)).status_code == 403
    # Told to nobody else any more; what was answered can be taken back all the same.
    narrowed = await step(here, "needs", answered, "change", {"scope": "village"})
    assert narrowed.status_code == 200, narrowed.text
    assert (await there.get(f"/v1/needs/{need['id']}")).status_code == 404
    withdrawn = await there.post(withdrawal, headers=ANY)
    assert withdrawn.status_code == 200, withdrawn.text
    assert (withdrawn.json()["state"], withdrawn.json()["answers"]) == ("terbuka", [])
    assert (await there.post(withdrawal, headers=ANY)).status_code == 404
    free = (await there.get(f"/v1/offers/{offer['id']}")).json()
    assert (free["state"], free["taken_up"]) == ("terbuka", [])
    assert [event["type"] for event in await exchanging.events(offer["id"])] == [
        "posted", "taken_up", "take_up_withdrawn",
    ]  # fmt: skip
    unknown = await step(
        here, "needs", withdrawn.json(), "closure", {"outcome": "sebagian", "answer_id": answered["answers"][0]["id"]}
    )
    assert faults(unknown) == [("/answer_id", "answer-unknown")]


async def test_a_need_is_changed_by_its_poster_while_it_is_open(exchanging: Exchanging) -> None:
    here = exchanging.client("district-facilitator", "32.04.05")
    need = await exchanging.post("needs", None, here)
    changed = await step(here, "needs", need, "change", {
        "title": "Minyak goreng", "quantity": "4 dus", "kind": "sarana", "village": NEXT_VILLAGE, "needed_until": "2026-04-01",
    })  # fmt: skip
    assert changed.status_code == 200, changed.text
    now = changed.json()
    assert (now["title"], now["quantity"], now["village"], now["sequence"]) == (
        "Minyak goreng",
        "4 dus",
        NEXT_VILLAGE,
        2,
    )
    same = await step(here, "needs", now, "change", {"title": "Minyak goreng"})
    assert same.json()["sequence"] == 2
    found = (await here.get("/v1/needs", params={"q": "minyak"})).json()["items"]
    assert [one["id"] for one in found] == [need["id"]]
    assert (await here.get("/v1/needs", params={"q": "banjir", "kind": "sarana"})).json()["items"] == []
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"scope": "network"}, [("/network_id", "missing")]),
        ({"scope": "network", "network_id": str(uuid4())}, [("/network_id", "network-unknown")]),
        ({"village": NEXT_DISTRICT}, [("/village", "village-outside-your-area")]),
        ({"needed_until": "2026-03-01"}, [("/needed_until", "already-over")]),
        ({"title": None}, [("/title", "missing")]),
        ({"poster": institution(exchanging.sibling)}, [("/poster", "extra-forbidden")]),
    ]
    for patch, expected in cases:
        refused = await step(here, "needs", now, "change", patch)
        assert (refused.status_code, faults(refused)) == (422, expected), refused.text
    assert slug(await step(here, "needs", need, "change", {"quantity": "1"})) == "stale-etag"
    back = await step(here, "needs", now, "change", {"quantity": None, "needed_until": None})
    assert (back.json()["quantity"], back.json()["needed_until"], back.json()["sequence"]) == (None, None, 3)


async def test_a_voided_need_is_read_by_its_own_people_only(exchanging: Exchanging) -> None:
    here, there = exchanging.client(), exchanging.there
    offer = await exchanging.post("offers", None, there)
    need = await exchanging.post("needs", None, here)
    body = _answer(institution(exchanging.world.neighbour), offer_id=offer["id"])
    answered = (await there.post(f"/v1/needs/{need['id']}/answer", json=body)).json()
    voided = await step(here, "needs", answered, "voiding", {"reason": "Salah ketik nama"})
    assert (voided.status_code, voided.json()["voided"]) == (200, True)
    assert (await there.get(f"/v1/needs/{need['id']}")).status_code == 404
    assert [one["id"] for one in (await here.get("/v1/needs", params={"voided": True})).json()["items"]] == [need["id"]]
    assert (await there.get("/v1/needs", params={"voided": True})).json()["items"] == []
    assert (await here.get("/v1/needs")).json()["items"] == []
    assert slug(await step(here, "needs", voided.json(), "voiding", {"reason": "Lagi saja"})) == "posting-voided"
    assert (await there.get(f"/v1/offers/{offer['id']}")).json()["state"] == "terbuka"
    assert (await exchanging.events(need["id"]))[-1]["voided"] is True


async def test_twenty_answers_and_closures_at_once_leave_one_story(exchanging: Exchanging) -> None:
    """Each answer is taken before the closure or refused after it; row, answers and events say the same."""
    world, regency = exchanging.world, exchanging.client("regency-officer", "32.04")
    need = await exchanging.post("needs")
    groups = [await world.announcer.institution(HERE, name=f"Arisan {n}") for n in range(14)]
    await world.announcer.arrived()
    address = f"/v1/needs/{need['id']}/answer"
    offer = await exchanging.post("offers", exchanging.offer(poster=institution(groups[0])))
    answers = [regency.post(address, json=_answer(institution(one))) for one in groups[2:]]
    same = [regency.post(address, json=_answer(institution(groups[1]))) for _ in range(3)]
    with_offer = [regency.post(address, json=_answer(institution(groups[0]), offer_id=offer["id"])) for _ in range(2)]
    any_version = {"If-Match": "*"}
    closures = [
        regency.post(f"/v1/needs/{need['id']}/closure", json={"outcome": "terpenuhi"}, headers=any_version)
        for _ in range(3)
    ]
    results = await asyncio.gather(*answers, *same, *with_offer, *closures)
    statuses = [one.status_code for one in results]
    assert set(statuses) <= {200, 201, 409}, [one.text for one in results]
    assert statuses[-3:].count(200) == 1
    read = (await regency.get(f"/v1/needs/{need['id']}")).json()
    taken = statuses[:-3].count(201)
    assert statuses[12:15].count(201) <= 1
    assert statuses[15:17].count(201) <= 1
    assert (read["state"], len(read["answers"]), read["sequence"]) == ("ditutup", taken, taken + 2)
    events = await exchanging.events(need["id"])
    assert [len(event["answers"]) for event in events] == [*range(taken + 1), taken]
    rows = await world.house.fetch("activities", "SELECT count(*) AS n FROM exchange_answer WHERE withdrawn_at IS NULL")
    assert rows[0]["n"] == taken
    used = (await regency.get(f"/v1/offers/{offer['id']}")).json()
    assert used["answer_count"] == statuses[15:17].count(201)
