"""What one local cultural value gives for BUD-01: itself, while it is lived, and whether it was practised of late.

A value may belong to several villages. It is one in each of them and one in every region above: a set (`sets`), looked at
on each month's last day.
"""

from collections.abc import Mapping
from uuid import UUID

from services.reporting.measures import VALUE, Emit, Tag, runs
from services.reporting.measures.runs import Run
from services.reporting.measures.stocks import Stocks
from services.reporting.periods import first_month_ending_in
from services.reporting.places import FOREVER, Village
from services.reporting.sets import Together
from shared.codes import ValueState
from shared.events.registry import CulturalValue

_ALIVE, _PRACTISED = range(2)


def practised(tallied: Mapping[int, Mapping[int, int]]) -> frozenset[int]:
    """The months in which a completed activity practised it, wherever that was held."""
    return frozenset(tallied.get(Tag.PRACTISED, ()))


def alive(value: CulturalValue) -> list[Run]:
    """The months at whose end it is lived: from its first state on, but for the time in which it is lost (hilang)."""
    states = sorted(value.states, key=lambda state: state.since)
    firsts = [first_month_ending_in(state.since) for state in states]
    spells = zip(states, firsts, [*firsts[1:], FOREVER], strict=True)
    return runs.union([(first, end) for state, first, end in spells if state.state is not ValueState.HILANG])


def contribute(
    value: CulturalValue,
    tallied: Mapping[int, Mapping[int, int]],
    villages: Mapping[UUID, Village],
    statistics_from: int,
    emit: Emit,
) -> None:
    """Gives a value's contributions. A voided one gives none."""
    if value.voided:
        return
    together = Together([villages[village_id] for village_id in dict.fromkeys(value.village_ids)])
    stocks = Stocks(VALUE, statistics_from, emit)
    lived = alive(value)
    for measure, found in (
        (_ALIVE, lived),
        (_PRACTISED, runs.common(runs.trailing(practised(tallied)), lived)),
    ):
        for first, end in found:
            stocks.add(together, 0, [measure], first, end)
