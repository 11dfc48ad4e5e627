"""Referrals as a caller may see and change them: one, one locked with its benefit, and the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from operator import eq, ge, le
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits import scope
from services.activities.benefits.models import Benefit
from services.activities.parameters import Voided, lying_in, narrowed
from services.activities.referrals.models import Referral
from shared.auth import Principal
from shared.codes import BeneficiaryUnit, PpksKind, ReferralState
from shared.pagination import Order

table = Referral.__table__
columns = table.c


read = partial(scope.read, Referral)
glimpsed = partial(scope.glimpsed, Referral)
locked = partial(scope.locked, Referral)


async def benefit(session: AsyncSession, referral_id: UUID) -> Benefit:
    """The benefit that a referral is, held until the transaction ends: before the referral is."""
    of_it = select(Benefit).where(Benefit.__table__.c.referral_id == referral_id).with_for_update()
    return (await session.scalars(of_it)).one()


async def benefit_id(session: AsyncSession, referral_id: UUID) -> UUID:
    """The id of the benefit that a referral is."""
    of_it = select(Benefit.id).where(Benefit.__table__.c.referral_id == referral_id)
    return (await session.scalars(of_it)).one()


class ReferralSort(StrEnum):
    """Orders of the list; by `referred_on` those come first that wait longest."""

    REFERRED_ON = "referred_on"
    REFERRED_ON_DOWN = "-referred_on"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"


ORDERS = {
    ReferralSort.REFERRED_ON: Order([columns.referred_on, columns.id]),
    ReferralSort.REFERRED_ON_DOWN: Order([columns.referred_on, columns.id], descending=True),
    ReferralSort.CHANGED_AT: Order([columns.changed_at, columns.id]),
    ReferralSort.CHANGED_AT_DOWN: Order([columns.changed_at, columns.id], descending=True),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; days are inclusive. `region` is today's code of where it was made, or above it."""

    region: str | None
    unit: BeneficiaryUnit | None
    beneficiary_id: UUID | None
    giver_id: UUID | None
    partner_id: UUID | None
    activity_id: UUID | None
    kind: PpksKind | None
    states: Sequence[ReferralState]
    waiting_since: date | None
    referred_from: date | None
    referred_until: date | None
    changed_since: datetime | None
    voided: Voided


def listed(principal: Principal, filters: Filters) -> Select[Any]:
    """The rows under these filters that the caller may see."""
    found = narrowed(
        (columns.beneficiary_unit, eq, filters.unit),
        (columns.beneficiary_id, eq, filters.beneficiary_id),
        (columns.giver_id, eq, filters.giver_id),
        (columns.partner_id, eq, filters.partner_id),
        (columns.activity_id, eq, filters.activity_id),
        (columns.referred_on, le, filters.waiting_since),
        (columns.referred_on, ge, filters.referred_from),
        (columns.referred_on, le, filters.referred_until),
        (columns.changed_at, ge, filters.changed_since),
    )
    found += lying_in(columns.village_code, filters.region)
    if filters.kind:
        found.append(columns.ppks_kinds.contains([filters.kind.value]))
    if filters.states:
        found.append(columns.state.in_(filters.states))
    if filters.waiting_since:
        found.append(columns.state == ReferralState.DIAJUKAN)
    return select(Referral).where(scope.readable(table, principal), *found, *filters.voided.of(columns.voided))
