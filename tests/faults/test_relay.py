"""The relay is killed, doubled and cut off; what is committed goes out all the same, in order."""

import asyncio
import signal
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry import models
from services.registry.institutions import states
from shared import database, outbox, walls
from shared.relay import LOCK
from tests.faults import oracle, truth
from tests.faults.armed import Open, arm, ended, logged, scaled, struck
from tests.house import House, until

IMPORTED = 200
"""Institutions that one transaction registers."""
LEADERS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = $1 AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def leaders(house: House) -> list[int]:
    """The connections that hold registry's relay lock."""
    return [row["pid"] for row in await house.fetch("registry", LEADERS, LOCK)]


@pytest.mark.fault("F1")
async def test_a_relay_killed_before_its_mark_sends_again_and_nothing_counts_twice(opened: Open) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await house.stop_worker("registry")
    relay, done = await arm(house, "registry", "relay.after_acknowledgement")
    async with workload.running():
        await struck(done)
        assert await ended(relay) == -9
        await house.start_process("registry")
        await workload.more(30)
    await oracle.check(house, workload)
    sent = sum(end for (topic, _), end in (await house.ends()).items() if ".registry." in topic)
    (rows,) = await house.fetch("registry", "SELECT count(*) AS n FROM outbox")
    assert sent > rows["n"], "the fault did not lead to a repetition"


@pytest.mark.fault("F13")
async def test_of_two_relays_one_publishes_and_the_other_takes_over_when_it_is_cut_off(opened: Open) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await house.stop_worker("registry")
    await until(lambda: none(house), "the first relay let go")
    relays = [await house.start_process("registry") for _ in range(2)]
    async with workload.running():
        (first,) = await until(lambda: leaders(house), "one relay leads")
        await workload.more(20)
        assert await leaders(house) == [first]
        await house.fetch("registry", "SELECT pg_terminate_backend($1)", first)
        (second,) = await until(lambda: others(house, first), "one relay takes over")
        await workload.more(20)
        assert await leaders(house) == [second]
    await oracle.check(house, workload)
    assert all(relay.is_alive for relay in relays)


@pytest.mark.fault("F3")
async def test_a_relay_that_is_stopped_loses_the_lead_and_what_it_sends_when_it_wakes_harms_nothing(
    opened: Open,
) -> None:
    """It is stopped with events in its hands, read but not yet marked."""
    house, workload = await opened("registry", "activities", "reporting")
    await house.stop_worker("registry")
    patience = str(scaled(8, 30))
    first, done = await arm(
        house, "registry", "relay.after_acknowledgement", "SIGSTOP", skip=2, FAULT_PATIENCE=patience
    )
    async with workload.running():
        await struck(done)
        (stopped,) = await leaders(house)
        second = await house.start_process("registry")
        await until(lambda: others(house, stopped), "another relay takes over")
        await workload.more(20)
        first.send(signal.SIGCONT)
        await logged(first, "worker.starts_anew")
        await workload.more(20)
    await oracle.check(house, workload)
    assert first.is_alive
    assert second.is_alive


async def none(house: House) -> bool:
    return not await leaders(house)


async def others(house: House, former: int) -> list[int]:
    return [pid for pid in await leaders(house) if pid != former]


@pytest.mark.fault("F26")
async def test_a_long_transaction_of_an_imports_size_holds_up_nobody_elses_events(opened: Open) -> None:
    """Its outbox ids are drawn before those of the others, and become visible after them."""
    house, workload = await opened("registry", "activities", "reporting")
    lead, *_ = workload.leads
    engine = database.open_engine(house.settings("registry", "api"), pool_size=1)
    clock = asyncio.get_running_loop().time
    try:
        async with database.transaction(database.sessions(engine)) as session:
            with walls.open_to_all():
                late = await registered(session, lead, house.clock.now(), IMPORTED)
            ends = clock() + scaled(0, 600)
            await workload.write(40)
            while clock() < ends:
                await session.execute(text("SELECT 1"))
                await workload.write(8)
                await asyncio.sleep(5)
            await house.caught_up()
            await truth.contained(house, workload.acknowledged)
    finally:
        await engine.dispose()
    await oracle.check(house, workload)
    (applied,) = await house.fetch(
        "reporting", "SELECT count(*) AS n FROM dossier WHERE subject_id = ANY($1) AND sequence = 1", late
    )
    assert applied["n"] == IMPORTED


async def registered(session: AsyncSession, lead: str, now: datetime, count: int) -> list[UUID]:
    """Registers that many institutions like a lead, in a transaction that is open; their ids."""
    like = await session.get_one(models.Institution, lead)
    state = states.state(like)
    values = {c.key: getattr(like, c.key) for c in models.Institution.__table__.columns}
    fact = outbox.Fact("registered", "import", now, (like.village_id,))
    driver = await database.driver(session)
    made = [models.Institution(**values | {"id": uuid4(), "sequence": 0}) for _ in range(count)]
    for each in made:
        await outbox.register(driver, each, state, fact)
    return [each.id for each in made]
