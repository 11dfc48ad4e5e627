"""Benefits as a caller may see and change them: one, one locked, and the list."""

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
from services.activities.known.models import KnownInstitution
from services.activities.parameters import Voided, lying_in, narrowed
from shared.auth import Principal
from shared.codes import BeneficiaryUnit, HelpKind, PpksKind
from shared.pagination import Order

table = Benefit.__table__
columns = table.c


read = partial(scope.read, Benefit)
glimpsed = partial(scope.glimpsed, Benefit)
locked = partial(scope.locked, Benefit)


async def regions(session: AsyncSession, rows: Sequence[Any]) -> set[UUID]:
    """The regions that these benefits, or referrals, concern: where they were given, and the seats of their givers."""
    givers = {row.lead_institution_id for row in rows if row.lead_institution_id}
    seats = select(KnownInstitution.village_id).where(KnownInstitution.id.in_(givers))
    return {row.village_id for row in rows} | (set(await session.scalars(seats)) if givers else set())


class BenefitSort(StrEnum):
    """Orders of the list."""

    GIVEN_ON = "given_on"
    GIVEN_ON_DOWN = "-given_on"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"


ORDERS = {
    BenefitSort.GIVEN_ON: Order([columns.given_on, columns.id]),
    BenefitSort.GIVEN_ON_DOWN: Order([columns.given_on, columns.id], descending=True),
    BenefitSort.CHANGED_AT: Order([columns.changed_at, columns.id]),
    BenefitSort.CHANGED_AT_DOWN: Order([columns.changed_at, columns.id], descending=True),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; days are inclusive. `region` is today's code of where it was given, or above it."""

    region: str | None
    unit: BeneficiaryUnit | None
    beneficiary_id: UUID | None
    giver_id: UUID | None
    activity_id: UUID | None
    kind: PpksKind | None
    help: HelpKind | None
    given_from: date | None
    given_until: date | None
    changed_since: datetime | None
    voided: Voided


def listed(principal: Principal, filters: Filters) -> Select[Any]:
    """The rows under these filters that the caller may see."""
    found = narrowed(
        (columns.beneficiary_unit, eq, filters.unit),
        (columns.beneficiary_id, eq, filters.beneficiary_id),
        (columns.giver_id, eq, filters.giver_id),
        (columns.activity_id, eq, filters.activity_id),
        (columns.help, eq, filters.help),
        (columns.given_on, ge, filters.given_from),
        (columns.given_on, le, filters.given_until),
        (columns.changed_at, ge, filters.changed_since),
    )
    found += lying_in(columns.village_code, filters.region)
    if filters.kind:
        found.append(columns.ppks_kinds.contains([filters.kind.value]))
    return select(Benefit).where(scope.readable(table, principal), *found, *filters.voided.of(columns.voided))
