"""The spells of a membership: `[since, until)`, oldest first, apart from each other; and what its steps do to them. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from services.registry.institutions.merger_day import MERGER
from services.registry.memberships.limits import Limits
from services.registry.memberships.models import KeptSpell
from shared.days import too_early
from shared.events.people import MembershipSpell
from shared.problems import InvalidPayload


def left(spells: Sequence[KeptSpell], day: date, reason: str, limits: Limits) -> list[KeptSpell]:
    """The spells after a departure: `day` is the first day no longer a member. The last spell must last.

    Raises InvalidPayload for a day that does not fit.
    """
    *earlier, last = spells
    faults = limits.future(day, "left_on")
    if day <= last.since:
        faults.append(too_early(last.since + timedelta(days=1), "left_on"))
    if faults:
        raise InvalidPayload(errors=faults)
    return [*earlier, KeptSpell(since=last.since, until=day, reason=reason)]


def returned(spells: Sequence[KeptSpell], day: date, limits: Limits) -> list[KeptSpell]:
    """The spells after coming back on a day. The day of leaving takes the departure back. The last spell must be over.

    Raises InvalidPayload for a day that does not fit.
    """
    *earlier, last = spells
    if last.until is None:
        raise ValueError("the last spell lasts")
    faults = limits.begins(day, "joined_on")
    if day < last.until:
        faults.append(too_early(last.until, "joined_on"))
    if faults:
        raise InvalidPayload(errors=faults)
    if day == last.until:
        return [*earlier, KeptSpell(since=last.since)]
    return [*spells, KeptSpell(since=day)]


class Cut(NamedTuple):
    """A list of spells cut on a day: those up to it, and the spell from it on that was cut off."""

    before: list[KeptSpell]
    after: KeptSpell


def cut(spells: Sequence[KeptSpell], day: date) -> Cut | None:
    """The spells cut on the day of a merger, if one of them goes on beyond it; None if nothing does.

    The caller has checked that none begins on or after the day.
    """
    *earlier, last = spells
    if last.until is not None and last.until <= day:
        return None
    before = KeptSpell(since=last.since, until=day, reason=MERGER)
    return Cut([*earlier, before], KeptSpell(since=day, until=last.until, reason=last.reason))


def continued(spells: Sequence[KeptSpell], added: KeptSpell) -> list[KeptSpell] | None:
    """The spells with another added; None if one of them holds a part of it already."""
    day, until = added.since, added.until
    if any((spell.until is None or spell.until > day) and (until is None or spell.since < until) for spell in spells):
        return None
    earlier = [spell for spell in spells if spell.until is not None and spell.until < day]
    adjoining = next((spell for spell in spells if spell.until == day), None)
    later = [spell for spell in spells if spell.since > day]
    if adjoining:
        added = KeptSpell(since=adjoining.since, until=until, reason=added.reason)
    return [*earlier, added, *later]


def refuse_outside(spells: Sequence[KeptSpell], limits: Limits) -> None:
    """Raises InvalidPayload naming each day of a corrected list that cannot be."""
    faults = []
    for place, spell in enumerate(spells):
        faults += limits.begins(spell.since, f"spells/{place}/joined_on")
        if spell.until is not None:
            faults += limits.future(spell.until, f"spells/{place}/left_on")
    if faults:
        raise InvalidPayload(errors=faults)


def lasts(spells: Sequence[MembershipSpell]) -> bool:
    """Whether nothing has ended the membership."""
    return spells[-1].until is None


def cover(spells: Sequence[MembershipSpell], since: date, until: date | None) -> bool:
    """Whether every day of `[since, until)` is a day of membership; the spells in any order, also of several records."""
    reached = since
    for spell in sorted(spells, key=lambda each: each.since):
        if spell.since > reached:
            return False
        if spell.until is None or (until is not None and spell.until >= until):
            return True
        reached = max(reached, spell.until)
    return False
