"""Reading facilities within the caller's area."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_

from services.registry.facilities.models import Facility
from services.registry.institutions import parts
from services.registry.institutions import queries as institutions
from shared.auth import NATION, Principal, below
from shared.codes import FacilityClass, FacilityCondition
from shared.pagination import Order

columns = Facility.__table__.c


class FacilitySort(StrEnum):
    """Orders of the list."""

    SINCE = "since"
    SINCE_DOWN = "-since"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    FacilitySort.SINCE: Order([columns.since, columns.id]),
    FacilitySort.SINCE_DOWN: Order([columns.since, columns.id], descending=True),
    FacilitySort.CHANGED: Order([columns.changed_at, columns.id]),
    FacilitySort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    FacilitySort.ID: Order([columns.id]),
}


def listed(
    principal: Principal,
    *,
    institution: UUID | None = None,
    region: str | None = None,
    facility_class: FacilityClass | None = None,
    condition: FacilityCondition | None = None,
    there_on: date | None = None,
    not_checked_since: date | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The facilities under these filters that the caller may see; voided ones instead if asked for.

    `region` is a stored code. `not_checked_since`: the newest check came before that day, or there is none.
    """
    statement = parts.rows(Facility, principal).where(columns.voided.is_(voided))
    for column, value in (
        (columns.institution_id, institution), (columns.facility_class, facility_class), (columns.condition, condition),
    ):  # fmt: skip
        if value is not None:
            statement = statement.where(column == value)
    if region is not None and region != NATION:
        statement = statement.where(below(institutions.columns.village_code, region))
    if there_on is not None:
        statement = statement.where(columns.since <= there_on, or_(columns.until.is_(None), columns.until > there_on))
    if not_checked_since is not None:
        statement = statement.where(or_(columns.checked_on.is_(None), columns.checked_on < not_checked_since))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement
