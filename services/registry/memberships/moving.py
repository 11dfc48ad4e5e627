"""Members of an institution that was merged into another: they leave the one and are members of the other, on one day.

In bulk, since a group may have thousands of members: a few statements whatever their number, and one event for each
membership that changes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.memberships import service, states
from services.registry.memberships.models import KeptSpell, Membership, SpellRow
from services.registry.models import Institution
from services.registry.people.models import Person
from shared import outbox
from shared.auth import Principal
from shared.language import Text
from shared.problems import Conflict

MERGER = "merger"
"""Why a spell ended that a merger ended."""


class MembersAfterMerger(Conflict):
    slug = "members-after-merger"
    title = Text(
        "Ada yang menjadi anggota setelah hari penggabungan", "Some became members after the day of the merger"
    )


class Cut(NamedTuple):
    """A list of spells cut on a day: what was before it, and the last day of what is cut off, null if it lasts."""

    before: list[KeptSpell]
    until: date | None


def cut(spells: Sequence[KeptSpell], day: date) -> Cut | None:
    """The spells up to a day, if one of them goes on beyond it; None if nothing does. Pure.

    The caller has checked that none begins on or after the day.
    """
    last = spells[-1]
    if last.until is not None and last.until <= day:
        return None
    return Cut([*spells[:-1], KeptSpell(since=last.since, until=day, reason=MERGER)], last.until)


def continued(spells: Sequence[KeptSpell], day: date, until: date | None) -> list[KeptSpell] | None:
    """The spells with `[day, until)` added; None if one of them holds a part of it already. Pure."""
    if any((spell.until is None or spell.until > day) and (until is None or spell.since < until) for spell in spells):
        return None
    earlier = [spell for spell in spells if spell.until is not None and spell.until < day]
    adjoining = next((spell for spell in spells if spell.until == day), None)
    later = [spell for spell in spells if spell.since > day]
    added = KeptSpell(since=adjoining.since if adjoining else day, until=until, reason=MERGER if until else None)
    return [*earlier, added, *later]


async def move(
    session: AsyncSession, merged: Institution, successor: Institution, day: date, *, by: Principal, now: datetime
) -> None:
    """Ends the memberships of a merged institution on a day, and continues them in its successor from then on.

    Who is a member there already stays what they are. Both institutions are locked. Raises MembersAfterMerger.
    """
    leaving = await _of(session, merged.id)
    _refuse_later(leaving, day)
    ending = [(membership, cut(membership.spells, day)) for membership in leaving]
    going = {membership.person_id: part.until for membership, part in ending if part is not None}
    if not going:
        return
    villages = await _villages(session, list(going))
    there = {membership.person_id: membership for membership in await _of(session, successor.id, list(going))}

    changed: list[tuple[Membership, list[KeptSpell], str]] = [
        (membership, part.before, "left") for membership, part in ending if part is not None
    ]
    new: list[Membership] = []
    for person_id, until in going.items():
        if (membership := there.get(person_id)) is None:
            days = [KeptSpell(since=day, until=until)]
            new.append(service.draft(person_id, successor.id, days, now))
        elif (spells := continued(membership.spells, day, until)) is not None:
            changed.append((membership, spells, "rejoined"))
    await _change(
        session, changed, {merged.id: merged.village_id, successor.id: successor.village_id}, villages, by, now
    )
    drafts = [(one, {successor.village_id, *villages[one.person_id]}) for one in new]
    await service.register_many(session, drafts, by=by.subject, now=now)


async def _of(session: AsyncSession, institution_id: UUID, people: Sequence[UUID] | None = None) -> list[Membership]:
    statement = select(Membership).where(Membership.institution_id == institution_id, not_(Membership.voided))
    if people is not None:
        statement = statement.where(Membership.person_id.in_(people))
    return list(await session.scalars(statement.order_by(Membership.id).with_for_update()))


async def _villages(session: AsyncSession, people: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Where each of them lives, as far as it is known: their areas are told too."""
    rows = await session.execute(select(Person.id, Person.village_id).where(Person.id.in_(people)))
    return {id: {village} if village else set() for id, village in rows}


async def _change(
    session: AsyncSession,
    changed: Sequence[tuple[Membership, list[KeptSpell], str]],
    seats: dict[UUID, UUID],
    villages: dict[UUID, set[UUID]],
    by: Principal,
    now: datetime,
) -> None:
    ids = [membership.id for membership, *_ in changed]
    await session.execute(delete(SpellRow).where(SpellRow.membership_id.in_(ids)))
    rows: list[dict[str, Any]] = [
        {"membership_id": membership.id, "since": spell.since, "until": spell.until}
        for membership, spells, _ in changed
        for spell in spells
    ]
    await outbox.insert_many(session, SpellRow.__table__, rows)  # type: ignore[arg-type]  # a Table, typed as FromClause
    told = []
    for membership, spells, verb in changed:
        membership.spells = spells
        membership.changed_at = now
        regions = {seats[membership.institution_id], *villages.get(membership.person_id, ())}
        told.append((membership, states.state(membership), outbox.Fact(verb, by=by.subject, at=now, regions=regions)))
    await outbox.record_many(session, told)


def _refuse_later(memberships: Sequence[Membership], day: date) -> None:
    later = [membership for membership in memberships if membership.spells[-1].since >= day]
    if later:
        shown = ", ".join(str(membership.id) for membership in later[:3])
        raise MembersAfterMerger(
            Text(
                f"{len(later)} keanggotaan dimulai pada atau setelah {day}: {shown}. Betulkan dulu, atau pilih hari lain.",
                f"{len(later)} memberships begin on or after {day}: {shown}. Correct them first, or give another day.",
            ),
            extra={"membership_ids": [str(membership.id) for membership in later[:100]]},
        )
