"""Reading documents within the caller's area."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, or_

from services.registry.documents.models import Document
from services.registry.institutions import parts
from services.registry.institutions import queries as institutions
from shared.auth import NATION, Principal, below
from shared.codes import DocumentKind
from shared.pagination import Order

columns = Document.__table__.c
_END = func.coalesce(columns.until, literal(date(9999, 12, 31)))
"""Documents without an end come after all others."""


class DocumentSort(StrEnum):
    """Orders of the list; those without an end are the last to expire."""

    DATED = "dated_on"
    DATED_DOWN = "-dated_on"
    VALID = "valid_until"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    DocumentSort.DATED: Order([columns.since, columns.id]),
    DocumentSort.DATED_DOWN: Order([columns.since, columns.id], descending=True),
    DocumentSort.VALID: Order([_END, columns.id]),
    DocumentSort.CHANGED: Order([columns.changed_at, columns.id]),
    DocumentSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    DocumentSort.ID: Order([columns.id]),
}


def listed(
    principal: Principal,
    *,
    institution: UUID | None = None,
    region: str | None = None,
    kind: DocumentKind | None = None,
    valid_on: date | None = None,
    expiring_before: date | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The documents under these filters that the caller may see; voided ones instead if asked for.

    `region` is a stored code. `expiring_before`: their last valid day comes before it.
    """
    statement = parts.rows(Document, principal).where(columns.voided.is_(voided))
    if institution is not None:
        statement = statement.where(columns.institution_id == institution)
    if region is not None and region != NATION:
        statement = statement.where(below(institutions.columns.village_code, region))
    if kind is not None:
        statement = statement.where(columns.kind == kind)
    if valid_on is not None:
        statement = statement.where(columns.since <= valid_on, or_(columns.until.is_(None), columns.until > valid_on))
    if expiring_before is not None:
        statement = statement.where(columns.until <= expiring_before)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement
