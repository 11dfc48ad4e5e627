"""Contributions as a caller may see them: the area scope, one, the list, and sums by source and form."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import eq, ge, le
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.models import KnownInstitution
from services.activities.known.networks_models import KnownNetwork
from services.activities.parameters import Voided, lying_in, narrowed
from services.activities.resources.answers import SumOut
from services.activities.resources.models import Resource
from shared.auth import Principal
from shared.codes import FundingSource, OrganisationKind, ResourceForm
from shared.events.activities import ResourceSum
from shared.pagination import Order
from shared.problems import NotFound

_resources = Resource.__table__.c


def visible(principal: Principal) -> ColumnElement[bool]:
    """Received in the caller's area; for an institution's operator, by its own institution."""
    own = and_(
        _resources.receiver_kind == OrganisationKind.INSTITUTION, _resources.receiver_id == principal.institution_id
    )
    return principal.within(_resources.village_code, institutions=own)


def _named() -> Select[Resource, str]:
    # Ids of institutions and networks are random: none is both.
    return (
        select(Resource, func.coalesce(KnownInstitution.name, KnownNetwork.name).label("receiver_name"))
        .outerjoin(KnownInstitution, KnownInstitution.id == Resource.receiver_id)
        .outerjoin(KnownNetwork, KnownNetwork.id == Resource.receiver_id)
    )


async def one(session: AsyncSession, id: UUID, principal: Principal) -> tuple[Resource, str | None]:
    """A contribution as the caller may see it, and the receiver's name. Raises NotFound."""
    row = (await session.execute(_named().where(_resources.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row.Resource, row.receiver_name


async def activity_of(session: AsyncSession, id: UUID, principal: Principal) -> UUID | None:
    """The activity that a contribution was made to; None if to the organisation itself. Raises NotFound."""
    statement = select(_resources.activity_id).where(_resources.id == id, visible(principal))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    found: UUID | None = row.activity_id
    return found


class ResourceSort(StrEnum):
    """Orders of the list."""

    RECEIVED_ON = "received_on"
    RECEIVED_ON_DOWN = "-received_on"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"

    @property
    def order(self) -> Order:
        """The order as a list takes it."""
        return Order([_resources[self.removeprefix("-")], _resources.id], descending=self.startswith("-"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; days are inclusive, `region` is a code of today."""

    region: str | None
    activity_id: UUID | None
    receiver_id: UUID | None
    partner_id: UUID | None
    source: FundingSource | None
    form: ResourceForm | None
    received_from: date | None
    received_until: date | None
    changed_since: datetime | None
    voided: Voided


def listed(principal: Principal, filters: Filters) -> Select[Any]:
    """Contributions that the caller may see under these filters, each with the receiver's name."""
    statement: Any = _named().where(*_conditions(principal, filters))
    narrowed: Select[Any] = statement
    return narrowed


async def sums(session: AsyncSession, principal: Principal, filters: Filters) -> list[SumOut]:
    """The same, summed by source and form."""
    rows = await session.execute(_summed().where(*_conditions(principal, filters)))
    return [SumOut(**row) for row in rows.mappings()]


async def sums_of_activities(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[ResourceSum]]:
    """What was contributed to each of these activities. The caller holds their rows."""
    found: dict[UUID, list[ResourceSum]] = {id: [] for id in ids}
    of_each = _summed().add_columns(_resources.activity_id).group_by(_resources.activity_id)
    for row in await session.execute(of_each.where(_resources.activity_id.in_(ids), ~_resources.voided)):
        told = ResourceSum(source=row.source, form=row.form, value=row.value, unvalued=row.unvalued)
        found[row.activity_id].append(told)
    return found


def _summed() -> Select[Any]:
    net = _resources.value - _resources.refunded
    return (
        select(
            _resources.source, _resources.form, func.coalesce(func.sum(net), 0).label("value"),
            func.sum(_resources.refunded).label("refunded"), func.count().label("contributions"),
            func.count().filter(_resources.value.is_(None)).label("unvalued"),
        )
        .group_by(_resources.source, _resources.form)
        .order_by(_resources.source, _resources.form)
    )  # fmt: skip


def _conditions(principal: Principal, filters: Filters) -> list[ColumnElement[bool]]:
    same = ("activity_id", "receiver_id", "partner_id", "source", "form")
    found = narrowed(
        *((_resources[name], eq, getattr(filters, name)) for name in same),
        (_resources.received_on, ge, filters.received_from),
        (_resources.received_on, le, filters.received_until),
        (_resources.changed_at, ge, filters.changed_since),
    )
    found += lying_in(_resources.village_code, filters.region)
    return [visible(principal), *found, *filters.voided.of(_resources.voided)]
