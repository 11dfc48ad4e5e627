"""Up to which instant a copy is complete that was pulled by `changed_since`.

A change bears the instant of its request and can be seen only once it is committed: another one, later by its instant, may
be seen before it. Who pulls on from the newest instant it has seen would miss the first for ever. So a list that is asked
for what changed since an instant says through which instant nothing can appear any more: as far back as the oldest
transaction under way, and `SLACK` for what an instant may be older than its transaction.
"""

from datetime import datetime, timedelta

import asyncpg
from fastapi import Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

HEADER = "Wahana-Synced-Through"
SLACK = timedelta(seconds=15)
"""A request waits up to ten seconds for a connection after its instant was taken; the rest is for clocks that differ."""

# A function, since a role does not see what the sessions of another do. It looks at those of the API and of the worker:
# other roles maintain the database and change no record.
_OLDEST = "SELECT oldest_transaction()"


def asked(request: Request) -> bool:
    """Whether it is the first page of what changed since an instant. A later page would promise too much: what its
    predecessors have passed over may have appeared since."""
    return request.method == "GET" and "changed_since" in request.query_params and "cursor" not in request.query_params


async def through(database: AsyncSession | asyncpg.Connection, now: datetime) -> datetime:
    """The instant before which no change can appear any more. Ask before the list is read, in the same transaction.

    `now` is the aware UTC instant of the request. Ages are by the database's clock, so that the two need not agree.
    """
    if isinstance(database, AsyncSession):
        age: float = (await database.execute(text(_OLDEST))).scalar_one()
    else:
        age = await database.fetchval(_OLDEST)
    return now - timedelta(seconds=age) - SLACK
