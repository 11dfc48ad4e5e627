"""Reading assessments within the caller's area."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from services.registry.assessments.models import Assessment
from services.registry.institutions import parts
from services.registry.institutions import queries as institutions
from shared.auth import NATION, Principal, below
from shared.codes import DevelopmentStage
from shared.pagination import Order

columns = Assessment.__table__.c


class AssessmentSort(StrEnum):
    """Orders of the list."""

    ON = "on"
    ON_DOWN = "-on"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    AssessmentSort.ON: Order([columns.assessed_on, columns.id]),
    AssessmentSort.ON_DOWN: Order([columns.assessed_on, columns.id], descending=True),
    AssessmentSort.CHANGED: Order([columns.changed_at, columns.id]),
    AssessmentSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    AssessmentSort.ID: Order([columns.id]),
}


def listed(
    principal: Principal,
    *,
    institution: UUID | None = None,
    region: str | None = None,
    stage: DevelopmentStage | None = None,
    since: date | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The assessments under these filters that the caller may see; voided ones instead if asked for.

    `region` is a stored code, `since` the first day of assessment.
    """
    statement = parts.rows(Assessment, principal).where(columns.voided.is_(voided))
    if institution is not None:
        statement = statement.where(columns.institution_id == institution)
    if region is not None and region != NATION:
        statement = statement.where(below(institutions.columns.village_code, region))
    if stage is not None:
        statement = statement.where(columns.stage == stage)
    if since is not None:
        statement = statement.where(columns.assessed_on >= since)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement
