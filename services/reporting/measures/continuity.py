"""KSB-01: whether an institution was active throughout the last four calendar quarters, and busy in each of them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from services.reporting.periods import first_day, month_of, period_of
from services.reporting.places import FOREVER
from shared.events.envelope import Spell

QUARTER = 3
WINDOW = 4 * QUARTER
"""It looks at the last four calendar quarters that have ended."""


def steady_months(active: Sequence[Spell]) -> Iterator[tuple[int, int]]:
    """The denominator: months `[first, end)` at whose end the last four quarters were active on every day.

    It changes at quarter ends only: within a quarter the quarters that have ended stay the same.
    """
    for since, until in _joined(active):
        month = month_of(since)
        first_whole = period_of(month, QUARTER)
        if since > first_day(first_whole):
            first_whole += QUARTER
        first = first_whole + WINDOW - 1
        end = period_of(month_of(until), QUARTER) + QUARTER - 1 if until else FOREVER
        if first < end:
            yield first, end


def continuing_months(active: Sequence[Spell], organised: Collection[int]) -> Iterator[tuple[int, int]]:
    """The numerator: months `[first, end)` at which it is steady and has an activity in each of the four quarters."""
    whole = unbroken(organised)
    if not whole:
        return
    for steady_first, steady_end in steady_months(active):
        for quarter in whole:
            first = quarter + QUARTER - 1
            if steady_first <= first < steady_end:
                yield first, first + QUARTER


def unbroken(organised: Collection[int]) -> list[int]:
    """Quarters with an activity in them and in each of the three before: all that KSB-01 takes from the tally."""
    held = frozenset(organised)
    return [q for q in sorted(held) if all(q - back in held for back in range(QUARTER, WINDOW, QUARTER))]


def _joined(active: Sequence[Spell]) -> Iterator[tuple[date, date | None]]:
    """Spells as runs of days, with those that touch joined."""
    since: date | None = None
    until: date | None = None
    for spell in sorted(active, key=lambda spell: spell.since):
        if since is not None and until is not None and spell.since <= until:
            until = max(until, spell.until) if spell.until else None
            continue
        if since is not None:
            yield since, until
            if until is None:
                return
        since, until = spell.since, spell.until
    if since is not None:
        yield since, until
