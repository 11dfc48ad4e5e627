"""The tables that hold the days of memberships: of people in institutions, and of institutions in networks.

They repeat what the records say in `spells`, so that the database refuses overlaps and answers who was a member on a day.
They are written by plain statements, which write no record before its event and its audit entry do.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table, delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.memberships.models import KeptSpell
from shared import outbox

Days = Sequence[tuple[UUID, Sequence[KeptSpell]]]
"""Memberships' ids, each with its spells."""


async def add(session: AsyncSession, table: Table, days: Days) -> None:
    """Writes the days of new memberships. Raises the database's IntegrityError for spells that overlap."""
    rows = [{"membership_id": id, "since": s.since, "until": s.until} for id, spells in days for s in spells]
    await outbox.insert_many(session, table, rows)


async def replace(session: AsyncSession, table: Table, days: Days) -> None:
    """Writes the days of memberships anew. Raises the database's IntegrityError for spells that overlap."""
    await session.execute(delete(table).where(table.c.membership_id.in_([id for id, _ in days])))
    await add(session, table, days)
