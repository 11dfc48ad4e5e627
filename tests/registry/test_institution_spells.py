"""An institution's days at work after any sequence of dated steps."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.registry.institutions import lifecycle
from services.registry.institutions.review import Step
from shared.codes import Operation
from shared.events.envelope import Spell
from shared.problems import InvalidPayload

TODAY = date(2026, 3, 15)
steps = st.lists(
    st.tuples(
        st.sampled_from([Step.DORMANCY, Step.REACTIVATION, Step.CLOSURE, Step.REOPENING]),
        st.dates(date(2025, 12, 1), date(2026, 3, 20)),
    ),
    max_size=12,
)


@given(st.dates(date(2025, 12, 1), TODAY), steps)
def test_spells_stay_ordered_apart_and_in_keeping_with_operation(
    active_from: date, history: list[tuple[Step, date]]
) -> None:
    work = lifecycle.begun(active_from)
    for name, day in history:
        if name not in lifecycle.STEPS[work.operation]:
            continue
        try:
            after = lifecycle.stepped(work, name, day, TODAY, "on")
        except InvalidPayload:
            continue
        for past in _days(work.active, date(2025, 12, 1), day):  # a step changes no day before it
            assert past in set(_days(after.active, date(2025, 12, 1), day))
        work = after
        _consistent(work)
    assert work.active[0].since == active_from


def _days(spells: Any, first: date, until: date) -> list[int]:
    inside = range(first.toordinal(), until.toordinal())
    return [d for d in inside if any(_holds(spell, d) for spell in spells)]


def _holds(spell: Spell, day: int) -> bool:
    return spell.since.toordinal() <= day and (spell.until is None or day < spell.until.toordinal())


def _consistent(work: lifecycle.Work) -> None:
    for before, after in zip(work.active, work.active[1:], strict=False):
        assert before.until is not None
        assert before.until < after.since
    assert all(spell.until is None or spell.since < spell.until for spell in work.active)
    last = work.active[-1]
    assert (last.until is None) == (work.operation is Operation.AKTIF)
    assert (work.closed_on is not None) == (work.operation is Operation.TUTUP)
    assert work.closed_on is None or (last.until is not None and last.until <= work.closed_on <= TODAY)
