"""Who may read a posting, and whose it is: the scope of needs, offers and experiences as SQL, in this one place.

    scope      is read by callers whose area lies in, or holds,      and by organisations
    village    the posting's village                                 with a seat or a territory there
    district   its district                                          … in its district
    regency    its regency                                           … in its regency
    network    the seat of a member, or a village of the territory   that are members, and the network itself
    public     everybody who may read the exchange at all            all

Whose it is sees it always, and alone once it is voided. The public sees what is public and stands open.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.known.networks_models import KnownNetwork, KnownNetworkMembership
from shared.auth import NATION, Principal, below
from shared.codes import ExchangeScope, OrganisationKind, PostingState
from shared.events.activities import Organisation

DISTRICT, REGENCY, PROVINCE = 8, 5, 2
"""Letters of a stored village code that name the region above it: 32.04.05.2001 lies in 32.04.05, 32.04 and 32."""

_region = KnownRegion.__table__.c
_institution = KnownInstitution.__table__.c
_network = KnownNetwork.__table__.c
_membership = KnownNetworkMembership.__table__.c
# As registry announced it last: a spell or a place that has an end is over.
_LASTS = {"until": None}
_STANDS = and_(_membership.voided.is_(False), _membership.spells.contains([_LASTS]))


def is_public(principal: Principal) -> bool:
    """Whether the caller has no office and no institution: what is told to it is told to everybody."""
    return principal.roles <= {"public"}


def readable(posting: FromClause, principal: Principal) -> ColumnElement[bool]:
    """That the caller may read a posting. `posting` is the table of needs, offers or experiences."""
    columns = posting.c
    everybody = columns.scope == ExchangeScope.PUBLIC
    if is_public(principal):
        return and_(everybody, columns.state != PostingState.DITUTUP, columns.voided.is_(False))
    if _everywhere(principal):
        return true()
    if principal.own_record_only:
        own = Organisation(organisation=OrganisationKind.INSTITUTION, id=principal.institution_id or UUID(int=0))
        reaches = principal.within(institutions=_seen_from(columns, own))
    else:
        reaches = or_(
            and_(columns.scope != ExchangeScope.NETWORK, principal.within(columns.village_code)),
            *(_lies_in(columns, area) for area in principal.areas),
            and_(columns.scope == ExchangeScope.NETWORK, columns.network_id.in_(_networks_within(principal))),
        )
    return or_(and_(columns.voided.is_(False), or_(everybody, reaches)), kept(columns.poster_id, principal))


def kept(organisation_id: ColumnElement[UUID], principal: Principal) -> ColumnElement[bool]:
    """That the caller acts for the organisation in this column: its seat, or a village of its territory, lies in the
    caller's area; for an institution's operator: it is its own institution. The public acts for nobody, whatever its area."""
    if is_public(principal):
        return false()
    if _everywhere(principal):
        return true()
    if principal.own_record_only:
        return principal.within(institutions=organisation_id == principal.institution_id)
    seats = (
        select(_institution.id)
        .join(KnownRegion, _region.id == _institution.village_id)
        .where(principal.within(_region.area_code))
    )
    return or_(organisation_id.in_(seats), organisation_id.in_(_working_within(principal)))


def reaches(posting: FromClause, organisation: Organisation) -> ColumnElement[bool]:
    """That a posting, not voided, is told to an organisation."""
    columns = posting.c
    told = or_(columns.scope == ExchangeScope.PUBLIC, _seen_from(columns, organisation))
    return and_(columns.voided.is_(False), told)


def _everywhere(principal: Principal) -> bool:
    """Whether the caller's area is the nation: it holds whatever a posting can be told to."""
    return NATION in principal.areas and not principal.own_record_only


def literal_id(id: UUID) -> ColumnElement[UUID]:
    """An id where a column is expected."""
    return literal(id, Uuid)


def _lies_in(columns: Any, area: str) -> ColumnElement[bool]:
    """That an area lies in the region a posting is told to, the region being larger than its village."""
    parts = area.split(".")
    regions = {ExchangeScope.DISTRICT: parts[:3], ExchangeScope.REGENCY: parts[:2]}
    deep = {ExchangeScope.DISTRICT: 3, ExchangeScope.REGENCY: 2}
    found = [
        and_(columns.scope == scope, below(columns.village_code, ".".join(region)))
        for scope, region in regions.items()
        if len(region) == deep[scope]
    ]
    return or_(*found) if found else false()


def _seen_from(columns: Any, organisation: Organisation) -> ColumnElement[bool]:
    """That a posting is told to where an organisation is, or to a network of which it is one; or is its own."""
    codes = _codes_of(organisation)
    here = codes.subquery()
    above = {size: select(func.left(here.c.area_code, size)).scalar_subquery() for size in (DISTRICT, REGENCY)}
    own: ColumnElement[bool] = columns.network_id == organisation.id
    if organisation.organisation is OrganisationKind.INSTITUTION:
        own = columns.network_id.in_(
            select(_membership.network_id).where(_membership.institution_id == organisation.id, _STANDS)
        )
    return or_(
        columns.poster_id == organisation.id,
        and_(columns.scope == ExchangeScope.VILLAGE, columns.village_code.in_(codes)),
        and_(columns.scope == ExchangeScope.DISTRICT, func.left(columns.village_code, DISTRICT).in_(above[DISTRICT])),
        and_(columns.scope == ExchangeScope.REGENCY, func.left(columns.village_code, REGENCY).in_(above[REGENCY])),
        and_(columns.scope == ExchangeScope.NETWORK, own),
    )


def _codes_of(organisation: Organisation) -> Select[Any]:
    """The codes of an institution's seat, or of the villages a network works in."""
    if organisation.organisation is OrganisationKind.INSTITUTION:
        seat = select(_institution.village_id).where(_institution.id == organisation.id).scalar_subquery()
        return select(_region.area_code).where(_region.id == seat)
    place = func.jsonb_array_elements(_network.territory).table_valued("value", name="place")
    value = cast(place.c.value, JSONB)
    working = (
        select(cast(value.op("->>")("village_id"), Uuid))
        .select_from(KnownNetwork)
        .join(place, value.contains(_LASTS))
        .where(_network.id == organisation.id, _network.voided.is_(False))
    )
    return select(_region.area_code).where(_region.id.in_(working))


def _working_within(principal: Principal) -> Select[Any]:
    """The networks that work in a village of the caller's area today."""
    here = func.jsonb_build_object("village_id", cast(_region.id, Text), "until", None)
    works = _network.territory.contains(func.jsonb_build_array(here, type_=JSONB))
    return (
        select(_network.id.label("network_id"))
        .select_from(KnownRegion)
        .join(KnownNetwork, works)
        .where(principal.within(_region.area_code), _network.voided.is_(False))
    )


def _networks_within(principal: Principal) -> Any:
    """Those, and the networks of which an institution with its seat there is a member."""
    of_members = (
        select(_membership.network_id)
        .join(KnownInstitution, _institution.id == _membership.institution_id)
        .join(KnownRegion, _region.id == _institution.village_id)
        .where(_STANDS, principal.within(_region.area_code))
    )
    return select(union(_working_within(principal), of_members).subquery())
