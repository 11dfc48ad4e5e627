"""A rebuild of the copies: what was altered is named and mended, a rebuild that was killed goes on, the worker keeps up."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from services.activities import rebuild
from services.activities.known import registry
from services.registry.regions import identity
from shared import consumer, rebuilding
from tests.activities.world import HERE, NEXT_VILLAGE, World
from tests.house import until

COPIES = ("known_person", "known_institution", "known_region", "known_membership", "known_network")


@pytest.fixture
async def by_hand(world: World) -> AsyncIterator[asyncpg.Connection]:
    """Who alters rows past the service."""
    connection = await asyncpg.connect(world.house.settings("activities").as_owner().driver_dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def _copied(connection: asyncpg.Connection) -> dict[str, list[Any]]:
    queries = rebuild._comparable()
    return {
        table: sorted(map(str, await connection.fetch(query.format(schema="public")))) for table, query in queries.items()
    }  # fmt: skip


async def test_a_copy_altered_by_hand_is_named_and_mended_and_what_it_hid_is_seen_again(
    world: World, by_hand: asyncpg.Connection
) -> None:
    tell = world.announcer
    person = await tell.person(HERE)
    await tell.membership(person, world.lead)
    await tell.network(HERE)
    await tell.arrived()
    made = await world.posted(world.planned())
    right = await _copied(by_hand)
    assert all(right[table] for table in COPIES)
    here = identity.region_id(HERE)
    await by_hand.execute("UPDATE known_institution SET name = 'Palsu', active = '[]' WHERE id = $1", world.lead)
    await by_hand.execute("DELETE FROM known_person")
    await by_hand.execute(
        "INSERT INTO known_membership SELECT gen_random_uuid(), 1, person_id, institution_id, spells, false FROM known_membership"
    )
    await by_hand.execute("UPDATE known_region SET area_code = '99' WHERE id = $1", here)
    await by_hand.execute("DELETE FROM known_region_code WHERE region_id = $1", here)
    await by_hand.execute("UPDATE activity SET village_code = '99', lead_village_code = '99'")
    settings = world.house.settings("activities")
    named = await rebuild.rebuild(settings)
    assert not named.swapped
    assert named.differences == {
        "known_institution": 2, "known_person": 1, "known_membership": 1, "known_region": 2, "known_region_code": 1,
    }  # fmt: skip
    assert any("Palsu" in sample for sample in named.samples)
    mended = await rebuild.rebuild(settings, replace_differing=True)
    assert (mended.swapped, mended.differences) == (True, named.differences)
    assert await _copied(by_hand) == right
    assert not await by_hand.fetchval("SELECT to_regnamespace('rebuild')")
    await until(lambda: _seen(world, made["id"]), "the activity has followed its village")
    # The worker goes on where it stood, and what it copies is compared again.
    await tell.institution(HERE, id=world.lead, sequence=2, name="Arisan Mawar Baru")
    await tell.arrived()
    again = await rebuild.rebuild(settings)
    assert (again.swapped, again.differences) == (True, {})


async def _seen(world: World, identity_: str) -> bool:
    return (await world.client().get(f"/v1/activities/{identity_}")).status_code == 200


async def test_the_command_asks_for_the_owner_of_the_tables(world: World) -> None:
    environment = world.house.environment("activities")
    del environment["ACTIVITIES_OWNER_DATABASE_URL"]
    command = [sys.executable, "-m", "services.command", "rebuild-copies"]
    told = await asyncio.to_thread(
        subprocess.run, command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True
    )
    assert told.returncode == 2
    assert "set ACTIVITIES_OWNER_DATABASE_URL" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


class Killed(RuntimeError):
    """The rebuild's process is no more."""


def killed_after(commits: int) -> Callable[[str], None]:
    """Ends a rebuild after so many transactions."""
    left = commits

    def fault(point: str) -> None:
        nonlocal left
        if point == "consumer.after_commit":
            left -= 1
            if not left:
                raise Killed

    return fault


async def test_a_rebuild_that_was_killed_goes_on_while_the_worker_keeps_up(
    world: World, by_hand: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "BATCH", 5)
    monkeypatch.setattr(rebuilding, "CLOSE_ENOUGH", 0)
    tell, settings = world.announcer, world.house.settings("activities")
    await asyncio.gather(*(tell.person(HERE) for _ in range(40)))
    await tell.arrived()
    await by_hand.execute("UPDATE known_person SET birth_year = 1900")
    with pytest.raises(Killed):
        await rebuild.rebuild(settings, fault=killed_after(4))
    done = await by_hand.fetchval("SELECT sum(next_offset) FROM rebuild.position")
    await tell.person(NEXT_VILLAGE)
    await tell.arrived()
    everything = await by_hand.fetchval("SELECT sum(next_offset) FROM position")
    told: list[tuple[str, int, int]] = []
    outcome = await rebuild.rebuild(
        settings, replace_differing=True, progress=lambda step, done, of: told.append((step, done, of))
    )
    assert 0 < done < everything
    assert told[0][2] == everything - done, "what was replayed before is not replayed again"
    assert outcome.differences == {"known_person": 80}
    assert await by_hand.fetchval("SELECT count(*) FROM known_person WHERE birth_year = 1987") == 41
    with pytest.raises(Killed):
        await rebuild.rebuild(settings, fault=killed_after(1))
    anew: list[int] = []
    await rebuild.rebuild(settings, restart=True, progress=lambda step, done, of: anew.append(of))
    assert anew[0] == everything


async def test_the_worker_stands_still_while_copies_are_compared(world: World, by_hand: asyncpg.Connection) -> None:
    await by_hand.execute("SELECT pg_advisory_lock($1)", registry.LOCK)
    await world.announcer.institution(HERE, id=world.lead, sequence=2, name="Nama baru")
    waits = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    await until(lambda: by_hand.fetch(waits), "the consumer waits")
    assert await by_hand.fetchval("SELECT sequence FROM known_institution WHERE id = $1", world.lead) == 1
    await by_hand.execute("SELECT pg_advisory_unlock($1)", registry.LOCK)
    await world.announcer.arrived()
