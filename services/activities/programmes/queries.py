"""Programmes as a caller may see and change them, and those that activities name."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.known.networks_models import KnownNetwork, KnownNetworkMembership
from services.activities.programmes.models import Programme
from services.activities.programmes.rules import Named
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


def networks(there: ColumnElement[bool]):  # type: ignore[no-untyped-def]  # a Select of one column
    """Ids of the networks with a village today in a region of which `there` holds."""
    part = func.jsonb_array_elements(KnownNetwork.territory).table_valued("value", name="part")
    return (
        select(KnownNetwork.id)
        .join(part, part.c.value["until"].astext.is_(None))
        .join(KnownRegion, cast(KnownRegion.id, String) == part.c.value["village_id"].astext)
        .where(there)
    )


def in_region(code: str) -> ColumnElement[bool]:
    """That the owner lies in the region of a stored code of today, or below it."""
    return owned(below(_area_code, code))


async def found(session: AsyncSession, ids: Iterable[UUID], principal: Principal) -> dict[UUID, Named]:
    """The programmes with these ids that the caller may see, with who may lead their activities; each held against being
    voided until the transaction ends. `rules.faults` tells what is wrong with naming one."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = (
        await session.execute(
            select(columns.id, columns.owner_kind, columns.owner_id, columns.year, columns.title, columns.voided)
            .where(columns.id.in_(wanted), readable(principal))
            .order_by(columns.id)
            .with_for_update(read=True, of=Programme)
        )
    ).all()
    members = await _members(session, [row.owner_id for row in rows if row.owner_kind is OrganisationKind.NETWORK])
    return {
        row.id: Named(
            row.id, row.owner_kind, row.owner_id, row.year, row.title, row.voided, members.get(row.owner_id, {})
        )
        for row in rows
    }


async def _members(
    session: AsyncSession, network_ids: list[UUID]
) -> dict[UUID, dict[UUID, list[dict[str, str | None]]]]:
    """Spells of the institutions of each network."""
    if not network_ids:
        return {}
    statement = select(
        KnownNetworkMembership.network_id, KnownNetworkMembership.institution_id, KnownNetworkMembership.spells
    ).where(KnownNetworkMembership.network_id.in_(network_ids), ~KnownNetworkMembership.voided)
    members: dict[UUID, dict[UUID, list[dict[str, str | None]]]] = {}
    for row in await session.execute(statement):
        members.setdefault(row.network_id, {}).setdefault(row.institution_id, []).extend(row.spells)
    return members
