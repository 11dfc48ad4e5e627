"""When an institution was at work: spells `[since, until)`, and the dated steps that end one and begin the next.

Pure: no clock, no database. After every step the spells are in order, apart from each other and not empty, and the
last one lasts exactly while `operation` is `aktif`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.registry.institutions.review import Step
from shared.codes import Operation
from shared.days import in_the_future, too_early
from shared.events.envelope import Spell
from shared.language import Text
from shared.problems import Fault, InvalidPayload

STEPS: dict[Operation, tuple[Step, ...]] = {
    Operation.AKTIF: (Step.DORMANCY, Step.CLOSURE, Step.MERGER),
    Operation.VAKUM: (Step.REACTIVATION, Step.CLOSURE, Step.MERGER),
    Operation.TUTUP: (Step.REOPENING,),
}
"""The dated steps that are possible from each state."""


@dataclass(frozen=True, slots=True)
class Work:
    """An institution's days at work. `closed_on` is the first day it was closed, null unless it is."""

    operation: Operation
    active: Sequence[Spell]
    closed_on: date | None = None


def begun(active_from: date) -> Work:
    """At work since its first day."""
    return Work(Operation.AKTIF, [Spell(since=active_from)])


def stepped(work: Work, step: Step, day: date, today: date, at: str) -> Work:
    """The days at work after a dated step; `at` is the field that holds `day`.

    Raises InvalidPayload for a day in the future (local date of the place) or before what it follows. The caller has
    checked that `STEPS` allows the step.
    """
    match step:
        case Step.DORMANCY:
            return _ended(work, Operation.VAKUM, day, today, at)
        case Step.CLOSURE:
            return replace(_ended(work, Operation.TUTUP, day, today, at), closed_on=day)
        case Step.REACTIVATION | Step.REOPENING:
            return _resumed(work, day, today, at)
        case _:
            raise ValueError(f"{step} has no day")


def _ended(work: Work, operation: Operation, day: date, today: date, at: str) -> Work:
    *earlier, last = work.active
    if last.until is not None:  # dormant already: the gap that began then stays
        _refuse_outside(day, last.until, today, at)
        return replace(work, operation=operation)
    _refuse_outside(day, last.since + timedelta(days=1), today, at)
    return replace(work, operation=operation, active=[*earlier, Spell(since=last.since, until=day)])


def _resumed(work: Work, day: date, today: date, at: str) -> Work:
    *earlier, last = work.active
    ended = work.closed_on or last.until
    _refuse_outside(day, ended or last.since, today, at)
    if day == last.until:  # it never rested: the end was a mistake, and no seam is left in the numbers
        return Work(Operation.AKTIF, [*earlier, Spell(since=last.since)])
    return Work(Operation.AKTIF, [*work.active, Spell(since=day)])


def restarted(active: Sequence[Spell], active_from: date) -> list[Spell]:
    """The spells with the first day at work corrected. Raises InvalidPayload when the first spell had ended by then."""
    first, *later = active
    if first.until is not None and active_from >= first.until:
        raise InvalidPayload(
            errors=[
                Fault(
                    "active-after-end",
                    Text(
                        f"Pada {first.until} lembaga ini sudah tidak bekerja.",
                        f"By {first.until} it was no longer at work.",
                    ),
                    Text(f"Isi hari sebelum {first.until}.", f"Give a day before {first.until}."),
                    pointer="/active_from",
                )
            ]
        )
    return [Spell(since=active_from, until=first.until), *later]


def _refuse_outside(day: date, earliest: date, today: date, at: str) -> None:
    if day > today:
        raise InvalidPayload(errors=[in_the_future(today, at)])
    if day < earliest:
        raise InvalidPayload(errors=[too_early(earliest, at)])
