"""What the area codes in a token mean today: rights follow a region to its new code, and to whoever took over from it by
decision (`semantics.md` §6.3). Each service plugs in its own look-up; without one, codes mean what they say.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import Request

Meanings = Mapping[str, tuple[str, ...]]
"""Today's codes for each area code that does not simply mean itself: of a region that was recoded, merged, or split with
the rights following; empty for one that ended without a decided successor."""


class Areas:
    """The meanings as they were read at most a few seconds ago. A request asks the database only when they are older."""

    FRESH_FOR = 5.0
    """Seconds for which they are believed: how long a token with an old code may see nothing after a region change."""

    def __init__(self, read: Callable[[], Awaitable[Meanings]] | None = None) -> None:
        self._read = read
        self._meanings: Meanings = {}
        self._read_at = -math.inf
        self._lock = asyncio.Lock()

    async def today(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """The codes of today that area codes mean; the very same tuple if each means itself."""
        if self._read is not None and self._old() and not (self._lock.locked() and self._known()):
            await self._refresh()
        if not any(code in self._meanings for code in codes):
            return codes
        return tuple(dict.fromkeys(now for code in codes for now in self._meanings.get(code, (code,))))

    async def _refresh(self) -> None:
        async with self._lock:
            if self._read is not None and self._old():
                asked_at = time.monotonic()
                self._meanings = await self._read()
                self._read_at = asked_at

    def _old(self) -> bool:
        return time.monotonic() - self._read_at > self.FRESH_FOR

    def _known(self) -> bool:
        """Whether there are older ones to go on with while another request reads them."""
        return self._read_at > -math.inf


async def today(request: Request, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of today that the area codes of a request's token mean, by the application's look-up."""
    areas: Areas = request.app.state.areas
    return await areas.today(codes)


@dataclass(frozen=True, slots=True)
class Known:
    """How a service reads from its own tables what it knows of regions; each statement gives rows.

    `mark`: one value that changes with every region; `ended`: (code, region id) of codes that nobody has today, by who had
    them last; `links`: (region id, successor's id) where rights follow; `regions`: (id, code, whether it is still there) of
    `:ids`.
    """

    mark: TextClause
    ended: TextClause
    links: TextClause
    regions: TextClause


class Standing(NamedTuple):
    """A region's code, and whether it is still there."""

    code: str
    exists: bool


class Lookup:
    """Reads the meanings of area codes; again only if something about regions has changed."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], known: Known) -> None:
        self._sessions = sessions
        self._known = known
        self._mark: tuple[Any, ...] | None = None
        self._meanings: Meanings = {}

    async def __call__(self) -> Meanings:
        """Today's meanings, by old code."""
        async with self._sessions() as session:
            mark = tuple((await session.execute(self._known.mark)).one())
            if mark != self._mark:
                self._meanings = await self._read(session)
                self._mark = mark
        return self._meanings

    async def _read(self, session: AsyncSession) -> Meanings:
        ended = {code: id for code, id in await session.execute(self._known.ended)}
        links: dict[UUID, list[UUID]] = {}
        for before, after in await session.execute(self._known.links):
            links.setdefault(before, []).append(after)
        ids = {*ended.values(), *links, *(after for following in links.values() for after in following)}
        rows = await session.execute(self._known.regions, {"ids": list(ids)})
        return meanings(ended, links, {id: Standing(code, exists) for id, code, exists in rows})


def meanings(
    ended: Mapping[str, UUID], links: Mapping[UUID, Iterable[UUID]], regions: Mapping[UUID, Standing]
) -> Meanings:
    """Old code → today's codes. `ended` are codes that nobody has today, by who had them last; `links` the successions
    by which rights follow. A region that goes on keeps its own code beside those; one that has not been heard of opens
    nothing. Pure."""
    found = {code: tuple(sorted(_today(id, links, regions, set()))) for code, id in ended.items()}
    for id in links:
        if id in regions and regions[id].exists:
            found[regions[id].code] = tuple(sorted(_today(id, links, regions, set())))
    return found


def _today(
    id: UUID, links: Mapping[UUID, Iterable[UUID]], regions: Mapping[UUID, Standing], seen: set[UUID]
) -> set[str]:
    if id in seen:
        return set()
    seen.add(id)
    own = {regions[id].code} if id in regions and regions[id].exists else set()
    return own.union(*(_today(after, links, regions, seen) for after in links.get(id, ())))
