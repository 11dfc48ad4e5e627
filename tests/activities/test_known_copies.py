"""The copies of what registry announces of people, families, memberships, networks, partners and values."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from services.activities.known import (
    communities,
    families,
    memberships,
    networks,
    partners,
    people,
    reading,
    registry,
    values,
)
from services.registry.regions import identity
from shared import database
from shared.codes import NetworkStatus, PartnerKind, Sex, ValueState
from shared.events.registry import STATES
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, World

A_DAY, EARLIER = date(2026, 3, 1), date(2019, 6, 1)


@pytest.fixture
async def driver(world: World) -> AsyncIterator[asyncpg.Connection]:
    """The bare driver's connection to activities' database."""
    connection = await asyncpg.connect(world.house.settings("activities").driver_dsn)
    try:
        yield connection
    finally:
        await connection.close()


def test_every_subject_of_registry_is_heard_of() -> None:
    assert set(registry.CONTRACTS.values()) == set(STATES)


async def test_whatever_registry_told_can_be_waited_for(world: World) -> None:
    tell = world.announcer
    person = await tell.person(HERE)
    told = [
        person, await tell.family(HERE, person), await tell.membership(person, world.lead, sequence=4),
        await tell.officer(person, world.lead), await tell.partner("32.04"), await tell.cultural_value(HERE),
    ]  # fmt: skip
    unheard = uuid7()
    names = ",".join(f"registry/{one}@{tell.sequences[one]}" for one in told)
    operator = world.client()
    built_on = await operator.post("/v1/activities", json=world.planned(), headers={"Wahana-At-Least": names})
    assert built_on.status_code == 201, built_on.text
    for missing in (f"registry/{unheard}@1", f"registry/{told[2]}@5"):
        headers = {"Wahana-At-Least": f"{names},{missing}"}
        answer = await operator.post("/v1/activities", json=world.planned(), headers=headers)
        assert (answer.status_code, answer.json()["missing"]) == (409, [missing])


async def test_who_people_are_follows_links_whatever_comes_first(world: World, driver: asyncpg.Connection) -> None:
    tell = world.announcer
    first, second, third, erased, stranger = (uuid7() for _ in range(5))
    await tell.person(HERE, id=third, duplicate_of=second, sequence=2)
    await tell.person(NEXT_VILLAGE, id=second, duplicate_of=first, sequence=2)
    await tell.person(None, id=first, sex=Sex.L, birth_year=None)
    await tell.person(HERE, id=third, sequence=1)  # an earlier event that comes late
    await tell.person(HERE, id=erased, erased=True)
    await tell.arrived()
    found = await people.find(driver, [first, second, third, erased, stranger])
    assert {one: person.canonical_id for one, person in found.items()} == {
        first: first, second: first, third: first, erased: erased,
    }  # fmt: skip
    assert (found[third].village_code, found[first].village_code) == (HERE, None)
    assert (found[first].sex, found[first].birth_year, found[second].birth_year) == (Sex.L, None, 1987)
    assert [one.gone for one in found.values()] == [one == erased for one in found]
    await tell.person(HERE, id=third, sequence=3)
    await tell.arrived()
    assert (await people.find(driver, [third]))[third].canonical_id == third


async def test_links_that_lead_in_a_circle_end(world: World, driver: asyncpg.Connection) -> None:
    one, other = uuid7(), uuid7()
    await world.announcer.person(HERE, id=one, duplicate_of=other)
    await world.announcer.person(HERE, id=other, duplicate_of=one)
    await world.announcer.arrived()
    assert set(await people.find(driver, [one, other])) == {one, other}


async def test_memberships_families_and_communities_are_read_by_day(world: World, driver: asyncpg.Connection) -> None:
    tell = world.announcer
    person, child = await tell.person(HERE), await tell.person(HERE)
    joined = await tell.membership(person, world.lead, spells=[("2020-01-01", "2024-01-01"), ("2026-03-01", None)])
    await tell.membership(person, world.helper, voided=True)
    family, community = await tell.family(HERE, person, child), await tell.community(NEXT_DISTRICT)
    await tell.arrived()
    of = await memberships.of(driver, [person, child])
    assert {one: [m.id for m in held] for one, held in of.items()} == {person: [joined], child: []}
    days = [date(2019, 12, 31), date(2023, 12, 31), date(2024, 1, 1), A_DAY]
    assert [of[person][0].on(day) for day in days] == [False, True, False, True]
    assert [m.person_id for m in await memberships.within(driver, [world.lead, world.helper])] == [person]
    home = (await families.find(driver, [family]))[family]
    assert (home.village_code, home.members_on(A_DAY)) == (HERE, {person, child})
    assert (await communities.find(driver, [community]))[community].village_code == NEXT_DISTRICT


async def test_networks_partners_and_values_are_read_in_one_round_trip(
    world: World, driver: asyncpg.Connection
) -> None:
    tell = world.announcer
    network = await tell.network(HERE, NEXT_DISTRICT, active=[("2021-01-01", None)])
    await tell.network_membership(network, world.lead)
    await tell.network_membership(network, world.helper, spells=[("2020-01-01", "2026-03-01")])
    await tell.network_membership(await tell.network(HERE, voided=True), world.lead)
    partner = await tell.partner("32.04", kind=PartnerKind.PEMDA)
    value = await tell.cultural_value(
        HERE, states=[(ValueState.DIJALANKAN, "2020-01-01"), (ValueState.MEMUDAR, "2026-03-02")]
    )
    await tell.arrived()
    wanted: dict[reading.Kind[Any], list[UUID]] = {
        networks.NETWORKS: [network],
        partners.PARTNERS: [partner],
        values.VALUES: [value],
        people.PEOPLE: [],
    }
    found = await reading.found_each(driver, wanted)
    sessions = database.sessions(engine := database.open_engine(world.house.settings("activities"), pool_size=1))
    try:
        async with sessions() as session:
            assert await reading.found_each(session, wanted) == found
    finally:
        await engine.dispose()
    ((told,), (giver,), (lived,), nobody) = found.values()
    assert (told.status, told.at_work(A_DAY), told.at_work(EARLIER)) == (NetworkStatus.AKTIF, True, False)
    assert told.villages(A_DAY) == {identity.region_id(HERE), identity.region_id(NEXT_DISTRICT)}
    assert sorted(told.codes.values()) == [HERE, NEXT_DISTRICT]
    assert (giver.region_code, giver.name) == ("32.04", "Dinas Sosial")
    assert [lived.state(day) for day in (EARLIER, A_DAY)] == [None, ValueState.DIJALANKAN]
    assert nobody == []
    assert await networks.member_networks(driver, [world.lead, world.helper], A_DAY) == {
        world.lead: {network}, world.helper: set(),
    }  # fmt: skip
    assert await networks.members(driver, [network], date(2026, 2, 28)) == {network: {world.lead, world.helper}}
