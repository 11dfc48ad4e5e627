"""Everything at once: workers are killed at random, databases refuse a tenth of what they are told, a clock jumps, and
reporting shares its work among three. The numbers are those of one worker that reads the same in peace."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import asyncpg
import pytest

from deploy.local.children import Child
from shared.clock import SettableClock
from tests.faults import oracle
from tests.faults.armed import LONG, SEED, Open, as_processes, events, scaled
from tests.house import House, until

REFUSED = ("outbox", "dossier", "position", "membership", "benefit", "sheet")
"""Tables of which a tenth of all statements fail: those every write and every batch touch."""
REFUSING = """
    CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF random() < 0.1 THEN
            RAISE EXCEPTION 'refused by the test' USING ERRCODE = (ARRAY['40001', '40P01'])[1 + floor(random() * 2)::int];
        END IF;
        RETURN NULL;
    END $$;
"""


@contextlib.asynccontextmanager
async def refusing(house: House) -> AsyncIterator[None]:
    """Serialisation failures and deadlocks, told by the databases themselves, in a tenth of the statements that write."""
    for service in ("registry", "activities", "reporting"):
        tables = await house.fetch(
            service,
            "SELECT n.nspname || '.' || relname AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND relname = ANY($1) AND n.nspname IN ('public', 'live')",
            list(REFUSED),
        )
        triggers = [
            f"CREATE TRIGGER refuse AFTER INSERT OR UPDATE ON {table['name']} EXECUTE FUNCTION public.refuse();"
            for table in tables
        ]
        await house.execute(service, REFUSING + "".join(triggers))
    yield
    for service in ("registry", "activities", "reporting"):
        await until(partial(_ended, house, service), f"{service} refuses no more")


async def _ended(house: House, service: str) -> bool:
    """Takes the triggers away: of all tables at once, which meets those who write to them in another order."""
    try:
        await house.execute(service, "DROP FUNCTION public.refuse() CASCADE")
    except asyncpg.DeadlockDetectedError:
        return False
    return True


class Storm:
    """Kills a random worker every few seconds and starts it again, and lets registry's clock jump by an hour."""

    def __init__(self, house: House, clock: SettableClock, workers: dict[str, list[Child]]) -> None:
        self.house = house
        self.clock = clock
        self.workers = workers
        self.random = random.Random(SEED)  # noqa: S311  # to be repeatable, not secret
        self.kills = 0

    async def blow(self) -> None:
        """Until cancelled."""
        for jump in range(1_000_000):
            await asyncio.sleep(self.random.uniform(*((2, 5) if LONG else (0.5, 2))))
            service = self.random.choice(list(self.workers))
            crew = self.workers[service]
            crew.pop(self.random.randrange(len(crew))).kill()
            crew.append(await self.house.start_process(service))
            self.kills += 1
            self.clock.instant += timedelta(hours=(-1, 1)[jump % 2])


@pytest.mark.fault("F2", "F14", "F23")
async def test_three_workers_in_a_storm_say_what_one_says_in_peace(opened: Open) -> None:
    clock = SettableClock(oracle.now())
    house, workload = await opened("registry", "activities", clocks={"registry": clock})
    registry, activities, *reporting = await as_processes(
        house, "registry", "activities", "reporting", "reporting", "reporting"
    )
    storm = Storm(house, clock, {"registry": [registry], "activities": [activities], "reporting": reporting})
    async with refusing(house), workload.running():
        await workload.more(20)
        blowing = asyncio.create_task(storm.blow())
        while storm.kills < scaled(6, 60):
            await workload.more(10)
        blowing.cancel()
        await asyncio.gather(blowing, return_exceptions=True)
    assert workload.refusals > 0, "no write was refused"
    await oracle.check(house, workload)
    retries = sum(events(child).count("consumer.retries") for child in house.processes)
    assert retries > 0, "no batch was refused"
    assert await oracle.numbers_of_one(house) == await oracle.current_numbers(house)
