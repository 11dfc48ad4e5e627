"""How large a service's database is, and how much of its connections a process uses, as metrics."""

from typing import cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import QueuePool

from shared import telemetry


async def observe_size(connection: AsyncConnection) -> None:
    """Sets the gauge of the database's size on its server's disk."""
    telemetry.database_bytes.set(await connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def observe_pools(engine: AsyncEngine, driver: asyncpg.Pool) -> None:
    """Sets the gauges of an API's two pools: that of its sessions and that of the bare driver."""
    pool = cast(QueuePool, engine.pool)
    _set("sessions", pool.size(), used=pool.checkedout(), idle=pool.checkedin())
    idle = driver.get_idle_size()
    _set("driver", driver.get_max_size(), used=driver.get_size() - idle, idle=idle)


def _set(name: str, most: int, *, used: int, idle: int) -> None:
    telemetry.pool_size.labels(name).set(most)
    telemetry.pool_connections.labels(name, "used").set(used)
    telemetry.pool_connections.labels(name, "idle").set(idle)
