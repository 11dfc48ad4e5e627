"""What a caller may do and where: roles, rights, and the area scope in SQL. Whatever is not granted here is refused."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from starlette.requests import Request

from shared.language import Text
from shared.problems import Forbidden

NATION = "ID"


class Right(StrEnum):
    """What a route may ask for. Each route names exactly one; one that names none stops the start."""

    OPEN = "open"
    """No token needed: health, documentation."""
    READ_REGIONS = "regions:read"
    READ = "records:read"
    REGISTER = "institutions:write"
    KEEP_PARTNERS = "partners:write"
    """Partners of the caller's areas: a ministry and a province keep those that belong to them."""
    REVIEW = "institutions:review"
    VERIFY = "institutions:verify"
    ACT = "activities:write"
    READ_PEOPLE = "people:read"
    """People with what identifies them masked."""
    KEEP_PEOPLE = "people:write"
    REVEAL_PEOPLE = "people:reveal"
    """What identifies a person unmasked, one at a time; each such read is audited."""
    READ_EVENTS = "events:read"
    READ_PEOPLE_EVENTS = "people-events:read"
    """Events about people, beside those of `events:read`."""
    READ_BENEFITS = "benefits:read"
    """Who was helped and referred, with kinds of PPKS."""
    KEEP_BENEFITS = "benefits:write"
    READ_BENEFIT_EVENTS = "benefit-events:read"
    """Events about who was helped and referred, beside those of `events:read`."""
    REPORT = "village-reports:write"
    """The monthly report of a village."""
    RECEIVE_REPORTS = "village-reports:review"
    READ_EXCHANGE = "exchange:read"
    """Needs, offers and experiences, as far as their scope reaches the caller."""
    EXCHANGE = "exchange:write"
    KEEP_REFERENCE = "reference-data:write"
    """Population and PPKS baselines that indicators divide by."""
    READ_AUDIT = "audit:read"
    CHANGE_REGIONS = "regions:write"
    ADMINISTER = "settings:write"
    """What holds for all records of a kind, such as the further fields of an institution type."""
    READ_INDICATORS = "indicators:read"
    OPERATE = "operations"


_READ = frozenset({Right.READ_REGIONS, Right.READ, Right.READ_INDICATORS, Right.READ_EXCHANGE})
_KEEP = _READ | {
    Right.REGISTER, Right.KEEP_PARTNERS, Right.ACT, Right.READ_PEOPLE, Right.KEEP_PEOPLE, Right.READ_EVENTS,
    Right.READ_BENEFITS, Right.KEEP_BENEFITS, Right.EXCHANGE,
}  # fmt: skip
_CHECK = frozenset({Right.REVIEW, Right.VERIFY, Right.RECEIVE_REPORTS})
RIGHTS: dict[str, frozenset[Right]] = {
    "village-operator": _KEEP | {Right.REVEAL_PEOPLE, Right.REPORT},
    "district-facilitator": _KEEP | _CHECK | {Right.REVEAL_PEOPLE},
    "regency-officer": _KEEP
    | _CHECK
    | {
        Right.REVEAL_PEOPLE,
        Right.READ_PEOPLE_EVENTS,
        Right.READ_BENEFIT_EVENTS,
        Right.READ_AUDIT,
        Right.KEEP_REFERENCE,
    },
    "province-officer": _READ
    | {Right.VERIFY, Right.KEEP_PARTNERS, Right.READ_EVENTS, Right.READ_AUDIT, Right.KEEP_REFERENCE},
    "ministry": _READ
    | {Right.VERIFY, Right.KEEP_PARTNERS, Right.READ_EVENTS, Right.OPERATE, Right.READ_AUDIT, Right.KEEP_REFERENCE}
    | {Right.CHANGE_REGIONS, Right.ADMINISTER},
    "institution-operator": frozenset(
        {Right.READ_REGIONS, Right.READ, Right.REGISTER, Right.ACT, Right.READ_PEOPLE, Right.KEEP_PEOPLE}
        | {Right.READ_BENEFITS, Right.KEEP_BENEFITS, Right.READ_EXCHANGE, Right.EXCHANGE}
    ),
    "integration": _KEEP,
    "public": frozenset({Right.READ_REGIONS, Right.READ_EXCHANGE}),
}
"""The rights of each role of `design.md` §5, in the caller's areas only."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller: token subject, client, roles, and the area codes (`ID` is the nation) the roles hold in."""

    subject: str
    client: str
    roles: frozenset[str]
    areas: tuple[str, ...]
    institution_id: UUID | None = None
    rights: frozenset[Right] = field(default_factory=frozenset)

    def may(self, right: Right) -> bool:
        """Whether one of the roles grants the right."""
        return right in self.rights

    @property
    def own_record_only(self) -> bool:
        """Whether the caller is an institution's operator and no officer: its area does not open other records."""
        return "institution-operator" in self.roles and self.roles <= {"institution-operator", "public"}

    def covers(self, code: str) -> bool:
        """Whether a region's code is one of the caller's areas or below one. Never, for an institution's operator."""
        return not self.own_record_only and any(
            area == NATION or code == area or code.startswith(f"{area}.") for area in self.areas
        )

    @property
    def scope(self) -> list[str]:
        """What the caller's answers are limited to, to be compared later: areas, and the own institution."""
        own = [f"institution/{self.institution_id}"] if self.institution_id else []
        return own if self.own_record_only else [*self.areas, *own]

    def still_holds(self, scope: Iterable[str]) -> bool:
        """Whether the caller may see all that a caller of this earlier `scope` could."""
        here = self.scope
        return all(part in here or self.covers(part) for part in scope)

    def within(
        self, *codes: ColumnElement[str], institutions: ColumnElement[bool] | None = None
    ) -> ColumnElement[bool]:
        """The area scope as an SQL condition: one of these code columns lies in one of the caller's areas.

        The one place where scope becomes SQL: every list, read, write, count and feed goes through it.
        `institutions` is the condition that the record is the caller's own institution's; it alone counts for an
        institution's operator.
        """
        if self.own_record_only:
            # Of one who has no institution, nothing is the own: compared with null, a condition would hold for whatever
            # belongs to no institution.
            return institutions if institutions is not None and self.institution_id is not None else false()
        if NATION in self.areas:
            return true()
        inside = [below(code, area) for code in codes for area in self.areas]
        return or_(*inside) if inside else false()


def below(code: ColumnElement[str], area: str) -> ColumnElement[bool]:
    """That a region code column names the area or a region below it. `/` follows `.`: the range reads one index."""
    return or_(code == area, and_(code >= f"{area}.", code < f"{area}/"))


NOBODY = Principal(subject="", client="", roles=frozenset(), areas=())
"""Who calls a route that is open to all: nobody known, with no rights and no area."""


class Need:
    """A dependency that demands one right and gives the principal. Routes declare it; `shared.app` checks that all do."""

    def __init__(self, right: Right) -> None:
        self.right = right

    async def __call__(self, request: Request) -> Principal:
        """The caller. Raises Forbidden when no role grants the right."""
        if self.right is Right.OPEN:
            return NOBODY
        principal: Principal = request.state.principal
        demand(principal, self.right)
        return principal


def demand(principal: Principal, right: Right | None) -> None:
    """Raises Forbidden when none of the caller's roles grants the right; None is granted to nobody."""
    if right is None or not principal.may(right):
        roles = ", ".join(sorted(principal.roles)) or "-"
        raise Forbidden(
            Text(
                f"Tindakan ini memerlukan hak «{right}»; peran Anda: {roles}.",
                f"This needs the right «{right}»; your roles: {roles}.",
            )
        )
