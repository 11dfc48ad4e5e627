"""What area codes in tokens mean today, from the dated codes and the decided successions."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.areas import Meanings

# A region change, and a load that changes anything, adds a code or a succession.
_MARK = text("SELECT (SELECT max(id) FROM region_code), (SELECT max(id) FROM region_succession)")
_ENDED = text("""
    SELECT DISTINCT ON (held.code) held.code, held.region_id FROM region_code held
    WHERE held.system = 'kemendagri' AND held.until IS NOT NULL
      AND NOT EXISTS (SELECT FROM region WHERE region.code = held.code AND region.until IS NULL)
    ORDER BY held.code, held.until DESC
""")
_LINKS = text("""
    SELECT from_id, to_id FROM region_succession
    WHERE from_id IS NOT NULL AND to_id IS NOT NULL AND confidence <> 'ambiguous' AND (kind <> 'split' OR rights_follow)
""")
_REGIONS = text("SELECT id, code, until FROM region WHERE id = ANY(:ids)")


class Standing(NamedTuple):
    """A region's code, and whether it is still there."""

    code: str
    exists: bool


class Lookup:
    """Reads the meanings of area codes; again only if something about regions has changed."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._mark: tuple[int | None, int | None] | None = None
        self._meanings: Meanings = {}

    async def __call__(self) -> Meanings:
        """Today's meanings, by old code."""
        async with self._sessions() as session:
            row = (await session.execute(_MARK)).one()
            mark = (row[0], row[1])
            if mark != self._mark:
                self._meanings = await _read(session)
                self._mark = mark
        return self._meanings


async def _read(session: AsyncSession) -> Meanings:
    ended = {code: id for code, id in await session.execute(_ENDED)}
    links: dict[UUID, list[UUID]] = {}
    for before, after in await session.execute(_LINKS):
        links.setdefault(before, []).append(after)
    ids = {*ended.values(), *links, *(after for following in links.values() for after in following)}
    rows = await session.execute(_REGIONS, {"ids": list(ids)})
    return meanings(ended, links, {id: Standing(code, until is None) for id, code, until in rows})


def meanings(
    ended: Mapping[str, UUID], links: Mapping[UUID, Iterable[UUID]], regions: Mapping[UUID, Standing]
) -> Meanings:
    """Old code → today's codes. `ended` are codes that nobody has today, by who had them last; `links` the successions
    by which rights follow. A region that goes on keeps its own code beside those. Pure."""
    found = {code: tuple(sorted(_today(id, links, regions, set()))) for code, id in ended.items()}
    for id in links:
        if regions[id].exists:
            found[regions[id].code] = tuple(sorted(_today(id, links, regions, set())))
    return found


def _today(
    id: UUID, links: Mapping[UUID, Iterable[UUID]], regions: Mapping[UUID, Standing], seen: set[UUID]
) -> set[str]:
    if id in seen:
        return set()
    seen.add(id)
    own = {regions[id].code} if regions[id].exists else set()
    return own.union(*(_today(after, links, regions, seen) for after in links.get(id, ())))
