"""PRT-03: who is a member of an active institution, and who of them came to what their own institution did. Pure.

A person counts at the seats of the institutions they are a member of, once in each region. As at the last day of a period:
the membership, the institution at work, its seat. In the period: an attendance at an activity that it organised.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from services.reporting.measures import runs
from services.reporting.measures.people import Bits, Membership, Regions
from services.reporting.measures.runs import Run
from services.reporting.measures.years import WHOLE, sampled
from services.reporting.places import Path, Tree, Village
from shared.codes import Verification
from shared.events.envelope import Part, Spell
from shared.events.registry import Seat

Stay = tuple[Path, int, int]
"""The regions in which an active institution has its seat over the months `[first, end)`."""
Stays = Mapping[UUID, Sequence[Stay]]
Runs = dict[int, list[Run]]
"""Region key → months."""


class Standing(Part):
    """What of an institution makes its members count."""

    verification: Verification
    active: list[Spell]
    seats: list[Seat]
    voided: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is one of the local institutions at all."""
        return not self.voided and self.verification is Verification.TERVERIFIKASI


def stays(standing: Standing, villages: Mapping[UUID, Village]) -> list[Stay]:
    """Where and when an institution is at work, as seen at months' ends."""
    if not standing.counts:
        return []
    active = runs.of(standing.active)
    return [
        stay
        for seat in standing.seats
        for first, end in runs.common(active, [runs.run(seat)])
        for stay in villages[seat.village_id].over(first, end)
    ]


def as_member(memberships: Iterable[Membership], at_work: Stays) -> Iterator[tuple[UUID, Path, Run]]:
    """Where and when a person is a member of an active institution: which, its regions, the months."""
    for membership in memberships:
        found = at_work.get(membership.of)
        if not found:
            continue
        for begin, stop in runs.of(membership.spells):
            for path, first, end in found:
                if max(begin, first) < min(stop, end):
                    yield membership.of, path, (max(begin, first), min(stop, end))


def members(stays: Iterable[tuple[UUID, Path, Run]]) -> dict[Tree, Runs]:
    """The denominator: the months at whose end a person is a member, of each region, in both trees, in either alone."""
    as_was: Runs = {}
    current: Runs = {}
    moved = False
    for _, path, run in stays:
        moved = moved or path.tree is not Tree.BOTH
        for key in path.keys:
            if path.tree is not Tree.CURRENT:
                as_was.setdefault(key, []).append(run)
            if path.tree is not Tree.AS_WAS:
                current.setdefault(key, []).append(run)
    as_was = {key: runs.union(found) for key, found in as_was.items()}
    if not moved:
        return {Tree.BOTH: as_was}
    current = {key: runs.union(found) for key, found in current.items()}
    return {
        Tree.BOTH: {key: runs.common(found, current.get(key, [])) for key, found in as_was.items()},
        Tree.AS_WAS: {key: runs.without(found, current.get(key, [])) for key, found in as_was.items()},
        Tree.CURRENT: {key: runs.without(found, as_was.get(key, [])) for key, found in current.items()},
    }


def came(stays: Iterable[tuple[UUID, Path, Run]], months: Mapping[UUID, int], year: int) -> Regions:
    """The numerator in a year: the periods in which a member came to an own institution's activity, marked by region.

    `months` are those of the year in which the person came to an activity of each institution.
    """
    as_was: Bits = {}
    current: Bits = {}
    moved = False
    for institution, path, run in stays:
        marks = WHOLE[months.get(institution, 0)] & sampled(run, year)
        if not marks:
            continue
        moved = moved or path.tree is not Tree.BOTH
        for key in path.keys:
            if path.tree is not Tree.CURRENT:
                as_was[key] = as_was.get(key, 0) | marks
            if path.tree is not Tree.AS_WAS:
                current[key] = current.get(key, 0) | marks
    return (as_was, current) if moved else (as_was, as_was)
