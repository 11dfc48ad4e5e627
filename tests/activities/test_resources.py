"""Contributions: what counts in rupiah and what does not, refunds of the same contribution, and the activity's sums."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.activities.resources.schemas import Contribution
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, World, faults

pytestmark = pytest.mark.without_worker

NOBODY = "0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"
WHY = {"reason": "Salah ketik"}


def _cash(value: Any = 300_000, **more: Any) -> dict[str, Any]:
    return {"source": "iuran", "form": "tunai", "value": value, "received_on": "2026-03-01"} | more


def _goods(**more: Any) -> dict[str, Any]:
    body = {"source": "donasi_warga", "form": "barang", "quantity": 12.5, "unit": "Kg", "received_on": "2026-03-01"}
    return body | more


def _labour(**more: Any) -> dict[str, Any]:
    return {"source": "donasi_warga", "form": "tenaga", "days": 4, "received_on": "2026-03-01"} | more


async def _post(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post("/v1/resources", json=body)


async def _given(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = await _post(client, body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _step(
    client: httpx.AsyncClient, resource: dict[str, Any], step: str, body: dict[str, Any], version: str | None = None
) -> httpx.Response:
    headers = {"If-Match": version or f'"{resource["sequence"]}"'}
    return await client.post(f"/v1/resources/{resource['id']}/{step}", json=body, headers=headers)


def _sums(activity: dict[str, Any]) -> list[tuple[str, str, int, int]]:
    return [(one["source"], one["form"], one["value"], one["unvalued"]) for one in activity["resources"]]


async def test_an_activity_tells_the_sums_of_what_was_contributed_to_it(world: World) -> None:
    keeper = world.client()
    partner = await world.announcer.partner("32.04")
    await world.announcer.arrived()
    activity = await world.posted(world.held())
    to_it = {"activity_id": activity["id"]}
    answer = await _post(keeper, _cash(note="Jimpitan Ibu Sari", **to_it))
    cash = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/resources/{cash['id']}"
    assert answer.headers["Wahana-Position"] == f"activities/{cash['id']}@1"
    assert cash["receiver"] == {"organisation": "institution", "id": str(world.lead), "name": "Arisan Mawar"}
    assert (cash["village"], cash["value"], cash["net_value"], cash["refunds"]) == (HERE, 300_000, 300_000, [])
    rice = await _given(keeper, _goods(**to_it))
    assert (rice["quantity"], rice["unit"], rice["value"], rice["net_value"]) == ("12.500", "kg", None, None)
    work = await _given(keeper, _labour(**to_it))
    assert (work["days"], work["rate"], work["value"]) == ("4.000", None, None), "no rate, no value"
    await _given(keeper, _labour(days=2.5, rate=90_000, **to_it))
    await _given(keeper, _cash(600_000, source="mitra", partner_id=str(partner), **to_it))
    await _given(keeper, _cash(50_000, receiver={"organisation": "institution", "id": str(world.lead)}))
    events = await world.events(activity["id"])
    assert [one["type"] for one in events] == ["recorded", *["resources_changed"] * 5]
    assert _sums(events[-1]) == [
        ("donasi_warga", "barang", 0, 1), ("donasi_warga", "tenaga", 225_000, 1), ("iuran", "tunai", 300_000, 0),
        ("mitra", "tunai", 600_000, 0),
    ]  # fmt: skip
    read = (await keeper.get(f"/v1/activities/{activity['id']}")).json()
    assert read["sequence"] == 6
    sums = (await keeper.get("/v1/resources/sums", params=to_it)).json()
    assert [(s["source"], s["form"], s["value"], s["unvalued"]) for s in sums["items"]] == _sums(events[-1])
    assert (sums["value"], sums["contributions"], sums["unvalued"]) == (1_125_000, 5, 2)
    assert (await keeper.get("/v1/resources/sums?source=iuran")).json()["value"] == 350_000
    listed = (await keeper.get("/v1/resources?form=barang&count=true")).json()
    assert (listed["items"], listed["count"]) == ([rice], 1)
    assert (await keeper.get(f"/v1/resources?partner_id={partner}")).json()["items"][0]["source"] == "mitra"
    stored = await world.house.fetch("activities", "SELECT 1 FROM outbox WHERE data::text LIKE '%Sari%'")
    assert stored == []


async def test_refunds_are_negative_corrections_of_the_same_contribution(world: World) -> None:
    keeper = world.client()
    activity = await world.posted(world.held())
    made = await _given(keeper, _cash(100_000, activity_id=activity["id"]))
    body = {"on": "2026-03-05", "value": 30_000, "reason": "Kegiatan lebih hemat"}
    back = (await _step(keeper, made, "refunds", body)).json()
    assert (back["value"], back["net_value"], back["refunds"]) == (
        100_000,
        70_000,
        [{"on": "2026-03-05", "value": 30_000}],
    )
    assert [(s["value"], s["refunded"]) for s in (await keeper.get("/v1/resources/sums")).json()["items"]] == [
        (70_000, 30_000)
    ]  # fmt: skip
    for wrong, expected in (
        ({"on": "2026-02-28"}, ("/on", "too-early")), ({"on": "2026-03-16"}, ("/on", "in-the-future")),
        ({"value": 0}, ("/value", "greater-than-equal")), ({"value": -5}, ("/value", "greater-than-equal")),
    ):  # fmt: skip
        assert faults(await _step(keeper, back, "refunds", body | wrong)) == [expected]
    answers = await asyncio.gather(
        *(_step(keeper, made, "refunds", body | {"value": 20_000}, version="*") for _ in range(8))
    )
    assert sorted(one.status_code for one in answers) == [200] * 3 + [409] * 5
    refused = next(one.json() for one in answers if one.status_code == 409)
    assert (refused["type"].split(":")[-1], refused["available"]) == ("refund-too-large", 10_000)
    now = (await keeper.get(f"/v1/resources/{made['id']}")).json()
    lowered = await _step(keeper, now, "correction", WHY | {"value": 80_000})
    assert lowered.json()["type"].endswith(":refund-too-large")
    later = await _step(keeper, now, "correction", WHY | {"received_on": "2026-03-10"})
    assert faults(later) == [("/received_on", "received-after-refund")]
    unvalued = await _given(keeper, _goods(activity_id=activity["id"]))
    assert (await _step(keeper, unvalued, "refunds", body)).json()["available"] == 0
    raised = await _step(keeper, now, "correction", WHY | {"value": 120_000})
    assert (raised.json()["net_value"], raised.json()["sequence"]) == (30_000, 6)
    assert _sums((await world.events(activity["id"]))[-1]) == [
        ("donasi_warga", "barang", 0, 1), ("iuran", "tunai", 30_000, 0),
    ]  # fmt: skip
    events = await world.events(made["id"])
    assert [one["type"] for one in events] == ["contributed", *["refunded"] * 4, "corrected"]
    assert (events[-1]["value"], len(events[-1]["refunds"])) == (120_000, 4)
    history = (await keeper.get(f"/v1/resources/{made['id']}/history")).json()
    assert history[1]["reason"] == "Kegiatan lebih hemat"


async def test_corrections_and_voidings_are_told_of_the_activity_too(world: World) -> None:
    keeper = world.client()
    activity = await world.posted(world.held())
    made = await _given(keeper, _cash(100_000, activity_id=activity["id"]))
    same = await _step(keeper, made, "correction", WHY | {"value": 100_000})
    assert same.json() == made, "a patch that changes nothing is no event"
    noted = (await _step(keeper, made, "correction", WHY | {"note": "Dari RW 05"})).json()
    assert (noted["note"], noted["sequence"]) == ("Dari RW 05", 2)
    assert len(await world.events(activity["id"])) == 2, "the sums are the same"
    labour = WHY | {"form": "tenaga", "value": None, "days": 3, "rate": 50_000}
    worked = (await _step(keeper, noted, "correction", labour)).json()
    assert (worked["form"], worked["value"], worked["days"]) == ("tenaga", 150_000, "3.000")
    assert (await _step(keeper, made, "voiding", WHY)).status_code == 412
    assert (await keeper.post(f"/v1/resources/{made['id']}/voiding", json=WHY)).status_code == 428
    await world.step((await keeper.get(f"/v1/activities/{activity['id']}")).json(), "voiding", WHY)
    voided = (await _step(keeper, worked, "voiding", WHY)).json()
    assert voided["voided"] is True
    for step, body in (("voiding", WHY), ("correction", WHY | {"days": 4}),
                       ("refunds", WHY | {"on": "2026-03-05", "value": 1})):  # fmt: skip
        assert (await _step(keeper, voided, step, body)).json()["type"].endswith(":resource-voided")
    assert [_sums(one) for one in await world.events(activity["id"])][1:] == [
        [("iuran", "tunai", 100_000, 0)], [("iuran", "tenaga", 150_000, 0)], [("iuran", "tenaga", 150_000, 0)], [],
    ]  # fmt: skip
    assert (await keeper.get("/v1/resources")).json()["items"] == []
    assert (await keeper.get("/v1/resources?voided=true")).json()["items"] == [voided]
    assert (await keeper.get("/v1/resources/sums")).json()["items"] == []


async def test_a_wrong_contribution_is_pointed_at_and_stores_nothing(world: World) -> None:
    keeper = world.client()
    cancelled = await world.step(await world.posted(world.planned()), "cancellation", {"reason": "Banjir"})
    to_lead = {"receiver": {"organisation": "institution", "id": str(world.lead)}}
    before = await world.stored()
    cases: list[tuple[dict[str, Any], tuple[str, str]]] = [
        (_cash(-5, **to_lead), ("/value", "negative-money")),
        (_cash(1.5, **to_lead), ("/value", "int-type")),
        (_cash("100", **to_lead), ("/value", "int-type")),
        (_cash(10**15 + 1, **to_lead), ("/value", "less-than-equal")),
        (_cash(None, **to_lead), ("/value", "missing")),
        (_cash(quantity=1, **to_lead), ("/quantity", "not-of-this-form")),
        (_goods(unit=None, **to_lead), ("/unit", "missing")),
        (_goods(rate=1, **to_lead), ("/rate", "not-of-this-form")),
        (_labour(value=100_000, **to_lead), ("/value", "not-of-this-form")),
        (_labour(days=0, **to_lead), ("/days", "greater-than")),
        (_labour(days=0.5, rate=75_001, **to_lead), ("/rate", "value-not-whole")),
        (_labour(days=10**6, rate=10**12, **to_lead), ("/rate", "less-than-equal")),
        (_cash(received_on="2026-03-16", **to_lead), ("/received_on", "in-the-future")),
        (_cash(partner_id=NOBODY, **to_lead), ("/partner_id", "partner-unknown")),
        (_cash(), ("/receiver", "neither-activity-nor-receiver")),
        (_cash(activity_id=NOBODY), ("/activity_id", "activity-unknown")),
        (_cash(receiver={"organisation": "partner", "id": NOBODY}), ("/receiver/organisation", "literal-error")),
        (_cash(receiver={"organisation": "network", "id": NOBODY}), ("/receiver/id", "network-unknown")),
        (_cash(receiver={"organisation": "network", "id": str(world.lead)}), ("/receiver/id", "network-unknown")),
        (_cash(receiver={"organisation": "institution", "id": str(world.neighbour)}), ("/receiver/id", "institution-unknown")),
        (_cash(amount=1, **to_lead), ("/amount", "extra-forbidden")),
    ]  # fmt: skip
    for body, expected in cases:
        answer = await _post(keeper, body)
        assert (answer.status_code, faults(answer)) == (422, [expected]), (body, answer.text)
    remedy = (await _post(keeper, _cash(-5, **to_lead))).json()["errors"][0]["remedy"]
    assert "/refunds" in remedy
    closed = await _post(keeper, _cash(activity_id=cancelled.json()["id"]))
    assert closed.json()["type"].endswith(":activity-takes-no-contributions")
    assert await world.stored() == before
    made = await _given(keeper, _cash(**to_lead))
    taken = await _post(keeper, _cash(**to_lead) | {"id": made["id"]})
    assert taken.json()["type"].endswith(":id-taken")


async def test_contributions_are_kept_where_they_were_received(world: World) -> None:
    led_here = await world.posted(world.held(village=NEXT_DISTRICT))
    made = await _given(world.client(), _cash(activity_id=led_here["id"]))
    network = await world.announcer.network(NEXT_VILLAGE, HERE)
    await world.announcer.arrived()
    to_network = {"receiver": {"organisation": "network", "id": str(network)}}
    of_network = await _given(world.client("village-operator", NEXT_VILLAGE), _cash(7, **to_network))
    assert (of_network["village"], of_network["receiver"]["name"]) == (NEXT_VILLAGE, "WKSBM Rukun")
    there = world.client("village-operator", NEXT_DISTRICT)
    helper = world.client("institution-operator", HERE, institution=str(world.helper))
    for stranger in (there, helper):
        assert (await stranger.get(f"/v1/resources/{made['id']}")).status_code == 404
        assert (await stranger.get(f"/v1/resources/{made['id']}/history")).status_code == 404
        assert (await stranger.get("/v1/resources?count=true")).json()["count"] == 0
        assert (await stranger.get("/v1/resources/sums")).json()["contributions"] == 0
        refund = {"on": "2026-03-05", "value": 1, "reason": "Coba"}
        for step, body in (("voiding", WHY), ("correction", WHY | {"value": 1}), ("refunds", refund)):
            assert (await _step(stranger, made, step, body)).status_code == 404
        assert faults(await _post(stranger, _cash(**to_network))) == [("/receiver/id", "network-unknown")]
    assert (await _post(there, _cash(activity_id=led_here["id"]))).json()["type"].endswith(":lead-outside-your-area")
    own = world.client("institution-operator", HERE, institution=str(world.lead))
    assert [one["id"] for one in (await own.get("/v1/resources")).json()["items"]] == [made["id"]]
    district = world.client("district-facilitator", "32.04.05")
    assert (await district.get("/v1/resources/sums?region=32.04.05")).json()["contributions"] == 2
    assert (await district.get(f"/v1/resources/sums?region={NEXT_VILLAGE}")).json()["value"] == 7


async def test_what_is_contributed_to_an_activity_of_an_accepted_month_marks_its_report(world: World) -> None:
    activity = await world.posted(world.held(completion={"held_from": "2026-02-10", "held_until": "2026-02-10"}))
    report = (await world.client().post("/v1/village-reports", json={"village": HERE, "month": "2026-02"})).json()
    accepted = await world.client("district-facilitator", "32.04.05").post(
        f"/v1/village-reports/{report['id']}/acceptance", headers={"If-Match": '"1"'}
    )
    assert accepted.status_code == 200, accepted.text
    await _given(world.client(), _cash(receiver={"organisation": "institution", "id": str(world.lead)}))
    address = f"/v1/village-reports/{report['id']}"
    assert (await world.client().get(address)).json()["restate"] is False
    await _given(world.client(), _cash(activity_id=activity["id"]))
    assert (await world.client().get(address)).json()["restate"] is True


async def test_parallel_contributions_to_one_activity_are_all_in_its_sums(world: World) -> None:
    activity = await world.posted(world.held())
    keeper = world.client()
    answers = await asyncio.gather(*(_post(keeper, _cash(1_000, activity_id=activity["id"])) for _ in range(20)))
    assert {one.status_code for one in answers} == {201}
    last = (await world.events(activity["id"]))[-1]
    assert _sums(last) == [("iuran", "tunai", 20_000, 0)]


@given(st.decimals("0.001", 10_000, places=3), st.integers(0, 10**9))
def test_the_value_of_labour_is_exact_or_refused(days: Any, rate: int) -> None:
    body = {"source": "donasi_warga", "form": "tenaga", "days": days, "rate": rate, "received_on": "2026-03-01"}
    try:
        worth = Contribution.model_validate(body).worth
    except ValidationError:
        assert days * rate != int(days * rate)
    else:
        assert worth == days * rate
