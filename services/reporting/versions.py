"""Which measures wrote the cells. Cells of another version are left alone: `before` would not be what was applied."""

import asyncpg

from services.reporting.cells import LAYOUT
from services.reporting.measures import VERSION


class MeasuresChanged(RuntimeError):
    """The cells were written by other measures than this code has: run `wahana recompute`, then start the worker."""


def version(statistics_from: int) -> str:
    """Names what the cells depend on beside the events: the measures' code, the rows' layout, the first month."""
    return f"{VERSION}.{LAYOUT} from {statistics_from}"


async def claim(connection: asyncpg.Connection, statistics_from: int) -> None:
    """Says that the cells are of this code's measures now."""
    await connection.execute(
        "INSERT INTO measure_version (measures, version) VALUES ('all', $1)"
        " ON CONFLICT (measures) DO UPDATE SET version = excluded.version, since = now()",
        version(statistics_from),
    )


async def check(connection: asyncpg.Connection, statistics_from: int) -> None:
    """Claims cells that nobody has written yet. Raises MeasuresChanged when they are of another version.

    Asked in every batch, under the projection lock: a worker of the old code may still run while the new one recomputes.
    """
    found = await connection.fetchval("SELECT version FROM measure_version WHERE measures = 'all'")
    if found is None:
        await claim(connection, statistics_from)
    elif found != version(statistics_from):
        raise MeasuresChanged(
            f"the cells are of measures {found!r}, this code has {version(statistics_from)!r}: run `wahana recompute`"
        )
