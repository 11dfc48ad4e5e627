"""What one institution gives: LEM-01's stock of active ones, and KSB-01's stocks through its tally of activities."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.reporting.measures import INSTITUTION, TYPE_NUMBER, Emit
from services.reporting.periods import first_day, first_month_ending_in, month_of, period_of
from services.reporting.places import FOREVER, Village
from shared.codes import Verification
from shared.events.envelope import Spell
from shared.events.registry import Institution

_ACTIVE, _STEADY, _CONTINUING = range(3)
QUARTER = 3
WINDOW = 4 * QUARTER
"""KSB-01 looks at the last four calendar quarters that have ended."""


def contribute(
    institution: Institution,
    organised: Collection[int],
    villages: Mapping[UUID, Village],
    statistics_from: int,
    emit: Emit,
) -> None:
    """Gives an institution's contributions; `organised` are the quarters (first months) with a completed activity.

    Once verified, its spells count from the declared start, also for months before the verification. A voided one, or
    one that was never verified, gives none. Months before `statistics_from` fold into it.
    """
    if institution.voided or institution.verification is not Verification.TERVERIFIKASI:
        return
    dimension = TYPE_NUMBER[institution.type]
    stocks = [(_ACTIVE, run) for run in _active_months(institution.active)]
    stocks += [(_STEADY, run) for run in steady_months(institution.active)]
    stocks += [(_CONTINUING, run) for run in continuing_months(institution.active, organised)]
    for measure, (first, end) in stocks:
        for village_id, begins, ends in _seat_months(institution):
            for path, since, until in villages[village_id].over(max(first, begins), min(end, ends)):
                start, stop = max(since, statistics_from), max(until, statistics_from)
                if start < stop:
                    emit(INSTITUTION, path, start, dimension, [(measure, 1)])
                    if stop < FOREVER:
                        emit(INSTITUTION, path, stop, dimension, [(measure, -1)])


def _active_months(active: Sequence[Spell]) -> Iterator[tuple[int, int]]:
    """Months `[first, end)` whose last day lies in a spell."""
    for spell in active:
        first = first_month_ending_in(spell.since)
        end = first_month_ending_in(spell.until) if spell.until else FOREVER
        if first < end:
            yield first, end


def _seat_months(institution: Institution) -> Iterator[tuple[UUID, int, int]]:
    for seat in institution.seats:
        yield (
            seat.village_id,
            first_month_ending_in(seat.since) if seat.since else 0,
            first_month_ending_in(seat.until) if seat.until else FOREVER,
        )


def steady_months(active: Sequence[Spell]) -> Iterator[tuple[int, int]]:
    """KSB-01's denominator: months `[first, end)` at whose end the last four quarters were active on every day.

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
    """KSB-01's numerator: months `[first, end)` at which it is steady and has an activity in each of the four quarters."""
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
