"""Finds what benefits and referrals name, however many, in three statements: what is copied from is held meanwhile.

Registry's consumer locks in the same order (`known.references`): institutions, then regions. Call it before a record is
locked.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import queries as activities
from services.activities.activities.models import Activity
from services.activities.benefits import beneficiaries
from services.activities.benefits.given import At, Given, Referred
from services.activities.known import communities, families, networks, partners, people
from services.activities.known.memberships import Membership
from services.activities.known.networks import NetworkMembership
from services.activities.known.people import Person
from services.activities.known.reading import Kind, found_each
from services.activities.known.references import Held, Institution, Region, day, told
from shared.auth import Principal
from shared.codes import BeneficiaryUnit, OrganisationKind

_HOLD = text("""
    WITH giver AS MATERIALIZED (
        SELECT id, name, active, verification, voided, village_id FROM known_institution
        WHERE id = ANY(:institutions) ORDER BY id FOR SHARE
    ), place AS MATERIALIZED (
        SELECT id, code, area_code, name, level, time_zone, until FROM known_region
        WHERE id = ANY(ARRAY(SELECT region_id FROM known_region_code WHERE code = ANY(:codes)))
            OR id = ANY(ARRAY(SELECT village_id FROM giver)) OR id = ANY(:villages)
        ORDER BY id FOR SHARE
    )
    SELECT (
        SELECT CAST(json_agg(held) AS text) FROM (
            SELECT held.code AS asked, held.since AS held_since, held.until AS held_until, held.region_id
            FROM known_region_code held WHERE held.code = ANY(:codes) ORDER BY held.until NULLS LAST, held.id
        ) AS held
    ) AS holders,
    (SELECT CAST(json_agg(place) AS text) FROM place) AS places,
    (
        SELECT CAST(json_agg(giver) AS text) FROM (
            SELECT giver.*, seat.area_code AS seat_code FROM giver LEFT JOIN place seat ON seat.id = giver.village_id
        ) AS giver
    ) AS institutions
""").bindparams(
    bindparam("institutions", type_=ARRAY(Uuid)),
    bindparam("villages", type_=ARRAY(Uuid)),
    bindparam("codes", type_=ARRAY(Text)),
)


def _membership_of(row: dict[str, Any]) -> tuple[UUID, Membership]:
    who = UUID(row["person_id"])
    return UUID(row["canonical_id"]), Membership(UUID(row["id"]), who, UUID(row["institution_id"]), row["spells"])


# A person's memberships are those of every record that is really about them.
_MEMBERSHIPS = Kind(
    """
    WITH whom AS (
        SELECT id, id AS canonical_id FROM unnest({ids}) AS id
        UNION SELECT id, duplicate_of FROM known_person WHERE duplicate_of = ANY({ids})
    )
    SELECT membership.id, membership.person_id, institution_id, spells, whom.canonical_id
    FROM whom JOIN known_membership membership ON membership.person_id = whom.id AND NOT membership.voided
    ORDER BY membership.id
    """,
    _membership_of,
)


async def find(
    session: AsyncSession,
    named: Iterable[Given],
    principal: Principal,
    *,
    villages: Collection[UUID] = (),
    to_partners: Collection[UUID] = (),
) -> Referred:
    """All that these name, as far as it is known; also the `villages` where what is to be corrected stands now, and the
    partners to whom somebody is referred.

    Givers that are institutions, their seats and the places stay as they are until the transaction ends.
    """
    wanted = list(named)
    at = await _activities(session, {one.activity_id for one in wanted if one.activity_id}, principal)
    held = await _held(session, wanted, {*villages, *(one.village_id for one in at.values())})
    at = await _still(session, at)
    found = await found_each(session, _ids(wanted, to_partners))
    places = {one.id: one for one in map(Region.of, told(held.places))}
    known_families = {one.id: one for one in found[families.FAMILIES]}
    persons = {one.id: one for one in found[people.PEOPLE]}
    persons |= await _heads(session, wanted, known_families)
    return Referred(
        holders=_holders(held.holders, places),
        places=places,
        institutions={one.id: one for one in map(Institution.of, told(held.institutions))},
        networks={one.id: one for one in found[networks.NETWORKS]},
        partners={one.id: one for one in found[partners.PARTNERS]},
        people=persons,
        families=known_families,
        communities={one.id: one for one in found[communities.COMMUNITIES]},
        activities=at,
        memberships=await _memberships(session, persons.values()),
        members=_of_networks(found[networks.MEMBERS_OF]),
    )


async def _activities(session: AsyncSession, ids: Collection[UUID], principal: Principal) -> dict[UUID, At]:
    """Those that the caller may see: another one must not be tried out by its id."""
    if not ids:
        return {}
    statement = select(Activity.id, Activity.village_id, Activity.status, Activity.voided)
    rows = await session.execute(statement.where(Activity.id.in_(ids), activities.readable(principal)))
    return {row.id: At(row.id, row.village_id, row.status, row.voided) for row in rows}


async def _still(session: AsyncSession, seen: dict[UUID, At]) -> dict[UUID, At]:
    """What became of them since, held until the transaction ends: nobody voids or cancels one meanwhile."""
    if not seen:
        return seen
    statement = select(Activity.id, Activity.status, Activity.voided).where(Activity.id.in_(seen)).order_by(Activity.id)
    rows = await session.execute(statement.with_for_update(read=True, key_share=True))
    return {row.id: replace(seen[row.id], status=row.status, voided=row.voided) for row in rows}


async def _heads(
    session: AsyncSession, wanted: Sequence[Given], known: Mapping[UUID, families.Family]
) -> dict[UUID, Person]:
    """The heads of the families on the days on which they were helped."""
    of_families = ((known.get(one.beneficiary.id), one.day) for one in wanted)
    heads = {beneficiaries.head(family.members, day) for family, day in of_families if family}
    return await people.find(session, [one for one in heads if one])


async def _memberships(session: AsyncSession, known: Iterable[Person]) -> dict[UUID, list[Membership]]:
    found = await found_each(session, {_MEMBERSHIPS: {one.canonical_id for one in known}})
    by_person: dict[UUID, list[Membership]] = {}
    for canonical_id, membership in found[_MEMBERSHIPS]:
        by_person.setdefault(canonical_id, []).append(membership)
    return by_person


async def _held(session: AsyncSession, wanted: Sequence[Given], villages: Collection[UUID]) -> Any:
    parameters = {
        "institutions": list({one.institution_id for one in wanted if one.institution_id}),
        "codes": list({one.village for one in wanted if one.village}),
        "villages": list(villages),
    }
    return (await session.execute(_HOLD, parameters)).one()


def _ids(wanted: Sequence[Given], to_partners: Collection[UUID]) -> dict[Kind[Any], set[UUID]]:
    """The ids that are named, by the kind of copy in which they are found."""
    return {
        people.PEOPLE: _helped(wanted, BeneficiaryUnit.PERORANGAN),
        families.FAMILIES: _helped(wanted, BeneficiaryUnit.KELUARGA),
        communities.COMMUNITIES: _helped(wanted, BeneficiaryUnit.KOMUNITAS),
        networks.NETWORKS: _givers(wanted, OrganisationKind.NETWORK),
        networks.MEMBERS_OF: _givers(wanted, OrganisationKind.NETWORK),
        partners.PARTNERS: {*_givers(wanted, OrganisationKind.PARTNER), *to_partners},
    }


def _helped(wanted: Sequence[Given], unit: BeneficiaryUnit) -> set[UUID]:
    return {one.beneficiary.id for one in wanted if one.beneficiary.unit is unit}


def _givers(wanted: Sequence[Given], kind: OrganisationKind) -> set[UUID]:
    return {one.giver.id for one in wanted if one.giver.organisation is kind}


def _of_networks(found: Iterable[NetworkMembership]) -> dict[UUID, list[NetworkMembership]]:
    by_network: dict[UUID, list[NetworkMembership]] = {}
    for one in found:
        by_network.setdefault(one.network_id, []).append(one)
    return by_network


def _holders(found: str | None, places: Mapping[UUID, Region]) -> dict[str, tuple[Held, ...]]:
    holders: dict[str, tuple[Held, ...]] = {}
    for row in told(found):
        if region := places.get(UUID(row["region_id"])):
            held = Held(region, day(row["held_since"]), day(row["held_until"]))
            holders[row["asked"]] = (*holders.get(row["asked"], ()), held)
    return holders
