"""The rules of KSB-02, one claim each, and beside its plainest reading, through chains of mergers; and how runs combine."""

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.measures import runs, survival
from services.reporting.periods import last_day
from services.reporting.places import FOREVER
from shared.events.envelope import Spell
from shared.events.registry import Absorbed, Seat
from tests.reporting import histories
from tests.reporting.histories import INSTITUTIONS, VILLAGES
from tests.reporting.last_days import MONTHS, covers, day, months, spells


def merged(on: str, *ends: tuple[str, str | None]) -> Absorbed:
    return Absorbed(
        institution_id=INSTITUTIONS[1], type="KUBE", active=spells(*ends), seats=[Seat(village_id=VILLAGES[1])],
        merged_on=day(on),
    )  # fmt: skip


def test_who_was_active_a_year_ago_survives_if_active_on_the_last_day() -> None:
    found = survival.survived(runs.of(spells(("2024-01-15", "2025-03-31"))))
    assert months(found) == ["2025-01..2025-02"]


def test_closed_and_reopened_within_the_window_survives_only_from_the_reopening_on() -> None:
    found = survival.survived(runs.of(spells(("2024-01-01", "2025-02-10"), ("2025-05-31", None))))
    assert months(found) == ["2025-01..2025-01", "2025-05..2026-01", "2026-05.."]


def test_the_absorbed_one_goes_on_in_a_living_successor_for_a_year_after_the_merger() -> None:
    other = merged("2025-06-10", ("2023-01-01", "2025-06-10"))
    assert months(survival.carried_on(other, [(0, FOREVER)])) == ["2025-06..2026-05"]
    assert months(survival.carried_on(other, runs.of(spells(("2020-01-01", "2025-09-30"))))) == ["2025-06..2025-08"]


def test_one_that_had_closed_before_the_merger_was_not_active_a_year_before_for_longer() -> None:
    other = merged("2025-06-10", ("2023-01-01", "2024-09-15"))
    assert months(survival.carried_on(other, [(0, FOREVER)])) == ["2025-06..2025-08"]


def test_an_absorbed_one_that_works_by_itself_again_is_not_counted_by_its_successor_then() -> None:
    other = merged("2025-06-10", ("2023-01-01", "2025-06-10"), ("2025-09-01", "2025-11-15"))
    assert months(survival.carried_on(other, [(0, FOREVER)])) == ["2025-06..2025-08", "2025-11..2026-05"]


@st.composite
def mergers(draw: st.DrawFn) -> tuple[list[list[Spell]], dict[int, tuple[int, date]]]:
    """Lives of five institutions, and some mergers of one into a later one: (successor, day)."""
    lives = [draw(histories.spells()) for _ in range(5)]
    into: dict[int, tuple[int, date]] = {}
    for number in range(4):
        if draw(st.booleans()):
            into[number] = draw(st.integers(number + 1, 4)), draw(histories.days)
    return lives, into


def holder(number: int, at: date, into: dict[int, tuple[int, date]]) -> int:
    """Who an institution is on a day: itself, or what it was merged into, through any number of mergers."""
    while number in into and into[number][1] <= at:
        number = into[number][0]
    return number


@given(history=mergers())
def test_survival_is_what_each_last_day_says_through_chains_of_mergers_and_never_twice(
    history: tuple[list[list[Spell]], dict[int, tuple[int, date]]],
) -> None:
    lives, into = history
    lives = [
        [
            spell.model_copy(update={"until": min(spell.until or date.max, into[number][1])})
            if number in into else spell
            for spell in life if number not in into or spell.since < into[number][1]
        ]
        for number, life in enumerate(lives)
    ]  # fmt: skip

    def active(number: int, at: date) -> bool:
        return any(covers(spell.since, spell.until, at) for spell in lives[number])

    def absorbed_by(successor: int) -> list[Absorbed]:
        found = []
        for number in range(successor):
            since = next((at for at in days if holder(number, at, into) == successor), None)
            if since is not None:
                found.append(merged(since.isoformat()).model_copy(update={"active": lives[number]}))
        return found

    days = sorted(at for _, at in into.values())
    counted = dict.fromkeys(MONTHS, 0)
    for number, life in enumerate(lives):
        stocks = [survival.survived(runs.of(life))]
        stocks += [survival.carried_on(other, runs.of(life)) for other in absorbed_by(number)]
        for stock in stocks:
            for month in MONTHS:
                counted[month] += runs.holds(stock, month)
    expected = {
        month: sum(
            active(number, last_day(month - 12)) and active(holder(number, last_day(month), into), last_day(month))
            for number in range(5)
        )
        for month in MONTHS
    }
    assert counted == expected


some_runs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5).map(runs.union)


@given(one=some_runs, other=some_runs)
def test_runs_are_combined_as_sets_of_months(one: list[runs.Run], other: list[runs.Run]) -> None:
    def held(found: list[runs.Run]) -> set[int]:
        assert all(first < end for first, end in found)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))
        return {month for first, end in found for month in range(first, end)}

    assert held(runs.union([*one, *other])) == held(one) | held(other)
    assert held(runs.common(one, other)) == held(one) & held(other)
    assert held(runs.without(one, other)) == held(one) - held(other)
    assert held(runs.later(one, 12)) == {month + 12 for month in held(one)}


def test_a_day_within_a_month_is_seen_at_its_end() -> None:
    assert months(runs.of(spells(("2026-03-31", "2026-04-30")))) == ["2026-03..2026-03"]
    assert runs.of(spells(("2026-03-02", "2026-03-22"))) == []
