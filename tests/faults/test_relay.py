"""The relay is killed, doubled and cut off; what is committed goes out all the same, in order."""

import asyncio
from uuid import uuid4

from services.registry import models
from services.registry.institutions import states
from shared import database, outbox
from shared.relay import LOCK
from tests.faults import oracle
from tests.faults.armed import Open, arm, ended, struck
from tests.house import House, until

LEADERS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = $1 AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


async def leaders(house: House) -> list[int]:
    """The connections that hold registry's relay lock."""
    return [row["pid"] for row in await house.fetch("registry", LEADERS, LOCK)]


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


async def none(house: House) -> bool:
    return not await leaders(house)


async def others(house: House, former: int) -> list[int]:
    return [pid for pid in await leaders(house) if pid != former]


async def test_a_long_transaction_holds_up_nobody_elses_events(opened: Open) -> None:
    """Its outbox id is drawn before those of the others, and becomes visible after them."""
    house, workload = await opened("registry", "activities", "reporting")
    (lead, _), *_ = workload.leads
    engine = database.open_engine(house.settings("registry"), pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            like = await session.get_one(models.Institution, lead)
            state = states.state(like)
            values = {c.key: getattr(like, c.key) for c in models.Institution.__table__.columns}
            late = models.Institution(**values | {"id": uuid4(), "sequence": 0})
            fact = outbox.Fact("registered", "import", house.clock.now(), (like.village_id,))
            await outbox.register(await database.driver(session), late, state, fact)
            await workload.write(40)
            await asyncio.gather(house.caught_up())
            for (service, subject), sequence in workload.acknowledged.items():
                (row,) = await house.fetch("reporting", "SELECT sequence FROM dossier WHERE subject_id = $1", subject)
                assert row["sequence"] == sequence, (service, subject)
    finally:
        await engine.dispose()
    await oracle.check(house, workload)
    assert await house.fetch("reporting", "SELECT 1 FROM dossier WHERE subject_id = $1 AND sequence = 1", late.id)
