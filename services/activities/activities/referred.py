"""What descriptions of activities refer to, read in two or three round trips for up to 500 of them.

Leads, their seats and the places are held meanwhile: their codes are copied into what is recorded (`known.references`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from services.activities.activities.schemas import ActivityIn, Description
from services.activities.attendance import people
from services.activities.attendance.people import NOBODY, People
from services.activities.experiences import queries as experiences
from services.activities.known import reading
from services.activities.known.networks import MEMBERS_OF, NETWORKS, Network, NetworkMembership
from services.activities.known.partners import PARTNERS, Partner
from services.activities.known.reading import Kind
from services.activities.known.references import Held, Institution, Region, day, told
from services.activities.known.values import VALUES, CulturalValue
from services.activities.programmes import queries as programmes
from services.activities.programmes.rules import Named
from shared.auth import Principal
from shared.codes import OrganisationKind


@dataclass(frozen=True, slots=True)
class Referred:
    """What was found of what was asked for: who has, or had, each code, the latest last; all else by its id.

    `network_members` are those of the networks; programmes and experiences are those that the caller may see.
    """

    holders: Mapping[str, tuple[Held, ...]]
    institutions: Mapping[UUID, Institution]
    networks: Mapping[UUID, Network] = field(default_factory=dict)
    network_members: Sequence[NetworkMembership] = ()
    partners: Mapping[UUID, Partner] = field(default_factory=dict)
    values: Mapping[UUID, CulturalValue] = field(default_factory=dict)
    people: People = NOBODY
    programmes: Mapping[UUID, Named] = field(default_factory=dict)
    experiences: Collection[UUID] = ()


# Given through a subquery, an array's length means nothing to the planner, which would plan anew for each one otherwise.
_FIND = f"""
    WITH lead AS MATERIALIZED (
        SELECT id, name, active, verification, voided, village_id FROM known_institution
        WHERE id = ANY(ARRAY(SELECT unnest($2::uuid[]))) ORDER BY id FOR SHARE
    ), place AS MATERIALIZED (
        SELECT id, code, area_code, name, level, time_zone, until FROM known_region
        WHERE id = ANY(ARRAY(
            SELECT region_id FROM known_region_code WHERE code = ANY(ARRAY(SELECT unnest($1::text[])))
            UNION ALL SELECT village_id FROM lead
        ))
        ORDER BY id FOR SHARE
    ), institution AS (
        SELECT lead.*, place.area_code AS seat_code FROM lead LEFT JOIN place ON place.id = lead.village_id
        UNION ALL
        SELECT one.id, one.name, one.active, one.verification, one.voided, one.village_id, seat.area_code
        FROM known_institution one LEFT JOIN known_region seat ON seat.id = one.village_id
        WHERE one.id = ANY(ARRAY(SELECT unnest($3::uuid[])))
    )
    SELECT (
            SELECT json_agg(held) FROM (
                SELECT code.code AS asked, code.since AS held_since, code.until AS held_until, place.*
                FROM known_region_code AS code JOIN place ON place.id = code.region_id
                WHERE code.code = ANY(ARRAY(SELECT unnest($1::text[]))) ORDER BY code.until NULLS LAST, code.id
            ) AS held
        )::text AS holders,
        (SELECT json_agg(institution) FROM institution)::text AS institutions,
        present.*, belongs.*
    FROM {people.PRESENT.format(ids="$4::uuid[]")} AS present,
        {people.BELONGS.format(ids="$4::uuid[]", institutions="$2::uuid[] || $3::uuid[]")} AS belongs
"""  # noqa: S608  # our own texts


async def find(driver: asyncpg.Connection, descriptions: Iterable[Description], principal: Principal) -> Referred:
    """What these descriptions refer to, as far as it is known here, and the people whom they name as having come.

    Until the transaction ends the places, the leads and their seats stay as they are. Call it before a record is locked.
    """
    wanted = list(descriptions)
    leads = {one.lead_institution_id for one in wanted}
    others = {other for one in wanted for other in (*one.co_organiser_ids, *one.target_institution_ids)}
    (row,) = await driver.fetch(
        _FIND,
        list({one.village for one in wanted}),
        list(leads),
        list(others - leads),
        list({person for one in wanted for person in _named(one)}),
    )
    institutions = {one.id: one for one in map(Institution.of, told(row["institutions"]))}
    copies = await reading.found_each(driver, _copies(wanted, leads - institutions.keys()))
    named = {one.programme_id for one in wanted if one.programme_id}
    return Referred(
        _holders(row["holders"]),
        institutions,
        {one.id: one for one in copies[NETWORKS]},
        copies[MEMBERS_OF],
        {one.id: one for one in copies[PARTNERS]},
        {one.id: one for one in copies[VALUES]},
        people.told(row),
        await programmes.found(driver, named, principal),
        await experiences.found(driver, {one.experience_id for one in wanted if one.experience_id}, principal),
    )


def _copies(wanted: Sequence[Description], strange_leads: set[UUID]) -> dict[Kind[Any], set[UUID]]:
    """What is looked up of each kind. A lead that is no institution may be a network or a partner: it is told so."""
    parties = [party for one in wanted for party in one.parties]
    of_network = {party.id for party in parties if party.organisation is OrganisationKind.NETWORK}
    of_partner = {party.id for party in parties if party.organisation is OrganisationKind.PARTNER}
    return {
        NETWORKS: of_network | strange_leads,
        MEMBERS_OF: of_network,
        PARTNERS: of_partner | strange_leads,
        VALUES: {value for one in wanted for value in one.cultural_value_ids},
    }


def _named(description: Description) -> list[UUID]:
    """The people whom a body names as having come."""
    if not isinstance(description, ActivityIn) or not description.completion or not description.completion.attendance:
        return []
    return [one.person_id for one in description.completion.attendance.people]


def _holders(found: str | None) -> dict[str, tuple[Held, ...]]:
    holders: dict[str, tuple[Held, ...]] = {}
    for row in told(found):
        held = Held(Region.of(row), day(row["held_since"]), day(row["held_until"]))
        holders[row["asked"]] = (*holders.get(row["asked"], ()), held)
    return holders
