"""The exact rules of `semantics.md` §5, one claim each, on the pure functions."""

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.measures import KINDS, TYPES, Tag, activity, continuity, runs
from services.reporting.periods import Period, PeriodKind, month_of
from services.reporting.places import FOREVER, Path, Tree, Village
from shared.codes import ActivityKind, ActivityStatus, InstitutionType
from shared.events.activities import Activity, PlanVersion
from shared.events.envelope import Spell
from tests.reporting import histories
from tests.reporting.histories import INSTITUTIONS, VILLAGES

MONTH, QUARTER, SEMESTER, YEAR = activity.LENGTHS


def planned(*versions: tuple[str, str], done: str | None = None, **other: Any) -> Activity:
    """An activity whose plan versions are (planned day, day recorded)."""
    held = date.fromisoformat(done) if done else None
    return Activity(
        title="Kerja bakti", kind=ActivityKind.GOTONG_ROYONG, village_id=VILLAGES[0],
        lead_institution_id=INSTITUTIONS[0], held_from=held, held_until=held,
        status=ActivityStatus.SELESAI if done else ActivityStatus.DIRENCANAKAN,
        plan=[
            PlanVersion(
                planned_from=date.fromisoformat(day),
                planned_until=date.fromisoformat(day),
                recorded_on=date.fromisoformat(recorded),
            )
            for day, recorded in versions
        ],
        **other,
    )  # fmt: skip


def realisation(state: Activity, length: int) -> dict[str, str]:
    """TRH-02 as `{period: "numerator/denominator"}`."""
    kind = {1: PeriodKind.MONTH, 3: PeriodKind.QUARTER, 6: PeriodKind.SEMESTER, 12: PeriodKind.YEAR}[length]
    return {
        str(Period.containing(day, kind)): f"{int(realised)}/1"
        for day, realised in activity.plan_periods(state, length)
    }


def test_a_plan_moved_after_its_start_stays_unrealised_in_the_first_month() -> None:
    state = planned(("2026-01-20", "2026-01-10"), ("2026-02-10", "2026-01-25"), done="2026-02-10")
    assert realisation(state, MONTH) == {"2026-01": "0/1", "2026-02": "1/1"}
    assert realisation(state, QUARTER) == {"2026-Q1": "1/1"}


def test_a_plan_moved_before_its_start_leaves_the_first_month() -> None:
    state = planned(("2026-01-20", "2026-01-10"), ("2026-02-10", "2026-01-15"), done="2026-02-10")
    assert realisation(state, MONTH) == {"2026-02": "1/1"}


def test_a_plan_done_late_counts_where_thirty_days_of_grace_reach() -> None:
    state = planned(("2026-02-10", "2026-01-15"), done="2026-04-10")
    assert realisation(state, MONTH) == {"2026-02": "0/1"}
    assert realisation(state, QUARTER) == {"2026-Q1": "1/1"}
    assert realisation(state, YEAR) == {"2026": "1/1"}


@pytest.mark.parametrize(("done", "expected"), [("2026-03-30", "1/1"), ("2026-03-31", "0/1")])
def test_the_thirtieth_day_after_the_period_is_the_last_that_realises(done: str, expected: str) -> None:
    assert realisation(planned(("2026-02-10", "2026-01-15"), done=done), MONTH) == {"2026-02": expected}


def test_a_plan_recorded_on_its_start_or_later_counts_nowhere() -> None:
    for recorded in ("2026-02-10", "2026-02-11"):
        assert realisation(planned(("2026-02-10", recorded), done="2026-02-10"), YEAR) == {}


def test_a_plan_told_after_the_activity_was_held_counts_nowhere() -> None:
    assert realisation(planned(("2026-03-10", "2026-03-01"), done="2026-02-20"), YEAR) == {}
    assert realisation(planned(("2026-03-10", "2026-02-20"), done="2026-02-20"), YEAR) == {"2026": "1/1"}


def test_a_plan_moved_away_and_back_before_its_start_counts_once() -> None:
    state = planned(("2026-01-20", "2026-01-01"), ("2026-02-10", "2026-01-05"), ("2026-01-25", "2026-01-06"))
    assert realisation(state, MONTH) == {"2026-01": "0/1"}


def test_a_cancelled_plan_stays_planned_and_a_voided_one_does_not() -> None:
    cancelled = planned(("2026-02-10", "2026-01-15")).model_copy(update={"status": ActivityStatus.DIBATALKAN})
    assert realisation(cancelled, MONTH) == {"2026-02": "0/1"}
    emitted: list[Any] = []
    activity.contribute(
        cancelled.model_copy(update={"voided": True}),
        Village(1, [(None, None, [0, 1])]),
        lambda *given: emitted.append(given),
    )
    assert emitted == []


def test_one_organisation_under_two_names_is_not_a_joint_activity() -> None:
    alone = planned(done="2026-02-10", co_organiser_ids=[INSTITUTIONS[0]])
    assert not activity.is_joint(alone)
    assert activity.is_joint(alone.model_copy(update={"co_organiser_ids": [INSTITUTIONS[1]]}))
    assert activity.is_joint(alone.model_copy(update={"co_organiser_ids": [], "partners": ["Dinsos"]}))


def test_targets_are_not_organisers() -> None:
    state = planned(done="2026-02-10", target_institution_ids=[INSTITUTIONS[2]], co_organiser_ids=[INSTITUTIONS[1]])
    assert {owner for owner, tag, *_ in activity.tallies(state) if tag is Tag.ORGANISED} == set(INSTITUTIONS[:2])


def spell(since: str, until: str | None = None) -> Spell:
    return Spell(since=date.fromisoformat(since), until=date.fromisoformat(until) if until else None)


def month(text: str) -> int:
    return Period.parse(text).first


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        ([spell("2025-01-01")], [(month("2025-12"), FOREVER)]),
        ([spell("2025-01-02")], [(month("2026-03"), FOREVER)]),
        ([spell("2025-01-01", "2026-01-01")], [(month("2025-12"), month("2026-03"))]),
        ([spell("2025-01-01", "2025-12-31")], []),
        ([spell("2025-01-01", "2025-06-01"), spell("2025-06-01")], [(month("2025-12"), FOREVER)]),
        ([spell("2025-01-01", "2025-06-01"), spell("2025-06-02")], [(month("2026-06"), FOREVER)]),
    ],
)
def test_an_institution_is_steady_after_four_whole_quarters(
    active: list[Spell], expected: list[tuple[int, int]]
) -> None:
    assert list(continuity.steady_months(active)) == expected


def test_continuity_needs_an_activity_in_each_of_the_four_quarters() -> None:
    quarters = [month("2025-01"), month("2025-04"), month("2025-07"), month("2025-10")]
    active = [spell("2025-01-01")]
    assert list(continuity.continuing_months(active, quarters)) == [(month("2025-12"), month("2026-03"))]
    assert list(continuity.continuing_months(active, quarters[1:])) == []
    five = [*quarters, month("2026-01")]
    assert list(continuity.continuing_months(active, five)) == [
        (month("2025-12"), month("2026-03")),
        (month("2026-03"), month("2026-06")),
    ]


def test_awareness_reaches_a_village_for_twelve_months_and_runs_join() -> None:
    assert runs.trailing([month("2025-03")]) == [(month("2025-03"), month("2026-03"))]
    assert runs.trailing([month("2025-09"), month("2025-03")]) == [(month("2025-03"), month("2026-09"))]
    assert runs.trailing([month("2025-03"), month("2026-04")]) == [
        (month("2025-03"), month("2026-03")),
        (month("2026-04"), month("2027-04")),
    ]


@given(days=st.lists(histories.days, min_size=1, max_size=6))
def test_reach_is_the_union_of_the_windows(days: list[date]) -> None:
    months = {month_of(day) for day in days}
    expected = {month + offset for month in months for offset in range(12)}
    found = runs.trailing(months)
    assert {m for first, end in found for m in range(first, end)} == expected
    assert all(end < begin for (_, end), (begin, _) in itertools.pairwise(found))


@given(active=histories.spells(), months=st.lists(st.integers(month("2024-01"), month("2027-12")), max_size=12))
def test_steady_is_what_a_count_of_days_says(active: list[Spell], months: list[int]) -> None:
    """Against the plainest reading: every single day of the last four quarters that have ended."""
    runs = list(continuity.steady_months(active))
    for at in months:
        ended = at + 1 - (at + 1) % 3
        days = _days(ended - 12, ended)
        everyday = all(any(s.since <= d and (s.until is None or d < s.until) for s in active) for d in days)
        assert any(first <= at < end for first, end in runs) == everyday


def _days(first: int, end: int) -> list[date]:
    begin, stop = Period(first, PeriodKind.MONTH).begins, Period(end, PeriodKind.MONTH).begins
    return [date.fromordinal(number) for number in range(begin.toordinal(), stop.toordinal())]


def test_a_village_that_moved_counts_in_both_trees_apart() -> None:
    moved = date(2026, 2, 1)
    place = Village(5, [(None, moved, [1, 2, 5]), (moved, None, [1, 3, 5])])

    def trees(paths: Any) -> dict[Tree, tuple[int, ...]]:
        return {path.tree: path.keys for path in paths}

    assert trees(place.on(date(2026, 1, 31))) == {Tree.AS_WAS: (1, 2, 5), Tree.CURRENT: (1, 3, 5)}
    assert trees(place.on(moved)) == {Tree.AS_WAS: (1, 3, 5), Tree.CURRENT: (1, 3, 5)}
    stays: list[tuple[Path, int, int]] = list(place.over(month("2025-12"), month("2026-04")))
    assert [(p.tree, p.keys, first, end) for p, first, end in stays] == [
        (Tree.AS_WAS, (1, 2, 5), month("2025-12"), month("2026-02")),
        (Tree.AS_WAS, (1, 3, 5), month("2026-02"), month("2026-04")),
        (Tree.CURRENT, (1, 3, 5), month("2025-12"), month("2026-04")),
    ]


def test_the_numbers_of_dimensions_never_change() -> None:
    assert [kind.value for kind in KINDS[:4]] == ["gotong_royong", "penyadaran", "sosialisasi_wksbm", "pelatihan"]
    assert KINDS[-1] is ActivityKind.LAINNYA
    assert len(KINDS) == 18
    assert [kind.value for kind in TYPES] == ["ARS", "KUBE", "LBD", "KMT", "SNM", "KSM", "PRS", "OSN"]
    assert len(set(InstitutionType)) == len(TYPES)


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "2026-S3", "26", "2026-1", "2026-00", "2026-Q0", "", "1899"])
def test_a_period_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        Period.parse(text)


@given(first=st.integers(1900 * 12, 2100 * 12), kind=st.sampled_from(PeriodKind))
def test_a_period_is_read_as_it_is_written(first: int, kind: PeriodKind) -> None:
    period = Period.containing(Period(first, PeriodKind.MONTH).begins, kind)
    assert Period.parse(str(period)) == period
    assert period.begins <= Period(first, PeriodKind.MONTH).begins <= period.ends
    assert period.next().begins.toordinal() == period.ends.toordinal() + 1
