"""How many members of an institution are named, month by month, from tallies of its memberships."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from services.reporting.measures import Tag
from services.reporting.measures.runs import Run
from services.reporting.places import FOREVER


def tallies(enlisted: Iterable[tuple[UUID, Sequence[Run]]]) -> Iterator[tuple[UUID, Tag, int, int]]:
    """(institution, tag, month, amount) of memberships, each with the months at whose end it is seen."""
    for institution, months in enlisted:
        for first, end in months:
            yield institution, Tag.NAMED, first, 1
            if end < FOREVER:
                yield institution, Tag.NAMED, end, -1


def levels(changes: Mapping[int, int]) -> Iterator[tuple[Run, int]]:
    """All months, in runs over which the running sum of the changes is the same."""
    since, level = 0, 0
    for month in sorted(changes):
        if since < month:
            yield (since, month), level
        since, level = month, level + changes[month]
    yield (since, FOREVER), level
