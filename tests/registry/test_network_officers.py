"""The management of networks: terms over HTTP, one ketua at a time, told without persons."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.house import House
from tests.registry.institutions import VILLAGE, faults, patched, problem, record, step
from tests.registry.networks import Circle, kept, told

OFFICERS = "network-officers"


@pytest.fixture
def circle(registry_api: House) -> Circle:
    return Circle(registry_api)


async def test_a_term_is_told_by_its_network_without_the_person(circle: Circle) -> None:
    body = await circle.begun()
    person = await circle.person(name="Siti Aminah")
    content = {
        "network_id": body["id"], "person_id": person["id"], "role": "ketua", "since": "2025-03-01",
        "valid_until": "2030-02-28", "decree_number": "141/3", "decree_on": "2025-02-20",
    }  # fmt: skip
    answer = await circle.operator.post("/v1/network-officers", json=content)
    term = record(answer, 201)
    assert answer.headers["Location"] == f"/v1/network-officers/{term['id']}"
    assert (answer.headers["ETag"], answer.headers["Wahana-Position"]) == ('"1"', f"registry/{body['id']}@2")
    assert (term["person_name"], term["valid_until"]) == ("Siti Aminah", "2030-02-28")
    assert (await circle.now(body))["management"] == [{"role": "ketua", "since": "2025-03-01", "until": "2030-03-01"}]
    term = record(await patched(circle.operator, term, {"valid_until": "2026-01-31"}, OFFICERS))
    assert term["sequence"] == 2
    assert record(await patched(circle.operator, term, {"valid_until": "2026-01-31"}, OFFICERS)) == term
    assert await told(circle.house, body["id"]) == [
        (1, "registered"), (2, "management_changed"), (3, "management_changed"),
    ]  # fmt: skip
    rows = await circle.house.fetch("registry", "SELECT data FROM outbox WHERE subject_id = $1", body["id"])
    assert not any(person["id"] in row["data"] for row in rows)
    history = record(await circle.operator.get(f"/v1/network-officers/{term['id']}/history"))
    assert history[1]["changes"] == {"until": {"before": "2030-03-01", "after": "2026-02-01"}}  # type: ignore[index]


async def test_there_is_one_ketua_at_a_time_and_voided_terms_free_their_days(circle: Circle) -> None:
    body = await circle.begun()
    first = await circle.appointed(body, "ketua", valid_until="2025-12-31")
    content = {"network_id": body["id"], "person_id": (await circle.person())["id"], "role": "ketua"}
    refused = await circle.operator.post("/v1/network-officers", json=content | {"since": "2025-12-31"})
    assert problem(refused, 409, "another-network-ketua-in-office")["officer_id"] == first["id"]
    record(await circle.operator.post("/v1/network-officers", json=content | {"since": "2026-01-01"}), 201)
    problem(
        await patched(circle.operator, first, {"valid_until": None}, OFFICERS), 409, "another-network-ketua-in-office"
    )
    again = {"role": "sekretaris", "since": "2025-03-01"} | {k: content[k] for k in ("network_id", "person_id")}
    secretary = record(await circle.operator.post("/v1/network-officers", json=again), 201)
    problem(await circle.operator.post("/v1/network-officers", json=again), 409, "term-overlaps")
    voided = record(await step(circle.operator, secretary, "voiding", {"reason": "Salah orang"}, OFFICERS))
    problem(await patched(circle.operator, voided, {"since": "2025-04-01"}, OFFICERS), 409, "record-not-changeable")
    record(await circle.operator.post("/v1/network-officers", json=again), 201)
    listed = record(await circle.operator.get(f"/v1/network-officers?network={body['id']}&on=2025-06-01&count=true"))
    assert ([item["role"] for item in listed["items"]], listed["count"]) == (["ketua", "sekretaris"], 2)


async def test_the_database_refuses_two_ketua_at_a_time(circle: Circle) -> None:
    body = await circle.begun()
    await circle.appointed(body, "ketua")
    with pytest.raises(asyncpg.ExclusionViolationError, match="ex_network_officer_one_ketua"):
        await circle.house.execute(
            "registry",
            "INSERT INTO network_officer SELECT gen_random_uuid(), 1, network_id, gen_random_uuid(), role, since, until,"
            " NULL, NULL, false, registered_at, changed_at FROM network_officer",
        )


async def test_of_two_ketua_who_are_chosen_at_once_one_is(circle: Circle) -> None:
    body = await circle.begun()
    people = [await circle.person() for _ in range(4)]
    answers = await asyncio.gather(
        *(
            circle.operator.post(
                "/v1/network-officers",
                json={"network_id": body["id"], "person_id": person["id"], "role": "ketua", "since": "2025-03-01"},
            )
            for person in people
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_wrong_term_is_named_and_nothing_is_stored(circle: Circle) -> None:
    body = await circle.begun()
    over = await circle.person(by=circle.over, village="32.04.06.2003")
    person = (await circle.person(birth_date="2025-02-02"))["id"]
    right = {"network_id": body["id"], "person_id": person, "role": "ketua", "since": "2025-03-01"}
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"since": "2025-02-01"}, ("/since", "before-birth")),
        ({"since": "2024-12-31"}, ("/since", "too-early")),
        ({"since": "2028-01-01"}, ("/since", "in-the-future")),
        ({"decree_on": "2026-03-16"}, ("/decree_on", "in-the-future")),
        ({"valid_until": "2025-02-28"}, ("/valid_until", "until-before-since")),
        ({"role": "raja"}, ("/role", "enum")),
        ({"person_id": over["id"]}, ("/person_id", "person-unknown")),
        ({"network_id": person}, ("/network_id", "network-unknown")),
    ]
    before = await kept(circle.house)
    for changes, fault in wrong:
        answer = await circle.operator.post("/v1/network-officers", json=right | changes)
        assert fault in faults(answer), changes
    outside = await circle.over.post("/v1/network-officers", json=right | {"person_id": over["id"]})
    assert faults(outside) == {("/network_id", "network-unknown")}
    assert await kept(circle.house) == before


async def test_people_of_another_area_are_told_that_there_is_no_such_term(circle: Circle) -> None:
    term = await circle.appointed(await circle.begun(), "ketua")
    problem(await circle.over.get(f"/v1/network-officers/{term['id']}"), 404, "not-found")
    problem(await circle.over.get(f"/v1/network-officers/{term['id']}/history"), 404, "not-found")
    problem(await patched(circle.over, term, {"role": "wakil"}, OFFICERS), 404, "not-found")
    problem(await step(circle.over, term, "voiding", {"reason": "Salah"}, OFFICERS), 404, "not-found")
    assert record(await circle.over.get("/v1/network-officers?count=true"))["count"] == 0
    problem(await circle.ministry.get("/v1/network-officers"), 403, "forbidden")


async def test_the_name_of_a_person_of_another_village_stays_with_those_who_see_the_person(circle: Circle) -> None:
    both = [{"village": VILLAGE}, {"village": "32.04.05.2002"}]
    body = await circle.begun(by=circle.facilitator, territory=both)
    term = await circle.appointed(body, "ketua")
    assert record(await circle.operator.get(f"/v1/network-officers/{term['id']}"))["person_name"] == "Warga Uji"
    assert record(await circle.next.get(f"/v1/network-officers/{term['id']}"))["person_name"] is None
