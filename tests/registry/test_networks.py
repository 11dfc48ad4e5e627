"""Networks over HTTP: registered, changed, listed, and who sees and changes them."""

import json
from typing import Any

import httpx
import pytest

from tests.house import House
from tests.registry.institutions import VILLAGE, VILLAGE_NEXT, VILLAGE_OVER, faults, patched, problem, record, take
from tests.registry.networks import ELSEWHERE, NETWORKS, Circle, kept, network, told


@pytest.fixture
def circle(registry_api: House) -> Circle:
    return Circle(registry_api)


async def test_a_network_is_registered_in_its_beginnings_and_told(circle: Circle) -> None:
    places = [{"village": VILLAGE, "part": "RW 05"}, {"village": "3204052001", "part": "RW 06", "since": "2025-06-01"}]
    answer = await circle.operator.post("/v1/networks", json=network(territory=places))
    body = record(answer, 201)
    assert answer.headers["Location"] == f"/v1/networks/{body['id']}"
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@1"
    assert (body["status"], body["sequence"], body["active"], body["management"]) == ("dirintis", 1, [], [])
    assert [(p["village"], p["village_name"], p["part"], p["since"]) for p in body["territory"]] == [
        (VILLAGE, "Cileunyi Kulon", "RW 05", None), (VILLAGE, "Cileunyi Kulon", "RW 06", "2025-06-01"),
    ]  # fmt: skip
    assert record(await circle.operator.get(f"/v1/networks/{body['id']}")) == body
    assert await told(circle.house, body["id"]) == [(1, "registered")]
    history = (await circle.operator.get(f"/v1/networks/{body['id']}/history")).json()
    assert history[0]["changes"]["status"] == {"before": None, "after": "dirintis"}
    again = await circle.operator.post("/v1/networks", json=network(id=body["id"]))
    problem(again, 409, "id-taken")


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"name": " "}, ("/name", "string-too-short")),
    ({"territory": []}, ("/territory", "too-short")),
    ({"territory": [{"village": "99.99.99.2999"}]}, ("/territory/0/village", "region-unknown")),
    ({"territory": [{"village": "32.04.05"}]}, ("/territory/0/village", "region-wrong-level")),
    ({"territory": [{"village": VILLAGE}, {"village": VILLAGE_NEXT}]}, ("/territory/1/village", "outside-your-area")),
    ({"territory": [{"village": VILLAGE}, {"village": VILLAGE, "part": "RW 05"}]}, ("/territory/1", "territory-overlaps")),
    ({"territory": [{"village": VILLAGE, "part": "RW 5"}, {"village": VILLAGE, "part": "rw. 5"}]}, ("/territory/1", "territory-overlaps")),
    ({"territory": [{"village": VILLAGE, "since": "2026-03-16"}]}, ("/territory/0/since", "in-the-future")),
    ({"territory": [{"village": VILLAGE, "since": "2026-01-01", "until": "2026-01-01"}]}, ("/territory/0/until", "end-before-start")),
    ({"territory": [{"village": VILLAGE, "until": "2026-01-01"}]}, ("/territory", "territory-empty")),
    ({"initiated_on": "2026-03-16"}, ("/initiated_on", "in-the-future")),
    ({"initiated_on": ...}, ("/initiated_on", "missing")),
    ({"status": "aktif"}, ("/status", "extra-forbidden")),
]  # fmt: skip


async def test_a_wrong_registration_is_named_and_nothing_is_stored(circle: Circle) -> None:
    before = await kept(circle.house)
    for changes, fault in WRONG:
        assert fault in faults(await circle.operator.post("/v1/networks", json=network(**changes))), changes
    assert await kept(circle.house) == before


async def test_a_part_may_follow_a_part_in_time(circle: Circle) -> None:
    places = [{"village": VILLAGE, "part": "RW 05", "until": "2026-01-01"}, {"village": VILLAGE, "since": "2026-01-01"}]
    assert len((await circle.begun(territory=places))["territory"]) == 2


async def test_a_network_is_seen_from_every_village_of_its_territory_once_and_from_no_other(circle: Circle) -> None:
    places = [{"village": VILLAGE, "part": "RW 01"}, {"village": VILLAGE, "part": "RW 02"}, {"village": VILLAGE_NEXT}]
    body = await circle.begun(by=circle.facilitator, territory=places)
    for viewer in (circle.operator, circle.next, circle.facilitator, circle.officer, circle.ministry):
        listed = record(await viewer.get("/v1/networks?count=true"))
        assert ([item["id"] for item in listed["items"]], listed["count"]) == ([body["id"]], 1)
    listed = record(await circle.over.get("/v1/networks?count=true"))
    assert (listed["items"], listed["count"]) == ([], 0)
    for address in ("", "/history", "/fund-entries", "/work-plans", "/work-plans/2026"):
        problem(await circle.over.get(f"/v1/networks/{body['id']}{address}"), 404, "not-found")
    problem(await patched(circle.over, body, {"name": "X"}, NETWORKS), 404, "not-found")


async def test_lists_filter_by_region_status_name_change_and_a_legalisation_that_is_valid_that_day(
    circle: Circle,
) -> None:
    legalised = await circle.legalised(name="WKSBM Melati")
    begun = await circle.begun(name="WKSBM Mawar", local_name=...)
    voided = await circle.begun(name="WKSBM Salah")
    await take(circle.operator, voided, "voiding", {"reason": "Salah input"}, NETWORKS)

    async def ids(query: str) -> list[str]:
        return [item["id"] for item in record(await circle.ministry.get(f"/v1/networks?{query}"))["items"]]

    assert await ids("") == [begun["id"], legalised["id"]]
    assert await ids("sort=-name") == [legalised["id"], begun["id"]]
    assert await ids("q=melatti") == [legalised["id"]]
    assert await ids("q=guyub") == [legalised["id"]]
    assert await ids("status=disahkan") == [legalised["id"]]
    assert await ids("region=32.04.05") == [begun["id"], legalised["id"]]
    assert await ids("region=32.04.06") == []
    assert await ids("legalised_on=2025-11-19") == []
    assert await ids("legalised_on=2025-11-20") == await ids("legalised_on=2027-12-31") == [legalised["id"]]
    assert await ids("legalised_on=2028-01-01") == []
    assert await ids("voided=true") == [voided["id"]]
    assert await ids("changed_since=2026-03-15T12:00:01Z") == []


async def test_territory_changes_in_the_callers_area_only_and_both_places_are_told(circle: Circle) -> None:
    both = [{"village": VILLAGE}, {"village": VILLAGE_NEXT}]
    body = await circle.begun()
    assert faults(await patched(circle.operator, body, {"territory": both}, NETWORKS)) == {
        ("/territory/1/village", "outside-your-area")
    }
    body = record(await patched(circle.facilitator, body, {"territory": both}, NETWORKS))
    assert [place["village"] for place in body["territory"]] == [VILLAGE, VILLAGE_NEXT]
    taken_out = await patched(circle.operator, body, {"territory": [{"village": VILLAGE}]}, NETWORKS)
    assert faults(taken_out) == {("/territory", "outside-your-area")}
    ended = [{"village": VILLAGE, "until": "2026-02-01"}, {"village": VILLAGE_NEXT}]
    body = record(await patched(circle.operator, body, {"territory": ended}, NETWORKS))
    # The village that it left still sees what it was, and changes nothing of it any more.
    assert (await circle.now(body))["territory"][0]["until"] == "2026-02-01"
    problem(await patched(circle.operator, body, {"name": "X"}, NETWORKS), 403, "network-outside-your-area")
    rows = await circle.house.fetch("registry", "SELECT region_ids FROM outbox WHERE subject_id = $1", body["id"])
    assert [len(row["region_ids"]) for row in rows] == [1, 2, 2]


async def test_a_patch_that_changes_nothing_leaves_no_event_and_a_stale_one_nothing_at_all(circle: Circle) -> None:
    body = await circle.begun()
    assert record(await patched(circle.operator, body, {"name": body["name"]}, NETWORKS)) == body
    changed = record(await patched(circle.operator, body, {"local_name": None, "initiated_on": "2024-01-01"}, NETWORKS))
    assert (changed["local_name"], changed["initiated_on"], changed["sequence"]) == (None, "2024-01-01", 2)
    problem(await patched(circle.operator, body, {"name": "X"}, NETWORKS), 412, "stale-etag")
    assert await told(circle.house, body["id"]) == [(1, "registered"), (2, "changed")]


async def test_an_institutions_operator_reads_its_networks_and_writes_nothing_of_them(circle: Circle) -> None:
    body = await circle.complete()
    other = await circle.begun(name="WKSBM Lain")
    membership = record(await circle.operator.get(f"/v1/network-memberships?network={body['id']}"))["items"][0]
    keeper: httpx.AsyncClient = circle.house.client(
        "registry", "institution-operator", VILLAGE, institution=membership["institution_id"], sub="pengurus"
    )
    listed = record(await keeper.get("/v1/networks?count=true"))
    assert ([item["id"] for item in listed["items"]], listed["count"]) == ([body["id"]], 1)
    memberships = record(await keeper.get("/v1/network-memberships?count=true"))
    assert ([item["id"] for item in memberships["items"]], memberships["count"]) == ([membership["id"]], 1)
    problem(await keeper.get(f"/v1/networks/{other['id']}"), 404, "not-found")
    before = await kept(circle.house)
    refused = [
        await keeper.post("/v1/networks", json=network()),
        await patched(keeper, body, {"name": "X"}, NETWORKS),
        await keeper.post(f"/v1/networks/{body['id']}/voiding", json={"reason": "Salah"}, headers={"If-Match": "*"}),
        await keeper.post(f"/v1/networks/{body['id']}/work-plans", json={"year": 2026, "items": []}),
        await keeper.post(
            f"/v1/networks/{body['id']}/fund-entries",
            json={"on": "2026-01-01", "direction": "penggalangan", "source": "iuran", "amount": 1},
        ),
        await keeper.post(
            f"/v1/network-memberships/{membership['id']}/voiding", json={"reason": "Salah"}, headers={"If-Match": "*"}
        ),
    ]
    assert [problem(answer, 403, "own-record-only")["status"] for answer in refused] == [403] * len(refused)
    assert await kept(circle.house) == before


async def test_events_tell_territory_and_terms_and_no_person(circle: Circle) -> None:
    body = await circle.active()
    rows = await circle.house.fetch(
        "registry", "SELECT data FROM outbox WHERE subject_id = $1 ORDER BY id DESC LIMIT 1", body["id"]
    )
    state = json.loads(rows[0]["data"])
    assert [term["role"] for term in state["management"]] == ["ketua", "sekretaris"]
    assert state["management"][0].keys() == {"role", "since", "until"}
    assert state["legalisations"] == [{"number": "141/07/SK/2026", "since": "2025-11-20", "until": "2028-01-01"}]
    assert state["active"] == [{"since": "2025-12-01", "until": None}]
    assert [place.keys() for place in state["territory"]] == [{"village_id", "part", "since", "until"}]


async def test_a_network_over_two_provinces_is_registered_by_who_covers_both(circle: Circle) -> None:
    both = [{"village": VILLAGE_OVER}, {"village": ELSEWHERE}]
    assert faults(await circle.officer.post("/v1/networks", json=network(territory=both))) == {
        ("/territory/1/village", "outside-your-area")
    }
