"""Counters of one process for `limits`, bounded in memory: its own looks through all of them again at every request."""

import time

from limits.storage import Storage

MOST = 50_000
"""Counters kept at once, at some 200 bytes each."""


class Counters(Storage):
    """Counts per key until the key's window ends. When there are too many, those that ended go; else all, as in a restart."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """What `limits` would wrap; nothing here fails."""
        return RuntimeError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """The count with this amount added; `expiry` is in seconds from the first."""
        now = time.time()
        count, ends = self._found.get(key, (0, 0.0))
        if ends <= now:
            if key not in self._found and len(self._found) >= MOST:
                self._make_room(now)
            count, ends = 0, now + expiry
        self._found[key] = count + amount, ends
        return count + amount

    def _make_room(self, now: float) -> None:
        self._found = {key: found for key, found in self._found.items() if found[1] > now}
        if len(self._found) > MOST * 9 // 10:
            self._found.clear()

    def get(self, key: str) -> int:
        """The count; 0 once its window has ended."""
        count, ends = self._found.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """The instant, in seconds since 1970, at which the window ends; now, of one that is not counted."""
        return self._found.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """It is always there."""
        return True

    def reset(self) -> int:
        """Forgets everything; how many there were."""
        had = len(self._found)
        self._found.clear()
        return had

    def clear(self, key: str) -> None:
        """Forgets one."""
        self._found.pop(key, None)
