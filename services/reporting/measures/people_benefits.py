"""SOL-02 and SOL-04: who was helped by others than their own, and who of each kind of PPKS was served at all. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.reporting.measures import ALL, PPKS
from services.reporting.measures.people import Benefit, Giver, Membership, Where
from services.reporting.periods import month_of

Months = dict[int, dict[Where, int]]
"""Year → where → months."""
Located = Callable[[UUID, date], Where]
"""Where a fact counts that is told of a village and a day."""


def own(benefit: Benefit, memberships: Iterable[Membership], networks: Mapping[UUID, Sequence[Membership]]) -> bool:
    """Whether the beneficiary was a member of the giver on that day; of a network: of an institution that belonged to it.

    `memberships` are those of the person, or of the family's head on that day. What has not arrived is none.
    """
    day = benefit.given_on
    joined = {membership.of for membership in memberships if membership.on(day)}
    if benefit.giver is Giver.NETWORK:
        return any(place.of in joined and place.on(day) for place in networks.get(benefit.giver_id, ()))
    return benefit.giver_id in joined


def helped(benefits: Iterable[Benefit], where: Located) -> Months:
    """When and where there was any of these benefits."""
    found: Months = {}
    for benefit in benefits:
        year, month = divmod(month_of(benefit.given_on), 12)
        places = found.setdefault(year, {})
        at = where(benefit.village_id, benefit.given_on)
        places[at] = places.get(at, 0) | 1 << month
    return found


def within_network(benefits: Iterable[Benefit]) -> list[Benefit]:
    """Those from institutions and networks: what a partner gives leaves both sums of SOL-02."""
    return [benefit for benefit in benefits if benefit.giver is not Giver.PARTNER]


def by_kind(benefits: Iterable[Benefit]) -> dict[int, list[Benefit]]:
    """Benefits by the number of each kind of PPKS that somebody was of at the time, and those of any kind (ALL)."""
    found: dict[int, list[Benefit]] = {}
    for benefit in benefits:
        if benefit.kinds:
            found.setdefault(ALL, []).append(benefit)
        for number in range(len(PPKS)):
            if benefit.kinds >> number & 1:
                found.setdefault(number, []).append(benefit)
    return found
