"""Erasure: what identifies a person is gone from every table of registry, and what is counted stays."""

import asyncio
from functools import partial

import asyncpg
import pytest

from tests import personal
from tests.house import House, until
from tests.registry.institutions import VILLAGE, VILLAGE_NEXT, events, patched, problem, record, step, take
from tests.registry.people import ADDRESS, WHY, Keepers, looked_up, registration

SITI = personal.PEOPLE[0]


@pytest.fixture
def keepers(registry_api: House) -> Keepers:
    return Keepers(registry_api)


async def test_an_erasure_leaves_nothing_that_identifies_in_any_table(keepers: Keepers) -> None:
    key = {"Idempotency-Key": "lapangan-1"}
    body = record(await keepers.operator.post(ADDRESS, json=registration(), headers=key), 201)
    twin = await keepers.registered(by=keepers.next, village=VILLAGE_NEXT)
    twin = record(await step(keepers.officer, twin, "duplicate-link", WHY | {"of": body["id"]}, "people"))
    body = record(await patched(keepers.operator, body, {"name": f"{SITI.name} Aminah"}, "people"))
    record(await keepers.operator.post(f"{ADDRESS}/{body['id']}/disclosure", json=WHY))
    everywhere = {place.split(":")[0] for place in await personal.in_database(keepers.house.dsn("registry"))}
    assert everywhere == {"public.person", "public.idempotency_key"}

    problem(await step(keepers.operator, body, "erasure", WHY, "people"), 403, "erasure-needs-verifier")
    erased = await take(keepers.officer, body, "erasure", WHY, "people")
    assert [erased[name] for name in ("name", "nik", "nik_absence", "phone", "birth_date_known")] == [None] * 4 + [
        False
    ]
    assert (erased["erased"], erased["sex"], erased["birth_year"], erased["village"]) == (
        True, SITI.sex, SITI.birth_date.year, VILLAGE,
    )  # fmt: skip
    assert (await keepers.read(twin, keepers.next))["erased"]
    assert await personal.in_database(keepers.house.dsn("registry")) == []
    (row, _) = await keepers.house.fetch("registry", "SELECT * FROM person ORDER BY id")
    assert (row["nik_index"], row["sort_name"]) == (None, None)

    assert await looked_up(keepers.officer, nik=SITI.nik) == []
    again = await keepers.operator.post(ADDRESS, json=registration(), headers=key)
    problem(again, 422, "idempotency-key-reused")
    for answer in (
        await patched(keepers.operator, erased, {"name": "Lain"}, "people"),
        await step(keepers.officer, erased, "erasure", WHY, "people"),
    ):
        problem(answer, 409, "person-not-changeable")
    told = await events(keepers.house, body["id"])
    assert told[-1]["type"] == "registry.person.erased.v1"
    entries = await keepers.house.fetch("registry", "SELECT * FROM audit_entry WHERE record_id = $1", body["id"])
    assert entries[-1]["action"] == "erased"
    assert not personal.found_in(str([dict(entry) for entry in entries]))


async def test_the_database_refuses_an_erased_person_with_a_name(keepers: Keepers) -> None:
    body = await keepers.registered()
    await take(keepers.officer, body, "erasure", WHY, "people")
    with pytest.raises(Exception, match="erased_without_identity"):
        await keepers.house.execute("registry", "UPDATE person SET name = 'kembali'")


async def test_whoever_is_linked_or_separated_while_an_erasure_waits_is_judged_by_how_it_stands_then(
    keepers: Keepers,
) -> None:
    stands, twin, apart = [await keepers.registered(place) for place in range(3)]
    apart = record(await step(keepers.officer, apart, "duplicate-link", WHY | {"of": stands["id"]}, "people"))
    holder = await asyncpg.connect(keepers.house.dsn("registry"))
    async with holder.transaction():  # as a link and a separation that have not committed yet
        await holder.execute("SELECT FROM person ORDER BY id FOR UPDATE")
        erasures = [
            asyncio.create_task(step(keepers.officer, one, "erasure", WHY, "people")) for one in (stands, apart)
        ]
        await until(partial(_waits, keepers.house, 2), "the erasures wait")
        await holder.execute("UPDATE person SET duplicate_of = $1 WHERE id = $2", stands["id"], twin["id"])
        await holder.execute("UPDATE person SET duplicate_of = NULL, sequence = 3 WHERE id = $1", apart["id"])
    await holder.close()
    answers = [answer.status_code for answer in await asyncio.gather(*erasures)]
    assert answers == [200, 412]
    left = [(await keepers.read(person))["erased"] for person in (stands, twin, apart)]
    assert left == [True, True, False]


async def _waits(house: House, many: int) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool((await house.fetch("registry", waiting))[0][0] == many)
