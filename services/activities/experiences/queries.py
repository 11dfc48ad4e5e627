"""Experiences as a caller may read and change them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.exchange import scope
from services.activities.experiences.models import Experience
from services.activities.known.reading import Reader
from shared import statements
from shared.auth import Principal
from shared.codes import PostingState

TABLE = Experience.__table__


def readable(principal: Principal) -> ColumnElement[bool]:
    """That its scope reaches the caller and it was not withdrawn; its poster's keepers read it then too."""
    stands = Experience.state != PostingState.DITUTUP
    return and_(scope.readable(TABLE, principal), or_(stands, writable(principal)))


def writable(principal: Principal) -> ColumnElement[bool]:
    """That the caller acts for its poster."""
    return scope.kept(TABLE.c.poster_id, principal)


async def found(reader: Reader, ids: Collection[UUID], principal: Principal) -> set[UUID]:
    """Those of these experiences after which the caller may make an activity: it reads them, and they stand."""
    if not ids:
        return set()
    stand = (Experience.state != PostingState.DITUTUP, Experience.voided.is_(False))
    statement = select(Experience.id).where(Experience.id.in_(ids), *stand, readable(principal))
    if isinstance(reader, AsyncSession):
        return set((await reader.scalars(statement)).all())
    return {id for (id,) in await statements.fetch(reader, statement)}
