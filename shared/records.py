"""Records within the caller's area: read one, lock one to change it, and write its change as one event.

`visible` is the condition that the caller may see a row (each slice's `queries.visible(principal)`): what it hides is
answered as if it did not exist.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import outbox
from shared.auth import Principal
from shared.database import Table
from shared.events.envelope import State
from shared.language import Text
from shared.problems import Conflict, NotFound

Row = TypeVar("Row", bound=Table)


class IdTaken(Conflict):
    slug = "id-taken"
    title = Text("Id ini sudah dipakai", "This id is taken")

    @classmethod
    def of(cls, id: UUID) -> "IdTaken":
        """Names the id and what to do."""
        return cls(
            Text(
                f"Sudah ada data dengan id {id}. Bila ini kiriman Anda sendiri, data itu sudah tersimpan; "
                "jika tidak, kirim dengan id baru.",
                f"There is a record with the id {id}. If you sent this before, it is stored; "
                "if not, send it with a new id.",
            )
        )


async def read(session: AsyncSession, table: type[Row], id: UUID, visible: ColumnElement[bool]) -> Row:
    """One record. Raises NotFound."""
    row = await session.scalar(select(table).where(_id(table) == id, visible))
    if row is None:
        raise NotFound
    return row


async def locked(session: AsyncSession, table: type[Row], id: UUID, visible: ColumnElement[bool]) -> Row:
    """One record, locked until the transaction ends. Raises NotFound.

    The lock is taken before the version is compared: of many changes meant for one version exactly one goes through.
    """
    statement = select(table).where(_id(table) == id, visible).with_for_update(of=table)
    # What stood in the session may have been read before the lock.
    row = await session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


async def refuse_invisible(session: AsyncSession, table: type[Row], id: UUID, visible: ColumnElement[bool]) -> None:
    """Raises NotFound when there is no such record or the caller may not see it."""
    if await session.scalar(select(_id(table)).where(_id(table) == id, visible)) is None:
        raise NotFound


async def record(
    session: AsyncSession,
    row: Any,
    state: State,
    verb: str,
    *,
    by: Principal,
    now: datetime,
    regions: Collection[UUID],
    reason: str | None = None,
) -> None:
    """Writes a locked record's changes and the event that tells them to the regions it concerns. Raises EventTooLarge."""
    row.changed_at = now
    await outbox.record(session, row, state, outbox.Fact(verb, by=by.subject, at=now, regions=regions, reason=reason))


def _id(table: type[Table]) -> Any:
    return table.__table__.c.id
