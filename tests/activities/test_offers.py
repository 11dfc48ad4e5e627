"""An offer's life: posted, asked for, withdrawn from, closed; and who is told who asked."""

from typing import Any

from tests.activities.exchanging import ANY, Exchanging, institution, slug, step
from tests.activities.world import HERE, NEXT_DISTRICT, faults


def _wish(by: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"by": by, "message": "Kami ambil Sabtu pagi."} | more


async def test_an_offer_from_the_posting_to_the_closure(exchanging: Exchanging) -> None:
    world, here, there = exchanging.world, exchanging.client(), exchanging.there
    body = exchanging.offer(commodity="beras", quantity="10 karung", valid_until="2026-03-16", village=NEXT_DISTRICT)
    offer = await exchanging.post("offers", body, there)
    assert offer | body == offer | {"poster": body["poster"]}
    assert (offer["state"], offer["expired"], offer["taken_up"]) == ("terbuka", False, [])
    address = f"/v1/offers/{offer['id']}/answer"
    refused = await there.post(address, json=_wish(institution(world.neighbour)))
    assert faults(refused) == [("/by/id", "own-posting")]
    asked = await here.post(address, json=_wish(institution(world.lead)))
    assert (asked.status_code, asked.json()["state"]) == (201, "dijawab")
    assert slug(await here.post(address, json=_wish(institution(world.lead)))) == "answered-already"
    assert (await here.get(asked.headers["Location"])).json()["message"] == "Kami ambil Sabtu pagi."
    assert (await exchanging.sister.get(asked.headers["Location"])).status_code == 404
    second = await here.post(address, json=_wish(institution(world.helper)))
    assert second.json()["answer_count"] == 2

    # Those who offer read all who ask; who asks reads that it asked; others read how many there are.
    theirs = (await there.get(f"/v1/offers/{offer['id']}")).json()
    assert [(one["by"]["name"], one["message"]) for one in theirs["taken_up"]] == [
        ("Arisan Mawar", "Kami ambil Sabtu pagi."), ("KUBE Melati", "Kami ambil Sabtu pagi."),
    ]  # fmt: skip
    lead = exchanging.client("institution-operator", HERE, institution=world.lead)
    assert [one["by"]["name"] for one in (await lead.get(f"/v1/offers/{offer['id']}")).json()["taken_up"]] == [
        "Arisan Mawar"
    ]
    for stranger in (exchanging.sister, exchanging.client("public", "ID")):
        read = (await stranger.get(f"/v1/offers/{offer['id']}")).json()
        assert (read["answer_count"], read["taken_up"]) == (2, [])

    first = theirs["taken_up"][0]["id"]
    withdrawal = f"/v1/offers/{offer['id']}/answers/{first}/withdrawal"
    assert (await there.post(withdrawal, headers=ANY)).status_code == 403
    assert (await lead.post(withdrawal, headers=ANY)).json()["answer_count"] == 1
    assert slug(await lead.post(withdrawal, headers=ANY)) == "answer-withdrawn"
    again = await lead.post(address, json=_wish(institution(world.lead)))
    assert again.status_code == 201
    read = (await there.get(f"/v1/offers/{offer['id']}")).json()
    wrong = await step(there, "offers", read, "closure", {"outcome": "ditarik", "answer_id": read["taken_up"][0]["id"]})
    assert faults(wrong) == [("/answer_id", "not-of-this-outcome")]
    stale = await step(there, "offers", read, "closure", {"outcome": "terpenuhi", "answer_id": first})
    assert faults(stale) == [("/answer_id", "answer-unknown")]
    closure = {"outcome": "terpenuhi", "answer_id": read["taken_up"][0]["id"]}
    closed = await step(there, "offers", read, "closure", closure)
    assert (closed.json()["state"], closed.json()["closed_with"]) == ("ditutup", closure["answer_id"])
    assert slug(await here.post(address, json=_wish(institution(world.lead)))) == "posting-closed"
    events = await exchanging.events(offer["id"])
    assert [(event["type"], len(event["taken_up"])) for event in events] == [
        ("posted", 0), ("taken_up", 1), ("taken_up", 2), ("take_up_withdrawn", 1), ("taken_up", 2), ("closed", 2),
    ]  # fmt: skip
    history = (await there.get(f"/v1/offers/{offer['id']}/history")).json()
    assert len(history) == 6


async def test_an_offer_whose_last_day_is_over_is_told_so_and_given_to_nobody(exchanging: Exchanging) -> None:
    world, here, there = exchanging.world, exchanging.client(), exchanging.there
    offer = await exchanging.post("offers", exchanging.offer(valid_until="2026-03-15"), there)
    need = await exchanging.post("needs", None, here)
    world.house.clock.instant = world.house.clock.instant.replace(day=16)
    listed = (await here.get("/v1/offers", params={"expired": True})).json()["items"]
    assert [(one["id"], one["state"], one["expired"]) for one in listed] == [(offer["id"], "terbuka", True)]
    asked = await here.post(f"/v1/offers/{offer['id']}/answer", json=_wish(institution(world.lead)))
    assert (asked.status_code, slug(asked)) == (409, "posting-expired")
    body = {"by": institution(world.neighbour), "message": "Ini.", "offer_id": offer["id"]}
    used = await there.post(f"/v1/needs/{need['id']}/answer", json=body)
    assert faults(used) == [("/offer_id", "offer-not-open")]
    extended = await step(there, "offers", offer, "change", {"valid_until": "2026-03-16"})
    assert (extended.status_code, extended.json()["expired"]) == (200, False)
    assert (await there.post(f"/v1/needs/{need['id']}/answer", json=body)).status_code == 201
    voided = await exchanging.post("offers", None, there)
    assert (await step(there, "offers", voided, "voiding", {"reason": "Salah catat"})).json()["voided"] is True
    assert (await here.get(f"/v1/offers/{voided['id']}")).status_code == 404


async def test_the_same_id_is_taken_once(exchanging: Exchanging) -> None:
    body = exchanging.offer(id="0195e84c-51d7-7f13-8b29-d4a6c0e9f835")
    assert (await exchanging.there.post("/v1/offers", json=body)).status_code == 201
    assert slug(await exchanging.there.post("/v1/offers", json=body)) == "id-taken"
    assert (await exchanging.world.stored())[1] == 1
