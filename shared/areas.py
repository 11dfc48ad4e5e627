"""What the area codes in a token mean today: rights follow a region to its new code, and to whoever took over from it by
decision (`semantics.md` §6.3). Each service plugs in its own look-up; without one, codes mean what they say.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping

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
