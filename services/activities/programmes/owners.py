"""Whose plan a programme may be: an institution or a network of the caller's area. One of another area is not known."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities import unknown
from services.activities.known import acting, networks, references
from services.activities.known.models import KnownInstitution
from services.activities.known.networks_models import KnownNetwork
from services.activities.programmes.models import Programme
from services.activities.programmes.schemas import OwnerIn
from shared.auth import Principal
from shared.codes import OrganisationKind
from shared.language import Text
from shared.problems import Fault, InvalidPayload


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner that was found: where it lies, and all the villages its events concern."""

    village_id: UUID
    regions: Set[UUID]


async def admitted(session: AsyncSession, owner: OwnerIn, year: int, principal: Principal) -> Owner:
    """The owner that a new programme names. Raises InvalidPayload; ReferenceNotArrived while its place is not known."""
    if owner.organisation is OrganisationKind.INSTITUTION:
        return await _institution(session, owner, year, principal)
    network = (await networks.find(session, [owner.id])).get(owner.id)
    if network is None or not acting.acts_for(network, principal):
        raise _unknown(owner)
    return Owner(min(network.codes), network.codes.keys())


async def _institution(session: AsyncSession, owner: OwnerIn, year: int, principal: Principal) -> Owner:
    found = await references.find(session, None, [owner.id])
    one = found.institutions.get(owner.id)
    if one is None or not acting.acts_for(one, principal):
        raise _unknown(owner)
    if not any(_touches(spell, year) for spell in one.active):
        raise InvalidPayload(errors=[_not_at_work(one.name, year)])
    return Owner(one.seat_id, {one.seat_id})


def _touches(spell: dict[str, str | None], year: int) -> bool:
    since, until = spell["since"], spell["until"]
    return str(since) <= f"{year}-12-31" and (until is None or until > date(year, 1, 1).isoformat())


async def regions(session: AsyncSession, programme: Programme) -> set[UUID]:
    """The villages that a change of a programme concerns: its owner's as they are now, and the one it had."""
    if programme.owner_kind is OrganisationKind.NETWORK:
        territory = await session.scalar(select(KnownNetwork.territory).where(KnownNetwork.id == programme.owner_id))
        now = [UUID(place["village_id"]) for place in territory or [] if place.get("until") is None]
    else:
        seat = select(KnownInstitution.village_id).where(KnownInstitution.id == programme.owner_id)
        now = list((await session.execute(seat)).scalars())
    return {programme.village_id, *now}


def _unknown(owner: OwnerIn) -> InvalidPayload:
    return InvalidPayload(errors=[unknown.represented(owner.organisation, owner.id, "/owner/id")])


def _not_at_work(name: str, year: int) -> Fault:
    return Fault(
        "owner-not-active-that-year",
        Text(f"{name} tidak aktif pada tahun {year}.", f"{name} is not at work in {year}."),
        Text("Periksa tahunnya.", "Check the year."),
        pointer="/year",
    )
