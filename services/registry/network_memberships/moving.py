"""Networks of an institution that was merged into another: it leaves them, and its successor goes on in its place.

The successor joins on that day where it is no member yet, if its seat lies in the territory then and the network has
not ended; elsewhere the membership only ends. Delegates of the one that ends speak for nobody any more.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions.merger_day import refuse_begun
from services.registry.memberships import spell_rows, spells
from services.registry.memberships.models import KeptSpell
from services.registry.models import Institution
from services.registry.network_delegates.models import NetworkDelegate
from services.registry.network_memberships import days, service, states
from services.registry.network_memberships.models import NetworkMembership
from services.registry.networks import territory
from services.registry.networks.models import Network
from shared import audit, outbox
from shared.auth import Principal

columns = NetworkMembership.__table__.c
_delegates = NetworkDelegate.__table__.c


async def move(
    session: AsyncSession, merged: Institution, successor: Institution, day: date, *, by: Principal, now: datetime
) -> None:
    """Ends the network memberships of a merged institution on a day, and lets its successor join from then on.

    Each is one event. Both institutions are locked; the networks are locked here, in the order of their ids. Raises
    BegunAfterMerger.
    """
    networks = await _networks(session, merged.id)
    leaving = await _of(session, merged.id, list(networks))
    refuse_begun("network-memberships", [one.id for one in leaving if one.spells[-1].since >= day], day)
    parts = [(one, part) for one in leaving if (part := spells.cut(one.spells, day)) is not None]
    if not parts:
        return
    there = {one.network_id: one for one in await _of(session, successor.id, list(networks))}
    changed: list[tuple[NetworkMembership, list[KeptSpell], str]] = [(one, part.before, "left") for one, part in parts]
    new: list[NetworkMembership] = []
    for one, part in parts:
        if not _may_join(networks[one.network_id], successor, day):
            continue
        if (membership := there.get(one.network_id)) is None:
            new.append(service.draft(one.network_id, successor.id, [part.after], now))
        elif (wanted := spells.continued(membership.spells, part.after)) is not None:
            changed.append((membership, wanted, "rejoined"))

    seats = {merged.id: merged.village_id, successor.id: successor.village_id}

    def fact(membership: NetworkMembership, verb: str) -> outbox.Fact:
        places = {place.village_id for place in networks[membership.network_id].territory}
        return outbox.Fact(verb, by=by.subject, at=now, regions={*places, seats[membership.institution_id]})

    await _end_delegates(session, {one.id: fact(one, "ended") for one, _ in parts}, day)
    await spell_rows.replace(session, service.SPELLS, [(one.id, wanted) for one, wanted, _ in changed])
    for one, wanted, _ in changed:
        one.spells, one.changed_at = wanted, now
    await outbox.record_many(session, [(one, states.state(one), fact(one, verb)) for one, _, verb in changed])
    await outbox.register_many(session, [(one, states.state(one), fact(one, "joined")) for one in new])
    await spell_rows.add(session, service.SPELLS, [(one.id, one.spells) for one in new])


async def _networks(session: AsyncSession, institution_id: UUID) -> dict[UUID, Network]:
    """The networks that it is or was a member of, locked."""
    ids = select(columns.network_id).where(columns.institution_id == institution_id, columns.voided.is_(False))
    found = await session.scalars(select(Network).where(Network.id.in_(ids)).order_by(Network.id).with_for_update())
    return {network.id: network for network in found}


async def _of(session: AsyncSession, institution_id: UUID, networks: Sequence[UUID]) -> Sequence[NetworkMembership]:
    statement = select(NetworkMembership).where(
        columns.institution_id == institution_id, columns.network_id.in_(networks), columns.voided.is_(False)
    )
    return (await session.scalars(statement.order_by(columns.id).with_for_update())).all()


def _may_join(network: Network, successor: Institution, day: date) -> bool:
    goes_on = not network.voided and (network.ended_on is None or day < network.ended_on)
    return goes_on and any(territory.holds(network.territory, seat, day) for seat in days.seats(successor, day))


async def _end_delegates(session: AsyncSession, facts: dict[UUID, outbox.Fact], day: date) -> None:
    """Ends the days of those who speak for these memberships; the events of the memberships tell of it too."""
    statement = select(NetworkDelegate).where(
        _delegates.membership_id.in_(facts), _delegates.voided.is_(False),
        or_(_delegates.until.is_(None), _delegates.until > day),
    )  # fmt: skip
    speaking = (await session.scalars(statement.order_by(_delegates.id).with_for_update())).all()
    refuse_begun("network-delegates", [one.id for one in speaking if one.since >= day], day)
    for one in speaking:
        fact = facts[one.membership_id]
        one.until, one.sequence, one.changed_at = day, one.sequence + 1, fact.at
        await audit.note(session, one, fact.verb, by=fact.by, at=fact.at, regions=fact.regions)
    await session.flush()
