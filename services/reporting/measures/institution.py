"""What one institution gives: LEM-01, LEM-03, LEM-04, SAR-01 and KSB-02 straight, KSB-01 and STR-02 through its tallies.

All are stocks of the institution's type at its seat. Once verified, its spells count from the declared start, also for
months before the verification.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from services.reporting.measures import (
    INSTITUTION,
    TYPE_NUMBER,
    Emit,
    Tag,
    completeness,
    continuity,
    enrolment,
    facilities,
    runs,
    stage,
    survival,
)
from services.reporting.measures.runs import Run
from services.reporting.measures.stocks import Stocks
from services.reporting.measures.survival import YEAR
from services.reporting.places import FOREVER, Village
from shared.codes import DevelopmentStage, Verification
from shared.events.registry import Institution, Seat

_ACTIVE, _STEADY, _CONTINUING, _FULFILLED, _ASSESSED, _ADVANCED, _EQUIPPED, _YEAR_BEFORE, _SURVIVED = range(9)
_EMPOWERED, _MEMBERS, _NAMED = range(9, 12)
Tallied = Mapping[int, Mapping[int, int]]
"""An owner's tallies: tag, then period, then amount; zeros left out."""
Stock = tuple[int, Iterable[Run]]
"""A measure's place and the months in which there is one more of it."""


def villages_of(institution: Institution) -> list[UUID]:
    """Every village in which it counts or may count: its seats, the last one last, and those of what it absorbed."""
    absorbed = [seat.village_id for other in institution.absorbed for seat in other.seats]
    return [*absorbed, *(seat.village_id for seat in institution.seats)]


def organised(tallied: Tallied) -> Collection[int]:
    """The quarters (first months) in which it led or co-organised a completed activity."""
    return tallied.get(Tag.ORGANISED, {})


def empowered(tallied: Tallied) -> Collection[int]:
    """The months in which it was the target of a completed activity of training, guidance or equipment."""
    return tallied.get(Tag.EMPOWERED, {})


def seen(tallied: Tallied) -> tuple[list[int], list[int], Mapping[int, int]]:
    """All that its contributions take from its tallies: with the same of these it gives the same."""
    return continuity.unbroken(organised(tallied)), sorted(empowered(tallied)), tallied.get(Tag.NAMED, {})


def contribute(
    institution: Institution,
    tallied: Tallied,
    villages: Mapping[UUID, Village],
    statistics_from: int,
    emit: Emit,
) -> None:
    """Gives an institution's contributions. A voided one, or one that was never verified, gives none."""
    if institution.voided or institution.verification is not Verification.TERVERIFIKASI:
        return
    dimension, write = TYPE_NUMBER[institution.type], Stocks(INSTITUTION, statistics_from, emit)
    active = runs.of(institution.active)
    _write(write, institution.seats, 0, villages, dimension, _today(institution, active, tallied))
    _enrolled(write, institution, active, tallied, villages)
    a_year_ago = [(_YEAR_BEFORE, runs.later(active, YEAR)), (_SURVIVED, survival.survived(active))]
    _write(write, institution.seats, YEAR, villages, dimension, a_year_ago)
    for other in institution.absorbed:
        carried = [(_SURVIVED, survival.carried_on(other, active))]
        _write(write, other.seats, YEAR, villages, TYPE_NUMBER[other.type], carried)


def _today(institution: Institution, active: list[Run], tallied: Tallied) -> Iterator[Stock]:
    """The stocks that count at the seat of the same day."""
    yield _ACTIVE, active
    yield _STEADY, continuity.steady_months(institution.active)
    yield _CONTINUING, continuity.continuing_months(institution.active, organised(tallied))
    if empowered(tallied):
        yield _EMPOWERED, runs.common(runs.trailing(empowered(tallied)), active)
    if institution.documents or institution.officers:
        for item in completeness.fulfilled(institution).values():
            yield _FULFILLED, runs.common(item, active)
    if institution.assessments:
        yield _ASSESSED, runs.common(stage.assessed(institution.assessments, *DevelopmentStage), active)
        yield _ADVANCED, runs.common(stage.assessed(institution.assessments, *stage.ADVANCED), active)
    if institution.facilities:
        yield _EQUIPPED, runs.common(facilities.equipped(institution.facilities), active)


def _enrolled(
    stocks: Stocks, institution: Institution, active: list[Run], tallied: Tallied, villages: Mapping[UUID, Village]
) -> None:
    """Writes its named members, and its members: as told where more were told than are named (PRT-03's named share)."""
    counts, dimension = institution.members, TYPE_NUMBER[institution.type]
    told = counts.female + counts.male + counts.unknown if counts else 0
    for months, named in enrolment.levels(tallied.get(Tag.NAMED, {})):
        for seat in institution.seats:
            for first, end in runs.common(runs.common(active, [months]), [runs.run(seat)]):
                village = villages[seat.village_id]
                for measure, amount in ((_MEMBERS, max(told, named)), (_NAMED, named)):
                    if amount:
                        stocks.add(village, dimension, [measure], first, end, amount)


def _write(
    stocks: Stocks, seats: Sequence[Seat], ago: int, villages: Mapping[UUID, Village], dimension: int,
    found: Iterable[Stock],
) -> None:  # fmt: skip
    """Writes stocks at the seat that was held so many months ago; those that are alike, at once."""
    alike: dict[Run, list[int]] = {}
    for measure, months in found:
        for run in months:
            alike.setdefault(run, []).append(measure)
    for seat in seats:
        begins, ends = runs.run(seat)
        if ago:
            begins, ends = begins + ago, min(ends + ago, FOREVER)
        village = villages[seat.village_id]
        for (first, end), measures in alike.items():
            stocks.add(village, dimension, measures, max(first, begins), min(end, ends))
