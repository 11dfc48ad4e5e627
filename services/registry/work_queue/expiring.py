"""What runs out in the caller's area: documents, terms, checks, legalisations and partnerships that nothing renewed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    union_all,
)

from services.registry.documents.models import Document
from services.registry.facilities.models import Facility
from services.registry.institutions import queries as institutions
from services.registry.models import Institution
from services.registry.network_officers.models import NetworkOfficer
from services.registry.networks import queries as networks
from services.registry.networks.models import Network
from services.registry.officers.models import Officer
from services.registry.partners.models import Partner
from services.registry.partnerships import queries as partnerships
from services.registry.partnerships.parties import having
from services.registry.work_queue.schemas import ReminderKind
from shared.auth import NATION, Principal, below
from shared.codes import Operation, Role

OVER = timedelta(days=90)
"""How long something that has run out is still told."""
ONE_HOLDER = (Role.KETUA, Role.SEKRETARIS, Role.BENDAHARA)
"""Roles in which whoever comes next renews the term of who was there before."""
_documents, _facilities, _officers = Document.__table__.c, Facility.__table__.c, Officer.__table__.c
_NEWEST: dict[str, ColumnElement[str]] = {
    name: literal_column(f"((network.legalisations -> -1) ->> '{name}')", Text) for name in ("until", "number")
}
"""Of a network's newest legalisation, spelt as the index is."""
_network_officers, _partners = NetworkOfficer.__table__.c, Partner.__table__.c


def expiring(
    principal: Principal, today: date, within: timedelta, region: str | None, kind: ReminderKind | None
) -> Select[Any]:
    """What runs out in these days in the caller's area, or has since `OVER`; `region` is a stored code."""
    first, last = today - OVER, today + within
    statements = [build(principal, region, first, last) for of, build in KINDS.items() if kind in (None, of)]
    return select(union_all(*statements).subquery("reminder"))


def _row(
    kind: ReminderKind, due_on: Any, id: Any, what: Any, name: Any, institution_id: Any, network_id: Any, village: Any
) -> Select[Any]:
    return select(
        literal(kind.value, Text).label("kind"), due_on.label("due_on"), id.label("id"),
        cast(what, Text).label("what"), name.label("name"), institution_id.label("institution_id"),
        network_id.label("network_id"), village.label("village"),
    )  # fmt: skip


def _last_day(until: ColumnElement[Any]) -> ColumnElement[date]:
    return cast(until - text("1"), Date)


def _of_institution(
    kind: ReminderKind, part: Any, due_on: Any, what: Any, principal: Principal, region: str | None
) -> Select[Any]:
    """Rows of what belongs to an institution that is not closed."""
    columns = institutions.columns
    row = _row(kind, due_on, part.id, what, columns.name, columns.id, cast(null(), Uuid), columns.village_code)
    statement = row.join(Institution, columns.id == part.institution_id).where(
        part.voided.is_(False), columns.voided.is_(False), columns.operation != Operation.TUTUP,
        institutions.visible(principal),
    )  # fmt: skip
    return statement if region in (None, NATION) else statement.where(below(columns.village_code, str(region)))


def _document(principal: Principal, region: str | None, first: date, last: date) -> Select[Any]:
    newer = Document.__table__.alias().c
    renewed = exists().where(
        newer.institution_id == _documents.institution_id, newer.kind == _documents.kind, newer.voided.is_(False),
        or_(newer.until.is_(None), newer.until > _documents.until),
    )  # fmt: skip
    until = _documents.until
    rows = _of_institution(ReminderKind.DOCUMENT, _documents, _last_day(until), _documents.kind, principal, region)
    return rows.where(_ends(until, first, last), ~renewed)


def _officer(principal: Principal, region: str | None, first: date, last: date) -> Select[Any]:
    next_one = Officer.__table__.alias().c
    renewed = exists().where(next_one.institution_id == _officers.institution_id, _renews(next_one, _officers))
    until = _officers.until
    rows = _of_institution(ReminderKind.OFFICER_TERM, _officers, _last_day(until), _officers.role, principal, region)
    return rows.where(_ends(until, first, last), _officers.ended_reason.is_(None), ~renewed)


def _facility(principal: Principal, region: str | None, first: date, last: date) -> Select[Any]:
    due_on = cast(_facilities.checked_on + text("interval '12 months'"), Date)
    rows = _of_institution(ReminderKind.FACILITY_CHECK, _facilities, due_on, _facilities.name, principal, region)
    # The wider bound is the one that an index knows: months are of different lengths.
    checked = _facilities.checked_on.between(first - relativedelta(months=12, days=3), last - relativedelta(months=11))
    return rows.where(checked, due_on.between(first, last), _facilities.until.is_(None))


def _of_network(
    kind: ReminderKind, due_on: Any, id: Any, what: Any, principal: Principal, region: str | None
) -> Select[Any]:
    """Rows of what belongs to a network that has not ended."""
    columns = networks.columns
    row = _row(kind, due_on, id, what, columns.name, cast(null(), Uuid), columns.id, cast(null(), Text))
    here = [] if region in (None, NATION) else [networks.works_below(str(region))]
    return row.where(columns.voided.is_(False), columns.ended_on.is_(None), networks.visible(principal), *here)


def _legalisation(principal: Principal, region: str | None, first: date, last: date) -> Select[Any]:
    until, number = _NEWEST["until"], _NEWEST["number"]
    rows = _of_network(
        ReminderKind.NETWORK_LEGALISATION, _last_day(cast(until, Date)), networks.columns.id, number, principal, region
    )
    # As texts, which the index holds: a date of ISO 8601 stands where it belongs among others.
    return rows.where(until > first.isoformat(), until <= (last + timedelta(days=1)).isoformat())


def _management(principal: Principal, region: str | None, first: date, last: date) -> Select[Any]:
    next_one = NetworkOfficer.__table__.alias().c
    renewed = exists().where(next_one.network_id == _network_officers.network_id, _renews(next_one, _network_officers))
    until = _network_officers.until
    rows = _of_network(
        ReminderKind.NETWORK_TERM, _last_day(until), _network_officers.id, _network_officers.role, principal, region
    ).join(Network, networks.columns.id == _network_officers.network_id)
    return rows.where(_network_officers.voided.is_(False), _ends(until, first, last), ~renewed)


def _partnership(principal: Principal, region: str | None, first: date, last: date) -> Select[Any]:
    columns = partnerships.columns
    name = func.coalesce(_partners.name, cast(_partners.kind, Text))
    rows = _row(
        ReminderKind.PARTNERSHIP, _last_day(columns.until), columns.id, columns.title, name, cast(null(), Uuid),
        cast(null(), Uuid), cast(null(), Text),
    ).join(Partner, _partners.id == columns.partner_id)  # fmt: skip
    here = [] if region in (None, NATION) else [_with_a_party_below(str(region))]
    agreed = (columns.ended_on.is_(None), columns.voided.is_(False), _ends(columns.until, first, last))
    return rows.where(*agreed, partnerships.visible(principal), *here)


def _with_a_party_below(region: str) -> ColumnElement[bool]:
    return having(below(institutions.columns.village_code, region), networks.works_below(region))


def _ends(until: ColumnElement[Any], first: date, last: date) -> ColumnElement[bool]:
    """That the last day, before the half-open end, lies in these days."""
    return and_(until > first, until <= last + timedelta(days=1))


def _renews(later: Any, term: Any) -> ColumnElement[bool]:
    """That a term follows another: the same person's in the same role, or anybody's where one person holds the role."""
    return and_(
        later.role == term.role, later.voided.is_(False), later.id != term.id, later.since > term.since,
        or_(later.until.is_(None), later.until > term.until),
        or_(later.person_id == term.person_id, term.role.in_(ONE_HOLDER)),
    )  # fmt: skip


KINDS: dict[ReminderKind, Callable[[Principal, str | None, date, date], Select[Any]]] = {
    ReminderKind.DOCUMENT: _document,
    ReminderKind.OFFICER_TERM: _officer,
    ReminderKind.FACILITY_CHECK: _facility,
    ReminderKind.NETWORK_LEGALISATION: _legalisation,
    ReminderKind.NETWORK_TERM: _management,
    ReminderKind.PARTNERSHIP: _partnership,
}
"""How each kind is found."""
