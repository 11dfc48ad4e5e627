"""What is registered in a region that ends moves to the one that takes it, each record as one event of its own."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.communities import states as community_states
from services.registry.communities.models import Community
from services.registry.cultural_values import states as value_states
from services.registry.cultural_values.models import CulturalValue, PracticePlace
from services.registry.families import states as family_states
from services.registry.families.models import Family
from services.registry.institutions import states as institution_states
from services.registry.models import Institution, KeptSeat
from services.registry.networks import states as network_states
from services.registry.networks.models import Network, NetworkPlace
from services.registry.partners import states as partner_states
from services.registry.partners.models import Partner
from services.registry.partnerships import states as partnership_states
from services.registry.partnerships.models import Partnership
from services.registry.people import states as person_states
from services.registry.people.models import Person
from services.registry.region_changes.writing import Act
from services.registry.regions.timeline import among
from shared import outbox
from shared.events.envelope import State
from shared.events.registry import Territory


class Heir(NamedTuple):
    """The region that takes what is registered in one that ends."""

    id: UUID
    code: str


Heirs = Mapping[UUID, Heir]
Told = list[tuple[Any, State, outbox.Fact]]


async def move(session: AsyncSession, heirs: Heirs, act: Act) -> None:
    """Moves all records out of the regions that end. In the caller's transaction."""
    if not heirs:
        return
    for mover in MOVERS.values():
        # Nothing is written before its event and its audit entry tell what it was.
        with session.no_autoflush:
            told = await mover(session, heirs, act)
        await outbox.record_many(session, told)


def _fact(act: Act, regions: Collection[UUID]) -> outbox.Fact:
    return outbox.Fact("changed", by=act.by, at=act.now, regions=regions, reason=act.decree)


async def _rows(session: AsyncSession, table: Any, *conditions: Any) -> Sequence[Any]:
    statement = select(table).where(or_(*conditions)).order_by(table.id).with_for_update()
    return (await session.scalars(statement)).all()


async def _institutions(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    told: Told = []
    for row in await _rows(session, Institution, among(Institution.village_id, list(heirs))):
        heir, before = heirs[row.village_id], row.village_id
        row.village_id, row.village_code, row.changed_at = heir.id, heir.code, act.now
        row.seats = _reseated(row.seats, heir, act.day)
        told.append((row, institution_states.state(row), _fact(act, {before, heir.id})))
    return told


def _reseated(seats: Sequence[KeptSeat], heir: Heir, day: date) -> list[KeptSeat]:
    *earlier, last = seats
    if last.since is not None and last.since >= day:
        return [*earlier, last.model_copy(update={"village_id": heir.id, "village": heir.code})]
    return [
        *seats[:-1],
        last.model_copy(update={"until": day}),
        KeptSeat(village_id=heir.id, village=heir.code, since=day),
    ]


async def _people(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    told: Told = []
    ids = list(heirs)
    for row in await _rows(session, Person, among(Person.village_id, ids), among(Person.kept_village_id, ids)):
        before = set(person_states.regions(row))
        if heir := heirs.get(row.village_id):
            row.village_id, row.village_code = heir.id, heir.code
        if heir := heirs.get(row.kept_village_id):
            row.kept_village_id, row.kept_village_code = heir.id, heir.code
        row.changed_at = act.now
        told.append((row, person_states.state(row), _fact(act, before | set(person_states.regions(row)))))
    return told


async def _of_one_village(
    session: AsyncSession, heirs: Heirs, act: Act, table: Any, state: Callable[[Any], State]
) -> Told:
    told: Told = []
    for row in await _rows(session, table, among(table.village_id, list(heirs))):
        heir, before = heirs[row.village_id], row.village_id
        row.village_id, row.village_code, row.changed_at = heir.id, heir.code, act.now
        told.append((row, state(row), _fact(act, {before, heir.id})))
    return told


async def _families(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    return await _of_one_village(session, heirs, act, Family, family_states.state)


async def _communities(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    return await _of_one_village(session, heirs, act, Community, community_states.state)


async def _networks(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    """Their territory goes on in the village that takes over; they stay to be seen from where they worked."""
    places = select(NetworkPlace).where(among(NetworkPlace.village_id, list(heirs)))
    ending = (await session.scalars(places)).all()
    told: Told = []
    for row in await _rows(session, Network, among(Network.id, [place.network_id for place in ending])):
        territory = _carried_on(row.territory, heirs, act.day)
        here = {place.village_id for place in territory}
        seen = set(await session.scalars(select(NetworkPlace.village_id).where(NetworkPlace.network_id == row.id)))
        for heir in heirs.values():
            if heir.id in here - seen:
                session.add(NetworkPlace(network_id=row.id, village_id=heir.id, village_code=heir.code))
                seen.add(heir.id)
        row.territory, row.changed_at = territory, act.now
        told.append((row, network_states.state(row), _fact(act, here)))
    return told


def _carried_on(territory: Sequence[Territory], heirs: Heirs, day: date) -> list[Territory]:
    """The territory with what lies in an ended village after the day lying in its heir."""
    found: list[Territory] = []
    after: list[Territory] = []
    for entry in territory:
        heir = heirs.get(entry.village_id)
        if heir is None or (entry.until is not None and entry.until <= day):
            found.append(entry)
            continue
        began_before = entry.since is None or entry.since < day
        if began_before:
            found.append(entry.model_copy(update={"until": day}))
        since = day if began_before else entry.since
        after.append(entry.model_copy(update={"village_id": heir.id, "since": since}))
    for entry in after:
        if not any(_covers(other, entry) for other in found):
            found.append(entry)
    return found


def _covers(one: Territory, other: Territory) -> bool:
    """Whether an entry of the same village, whole or the same part, goes on beside the other."""
    same = one.village_id == other.village_id and one.part in (None, other.part)
    return same and (one.until is None or (other.until is not None and other.until <= one.until))


async def _values(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    places = select(PracticePlace).where(among(PracticePlace.village_id, list(heirs)))
    ending = (await session.scalars(places)).all()
    told: Told = []
    for row in await _rows(session, CulturalValue, among(CulturalValue.id, [p.cultural_value_id for p in ending])):
        practised = select(PracticePlace).where(PracticePlace.cultural_value_id == row.id)
        here = {place.village_id: place for place in await session.scalars(practised)}
        before = set(here)
        for ended in before & heirs.keys():
            heir = heirs[ended]
            await session.delete(here.pop(ended))
            if heir.id not in here:
                here[heir.id] = PracticePlace(cultural_value_id=row.id, village_id=heir.id, village_code=heir.code)
                session.add(here[heir.id])
        row.changed_at = act.now
        told.append((row, value_states.state(row, here), _fact(act, before | here.keys())))
    return told


async def _partners(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    told: Told = []
    for row in await _rows(session, Partner, among(Partner.region_id, list(heirs))):
        heir, before = heirs[row.region_id], row.region_id
        row.region_id, row.region_code, row.changed_at = heir.id, heir.code, act.now
        told.append((row, partner_states.state(row), _fact(act, {before, heir.id})))
    return told


async def _partnerships(session: AsyncSession, heirs: Heirs, act: Act) -> Told:
    told: Told = []
    for row in await _rows(session, Partnership, Partnership.region_ids.overlap(list(heirs))):
        before = row.region_ids
        row.region_ids = list(dict.fromkeys(heirs[id].id if id in heirs else id for id in before))
        row.changed_at = act.now
        told.append((row, partnership_states.state(row), _fact(act, {*before, *row.region_ids})))
    return told


MOVERS: Mapping[str, Callable[[AsyncSession, Heirs, Act], Awaitable[Told]]] = {
    "institution": _institutions,
    "person": _people,
    "family": _families,
    "community": _communities,
    "network_place": _networks,
    "practice_place": _values,
    "partner": _partners,
    "partnership": _partnerships,
}
"""By the table that names the region."""
