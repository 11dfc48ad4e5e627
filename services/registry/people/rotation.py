"""A change of keys: everything sealed or indexed under an older key is done again under the one in use.

Meanwhile people work: both keys open and find. Nothing is told and no version is raised, since nothing that anybody
knows changes. Each batch is a transaction of its own; a change of keys that was cut off goes on where it stood.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.registry.families.models import Family
from services.registry.people.keys import Keyring
from services.registry.people.models import Person
from shared import database

BATCH = 500
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Kept:
    """A table with sealed fields; `indexed` is the one of them that has a blind index."""

    table: Table
    sealed: tuple[str, ...]
    indexed: str

    @property
    def index(self) -> str:
        """The column of the blind index."""
        return f"{self.indexed}_index"


KEPT = (
    Kept(Person.__table__, ("nik", "phone"), "nik"),  # type: ignore[arg-type]  # a mapped class's table is a Table
    Kept(Family.__table__, ("card",), "card"),  # type: ignore[arg-type]  # a mapped table is one
)


async def rotate(
    sessions: async_sessionmaker[AsyncSession],
    keyring: Keyring,
    progress: Callable[[int, int], None] = lambda done, of: None,
    batch: int = BATCH,
) -> int:
    """Brings every row to the keys in use; returns how many rows that took, 0 if all were there.

    `progress` is told the rows done and those there were to do. Rows that a process with older settings writes meanwhile
    are done too. Raises Unopened for a value under a key that is not set; what was done before it stays done.
    """
    to_do = await left(sessions, keyring)
    done = 0
    for kept in KEPT:
        after = _FIRST
        while True:
            found = await _batch(sessions, kept, keyring, after, batch)
            if found:
                done, after = done + len(found), found[-1]
                progress(done, max(done, to_do))
            elif after == _FIRST:
                break
            else:  # once more from the start: rows may have been written behind us
                after = _FIRST
    return done


async def left(sessions: async_sessionmaker[AsyncSession], keyring: Keyring) -> int:
    """How many rows hold something under a key that is not in use."""
    async with database.transaction(sessions) as session:
        counts = [
            await session.scalar(select(func.count()).select_from(kept.table).where(_older(kept, keyring)))
            for kept in KEPT
        ]
    return sum(count or 0 for count in counts)


async def _batch(
    sessions: async_sessionmaker[AsyncSession], kept: Kept, keyring: Keyring, after: UUID, size: int
) -> list[UUID]:
    """The ids of the rows that were done, ascending; empty if none is left after this id."""
    columns = kept.table.c
    statement = select(columns.id, *(columns[name] for name in kept.sealed))
    older = statement.where(columns.id > after, _older(kept, keyring)).order_by(columns.id).limit(size)
    async with database.transaction(sessions) as session:
        rows = (await session.execute(older.with_for_update())).all()
        if rows:
            await session.execute(_REWRITES[kept.table.name], [_again(kept, row, keyring) for row in rows])
    return [row.id for row in rows]


def _again(kept: Kept, row: Any, keyring: Keyring) -> dict[str, Any]:
    values: dict[str, Any] = {"of": row.id}
    for field in kept.sealed:
        text = _opened(row.id, field, getattr(row, field), keyring)
        values[f"new_{field}"] = None if text is None else keyring.seal(row.id, field, text)
        if field == kept.indexed:
            values[f"new_{kept.index}"] = None if text is None else keyring.index(field, text)
    return values


def _opened(id: UUID, field: str, sealed: str | None, keyring: Keyring) -> str | None:
    return None if sealed is None else keyring.open(id, field, sealed)


def _older(kept: Kept, keyring: Keyring) -> Any:
    """That a row holds something under a key that is not in use."""
    columns = kept.table.c
    sealed = [not_(columns[field].startswith(f"{keyring.sealing_id}:", autoescape=True)) for field in kept.sealed]
    return or_(*sealed, not_(columns[kept.index].startswith(f"{keyring.lookup_id}:", autoescape=True)))


_REWRITES = {
    kept.table.name: update(kept.table)
    .where(kept.table.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in (*kept.sealed, kept.index)})
    for kept in KEPT
}
