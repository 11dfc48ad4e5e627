"""Programmes as a caller may see and change them, and those that activities name."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, column, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known import networks as known_networks
from services.activities.known import reading as known_copies
from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.known.networks_models import KnownNetwork, KnownNetworkMembership
from services.activities.known.reading import Reader
from services.activities.programmes.models import Programme
from services.activities.programmes.rules import Named
from shared import statements
from shared.auth import NATION, Principal, below
from shared.codes import OrganisationKind

columns = Programme.__table__.c
_area_code = KnownRegion.__table__.c.area_code
_IS_NETWORK = columns.owner_kind == OrganisationKind.NETWORK


def readable(principal: Principal) -> ColumnElement[bool]:
    """Of owners in the caller's area; an institution's operator: of its own, and of networks that it is a member of."""
    own = or_(
        columns.owner_id == principal.institution_id,
        columns.owner_id.in_(
            select(KnownNetworkMembership.network_id).where(
                KnownNetworkMembership.institution_id == principal.institution_id, ~KnownNetworkMembership.voided
            )
        ),
    )
    return _within(principal, own)


def writable(principal: Principal) -> ColumnElement[bool]:
    """Of owners in the caller's area; an institution's operator: of its own institution."""
    return _within(principal, columns.owner_id == principal.institution_id)


def _within(principal: Principal, own: ColumnElement[bool]) -> ColumnElement[bool]:
    if principal.own_record_only or NATION in principal.areas:
        return principal.within(institutions=own)
    return owned(principal.within(_area_code))


def owned(there: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the owner lies in a region of which `there` holds: an institution by its seat, a network by any village of its
    territory today."""
    seated = select(KnownInstitution.id).join(KnownRegion, KnownRegion.id == KnownInstitution.village_id).where(there)
    return or_(
        and_(~_IS_NETWORK, columns.owner_id.in_(seated)), and_(_IS_NETWORK, columns.owner_id.in_(networks(there)))
    )


def networks(there: ColumnElement[bool]) -> Select[UUID]:
    """Ids of the networks with a village today in a region of which `there` holds."""
    part = func.jsonb_array_elements(KnownNetwork.territory).table_valued(column("value", JSONB), name="part")
    return (
        select(KnownNetwork.id)
        .join(part, part.c.value["until"].astext.is_(None))
        .join(KnownRegion, KnownRegion.id == cast(part.c.value["village_id"].astext, Uuid))
        .where(there)
    )


def in_region(code: str) -> ColumnElement[bool]:
    """That the owner lies in the region of a stored code of today, or below it."""
    return owned(below(_area_code, code))


async def found(reader: Reader, ids: Iterable[UUID], principal: Principal) -> dict[UUID, Named]:
    """The programmes with these ids that the caller may see, with who may lead their activities; each held against being
    voided until the transaction ends. `rules.faults` tells what is wrong with naming one."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    statement = (
        select(columns.id, columns.owner_kind, columns.owner_id, columns.year, columns.title, columns.voided)
        .where(columns.id.in_(wanted), readable(principal))
        .order_by(columns.id)
        .with_for_update(read=True, of=Programme)
    )
    rows = (
        (await reader.execute(statement)).tuples()
        if isinstance(reader, AsyncSession)
        else await statements.fetch(reader, statement)
    )
    named = {
        id: Named(id, OrganisationKind(kind), owner, year, title, voided)
        for id, kind, owner, year, title, voided in rows
    }
    of_networks = {one.owner_id for one in named.values() if one.owner_kind is OrganisationKind.NETWORK}
    memberships = await known_copies.found(reader, known_networks.MEMBERS_OF, of_networks)
    for one in named.values():
        one.memberships.extend(each for each in memberships if each.network_id == one.owner_id)
    return named
