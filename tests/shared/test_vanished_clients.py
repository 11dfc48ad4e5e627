"""A client that vanishes without a word, as behind a firewall that lost its table, keeps nothing of the database's locked."""

import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from shared import database, relay
from tests.house import House, until

TAKE = "SELECT pg_advisory_xact_lock(42)"
HELD = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1"


def vanish(connection: Any) -> None:
    """In the middle of a statement: it was parsed, and the rest never comes. Neither does the client read any more."""
    transport = connection._transport
    transport.pause_reading()
    parse = b"\0SELECT 1\0" + struct.pack("!h", 0)
    transport.write(b"P" + struct.pack("!i", len(parse) + 4) + parse + b"H" + struct.pack("!i", 4))


@asynccontextmanager
async def by_the_pool(house: House) -> AsyncIterator[Any]:
    async with await database.open_pool(_hasty(house)) as pool:
        connection = await pool.acquire()
        await connection.execute(f"BEGIN; {TAKE}")
        yield connection
        pool.terminate()


@asynccontextmanager
async def by_an_engine(house: House, limits: Callable[[Any], dict[str, str]]) -> AsyncIterator[Any]:
    settings = _hasty(house)
    engine = database.open_engine(settings, pool_size=1, limits=limits(settings))
    connection = await engine.connect()
    driver = await database.driver(connection)
    await driver.execute(TAKE)
    yield driver
    driver.terminate()
    await connection.invalidate()
    await engine.dispose()


WAYS: dict[str, Callable[[House], Any]] = {
    "a request on the bare driver": by_the_pool,
    "a request": lambda house: by_an_engine(house, database.for_requests),
    "a worker": lambda house: by_an_engine(house, lambda _: database.FOR_WORKERS),
}


@pytest.mark.parametrize("way", WAYS)
async def test_who_vanishes_in_the_middle_of_a_statement_holds_no_lock(
    registry_api: House, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setitem(database.FOR_WORKERS, "transaction_timeout", "1s")
    async with WAYS[way](registry_api) as connection:
        assert await registry_api.fetch("registry", HELD, 42)
        vanish(connection)
        await until(partial(_free, registry_api, 42), "what it held is free")


async def test_a_relay_that_vanishes_in_the_middle_of_a_statement_leads_no_longer(
    registry_api: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LEASE", 1.0)
    connection = await relay.connect(registry_api.settings("registry"))
    assert await connection.fetchval("SELECT pg_try_advisory_lock(42)")
    vanish(connection)
    await until(partial(_free, registry_api, 42), "another may lead")
    connection.terminate()


def _hasty(house: House) -> Any:
    return house.settings("registry", "api").model_copy(update={"request_seconds": 1.0})


async def _free(house: House, objid: int) -> bool:
    return not await house.fetch("registry", HELD, objid)
