"""Parked events: looked at, read again, or thrown away. Applying one goes through the projection like any event."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg
from sqlalchemy import delete, select

from services.reporting import projection
from services.reporting.models import SCHEMA
from services.reporting.periods import Period
from services.reporting.settings import Settings
from services.reporting.worker import CONTRACTS
from shared import database
from shared.consumer import Arrived, understand
from shared.events.envelope import Unreadable
from shared.positions import parked_event


@dataclass
class Retried:
    """How many parked events could be read and applied, and why the others could not, by id."""

    applied: int = 0
    unreadable: dict[int, str] = field(default_factory=dict)


async def listed(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """All parked events, oldest first, without their bytes."""
    return list(
        await connection.fetch(
            'SELECT id, topic, partition, "offset", subject_id, sequence, reason, parked_at FROM parked_event ORDER BY id'
        )
    )


async def retry(settings: Settings, ids: Sequence[int] | None) -> Retried:
    """Reads parked events again (all if `ids` is None); applies and removes those that can be read, in one transaction."""
    engine = database.open_engine(settings, pool_size=1, schema=SCHEMA)
    outcome = Retried()
    try:
        async with engine.begin() as connection:
            query = select(parked_event).order_by(parked_event.c.id).with_for_update()
            rows = (await connection.execute(query if ids is None else query.where(parked_event.c.id.in_(ids)))).all()
            arrived: list[Arrived] = []
            readable: list[int] = []
            for row in rows:
                contract = CONTRACTS[row.topic.removeprefix(f"{settings.kafka_topic_prefix}.")]
                headers = [(name, value.encode()) for name, value in row.headers]
                try:
                    arrived.append(understand(contract, headers, row.value))
                    readable.append(row.id)
                except Unreadable as reason:
                    outcome.unreadable[row.id] = str(reason)
            if arrived:
                await projection.handle(connection, arrived, Period.parse(settings.statistics_from).first)
                await connection.execute(delete(parked_event).where(parked_event.c.id.in_(readable)))
            outcome.applied = len(readable)
    finally:
        await engine.dispose()
    return outcome


async def discard(connection: asyncpg.Connection, ids: Sequence[int]) -> int:
    """Throws parked events away; returns how many there were."""
    return len(await connection.fetch("DELETE FROM parked_event WHERE id = ANY($1::bigint[]) RETURNING id", list(ids)))
