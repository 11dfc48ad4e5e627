"""The rows of regions in time as a load compares and writes them, many at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Table, Uuid, bindparam, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.mapping import RegistryTable
from services.registry.regions.models import RegionCode, RegionName, RegionParent, RegionSuccession
from services.registry.regions.timeline import Timeline, among
from shared import outbox
from shared.events import registry

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_STORED = text("""
    SELECT region_id, 'code', system, code, since, until FROM region_code
    WHERE region_id = ANY(:ids) AND (system <> 'kemendagri' OR since IS NOT NULL OR until IS NOT NULL)
    UNION ALL SELECT region_id, 'name', '', name, since, until FROM region_name WHERE region_id = ANY(:ids)
    UNION ALL SELECT region_id, 'parent', '', parent_id::text, since, until FROM region_parent WHERE region_id = ANY(:ids)
    UNION ALL SELECT from_id, 'successor', kind, to_id::text, effective_on, NULL FROM region_succession
    WHERE from_id = ANY(:ids)
""").bindparams(_IDS)
_ONE_CODE = text("""
    INSERT INTO region_code (region_id, system, code, decree)
    SELECT id, 'kemendagri', code, decree FROM region WHERE id = ANY(:ids) ORDER BY code
""").bindparams(_IDS)


async def stored(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, set[tuple[object, ...]]]:
    """What is stored about these regions beside one Kemendagri code since ever: (what, system or kind, value, days)."""
    found: dict[UUID, set[tuple[object, ...]]] = {id: set() for id in ids}
    for id, *what in await session.execute(_STORED, {"ids": list(ids)}):
        found[id].add(tuple(what))
    return found


@dataclass(slots=True)
class Dated:
    """Rows about regions that are new or differ, gathered to be written together at the end of a load."""

    _of_one_code: list[UUID] = field(default_factory=list)
    _others: list[UUID] = field(default_factory=list)
    _replaced: list[UUID] = field(default_factory=list)

    def add(self, id: UUID, says: Collection[tuple[object, ...]]) -> None:
        """Takes a new region; `says` is empty if it has one code, name and parent."""
        (self._others if says else self._of_one_code).append(id)

    def replace(self, id: UUID) -> None:
        """Takes a stored region of which something differs."""
        self._replaced.append(id)

    async def write(self, session: AsyncSession, over_time: Timeline) -> None:
        """Writes what the timeline says of the gathered regions."""
        for table in (RegionCode, RegionName, RegionParent) if self._replaced else ():
            await session.execute(delete(table).where(among(table.region_id, self._replaced)))
        if self._of_one_code:
            await session.execute(_ONE_CODE, {"ids": self._of_one_code})
        ids = [*self._others, *self._replaced]
        codes = [_code_row(id, code) for id in ids for code in over_time.codes[id]]
        names = [
            {"region_id": id, "name": run.value, "since": run.since, "until": run.until, "decree": run.decree}
            for id in ids
            for run in over_time.earlier_names.get(id, ())
        ]
        parents = [
            {"region_id": id, "parent_id": run.value, "since": run.since, "until": run.until, "decree": run.decree}
            for id in ids
            for run in over_time.earlier_parents.get(id, ())
        ]
        for rows, mapped in ((codes, RegionCode), (names, RegionName), (parents, RegionParent)):
            await outbox.insert_many(session, _table(mapped), rows)


async def write_successions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Writes successions that are not stored yet."""
    for start in range(0, len(rows), 1000):
        statement = insert(RegionSuccession).on_conflict_do_nothing()
        await session.execute(statement, rows[start : start + 1000])


def _code_row(id: UUID, code: registry.RegionCode) -> dict[str, Any]:
    return {"region_id": id, **code.model_dump()}


def _table(mapped: type[RegistryTable]) -> Table:
    return cast(Table, mapped.__table__)


def days(says: Iterable[tuple[object, ...]]) -> Iterable[Any]:
    """The days that stored rows name."""
    return (day for *_, since, until in says for day in (since, until) if day is not None)
