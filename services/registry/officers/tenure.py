"""Which offices only a member holds, and that nobody stops being a member while they hold one."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.memberships import queries as memberships
from services.registry.memberships import spells
from services.registry.memberships.models import KeptSpell, Membership
from services.registry.models import Institution
from services.registry.officers.models import Officer
from services.registry.people.models import Person
from shared.codes import InstitutionType, Role
from shared.language import Text
from shared.problems import Conflict, Fault

TYPES = frozenset(
    {InstitutionType.ARS, InstitutionType.KUBE, InstitutionType.KMT, InstitutionType.SNM, InstitutionType.KSM}
)
"""Types that are their members: a group without them is none (`domain.md` §1.8)."""
ROLES = frozenset({Role.KETUA, Role.WAKIL, Role.SEKRETARIS, Role.BENDAHARA, Role.ANGGOTA})
"""Roles of the group's own people. A pembina, pendamping or kader comes from outside, from the village or an agency."""


class StillInOffice(Conflict):
    slug = "still-in-office"
    title = Text("Orang ini masih menjabat di lembaga itu", "The person still holds an office there")


def is_for_members(type: InstitutionType, role: Role) -> bool:
    """Whether a role of an institution of this type is held by members only."""
    return type in TYPES and role in ROLES


def no_member(role: Role, since: date, until: date | None) -> Fault:
    """The fault of a term that its person was no member for, from its first day to its last."""
    last = until and until - timedelta(days=1)
    return Fault(
        "officer-is-no-member",
        Text(
            f"Jabatan {role} di sini dipegang anggota; orang ini bukan anggota sepanjang {since} s.d. {last or '…'}.",
            f"A {role} here is a member; the person is none for all of {since} to {last or '…'}.",
        ),
        Text(
            "Catat dulu keanggotaannya (POST /v1/memberships), atau perbaiki `since` dan `valid_until`.",
            "Record the membership first (POST /v1/memberships), or correct `since` and `valid_until`.",
        ),
        pointer="/person_id",
    )


async def refuse_leaving_office(
    session: AsyncSession,
    institution: Institution,
    person: Person,
    membership: Membership,
    after: Sequence[KeptSpell],
) -> None:
    """Raises StillInOffice when a term that rests on the membership would no longer do so with the spells `after`.

    The caller holds the institution's lock.
    """
    terms = [
        term
        for term in await _terms(session, institution.id, person.duplicate_of or person.id)
        if is_for_members(institution.type, term.role)
    ]
    if not terms:
        return
    others = await memberships.spells_of(session, institution.id, person, besides=membership.id)
    lost = [
        term
        for term in terms
        if spells.cover([*others, *membership.spells], term.since, term.until)
        and not spells.cover([*others, *after], term.since, term.until)
    ]
    if lost:
        raise _still_in_office(lost)


async def _terms(session: AsyncSession, institution_id: UUID, person_id: UUID) -> Sequence[Officer]:
    statement = (
        select(Officer)
        .join(Person, Person.id == Officer.person_id)
        .where(
            Officer.institution_id == institution_id,
            not_(Officer.voided),
            memberships.canonical() == person_id,
        )
        .order_by(Officer.since, Officer.id)
    )
    return (await session.scalars(statement)).all()


def _still_in_office(terms: Sequence[Officer]) -> StillInOffice:
    named_id = "; ".join(f"{term.role} sejak {term.since}" for term in terms)
    named_en = "; ".join(f"{term.role} since {term.since}" for term in terms)
    return StillInOffice(
        Text(
            f"Jabatan ini bertumpu pada keanggotaannya: {named_id}. Akhiri dulu (POST /v1/officers/…/departure), "
            "atau betulkan masa jabatannya.",
            f"These offices rest on the membership: {named_en}. End them first (POST /v1/officers/…/departure), "
            "or correct the terms.",
        ),
        extra={
            "officers": [{"id": str(term.id), "role": term.role, "since": term.since.isoformat()} for term in terms]
        },
    )
