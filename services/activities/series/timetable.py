"""Which dates a series gives: those of each of its rules from its first day to the next rule's, until it ended. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import dropwhile, islice, takewhile

from services.activities.series import recurrence
from services.activities.series.models import Series
from shared.events.activities import SeriesRule


def given(series: Series, since: date, until: date = recurrence.LAST) -> Iterator[tuple[date, int]]:
    """The dates from `since` to `until`, both included, ascending, each with the days that its occurrence takes."""
    return _given(series.rules, max(since, series.begins_on), min(until, _last(series.ended_on)))


def _given(rules: Sequence[SeriesRule], since: date, until: date) -> Iterator[tuple[date, int]]:
    ends = [_last(later.starts_on) for later in rules[1:]] + [recurrence.LAST]
    for rule, end in zip(rules, ends, strict=True):
        if end >= since and rule.starts_on <= until:
            found = dropwhile(lambda day: day < since, recurrence.dates(rule.rule, rule.starts_on))
            yield from ((day, rule.days) for day in _through(found, min(end, until)))


def _through(days: Iterator[date], until: date) -> Iterator[date]:
    return takewhile(lambda day: day <= until, days)


def _last(ended_on: date | None) -> date:
    return ended_on - timedelta(days=1) if ended_on else recurrence.LAST


def gives(series: Series, day: date) -> bool:
    """Whether a day is one of its dates."""
    return next(given(series, day, day), None) is not None


def nearest(series: Series, day: date) -> list[date]:
    """The dates before and after a day that is none."""
    before = [one for one, _ in given(series, series.begins_on, day - timedelta(days=1))][-1:]
    return before + [one for one, _ in islice(given(series, day + timedelta(days=1)), 1)]


def with_rule(rules: Sequence[SeriesRule], new: SeriesRule) -> list[SeriesRule]:
    """The rules with a new one that holds from its first day on: those that were to begin later fall away."""
    return [*(rule for rule in rules if rule.starts_on < new.starts_on), new]
