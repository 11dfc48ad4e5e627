"""The one clock of a process, passed in so that tests can set it, and local dates of a place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the current instant (aware, UTC)."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class SettableClock:
    """A clock that stands where it was put: for tests and for replaying a day."""

    instant: datetime

    def now(self) -> datetime:
        """The instant the clock was last put to."""
        return self.instant


def local_date(instant: datetime, time_zone: str) -> date:
    """The calendar date of `instant` at a place in the IANA zone `time_zone` (WIB, WITA or WIT; `semantics.md` §1.1)."""
    return instant.astimezone(ZoneInfo(time_zone)).date()
