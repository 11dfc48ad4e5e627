"""Members of an institution that was merged into another: they leave the one and are members of the other, on one day.

In bulk, since a group may have thousands of members: a few statements whatever their number, and one event for each
membership that changes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions.merger_day import refuse_begun
from services.registry.memberships import service, spell_rows, spells, states
from services.registry.memberships.models import KeptSpell, Membership
from services.registry.models import Institution
from services.registry.people.models import Person
from shared import outbox
from shared.auth import Principal


async def move(
    session: AsyncSession, merged: Institution, successor: Institution, day: date, *, by: Principal, now: datetime
) -> None:
    """Ends the memberships of a merged institution on a day, and continues them in its successor from then on.

    Who is a member there already stays what they are. Both institutions are locked. Raises BegunAfterMerger.
    """
    leaving = await _of(session, merged.id)
    refuse_begun("memberships", [one.id for one in leaving if one.spells[-1].since >= day], day)
    ending = [(membership, spells.cut(membership.spells, day)) for membership in leaving]
    going = {membership.person_id: part.after for membership, part in ending if part is not None}
    if not going:
        return
    villages = await _villages(session, list(going))
    there = {membership.person_id: membership for membership in await _of(session, successor.id, list(going))}

    changed: list[tuple[Membership, list[KeptSpell], str]] = [
        (membership, part.before, "left") for membership, part in ending if part is not None
    ]
    new: list[Membership] = []
    for person_id, rest in going.items():
        if (membership := there.get(person_id)) is None:
            new.append(service.draft(person_id, successor.id, [rest], now))
        elif (days := spells.continued(membership.spells, rest)) is not None:
            changed.append((membership, days, "rejoined"))
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
    await spell_rows.replace(session, service.SPELLS, [(membership.id, days) for membership, days, _ in changed])
    told = []
    for membership, days, verb in changed:
        membership.spells = days
        membership.changed_at = now
        regions = {seats[membership.institution_id], *villages.get(membership.person_id, ())}
        told.append((membership, states.state(membership), outbox.Fact(verb, by=by.subject, at=now, regions=regions)))
    await outbox.record_many(session, told)
