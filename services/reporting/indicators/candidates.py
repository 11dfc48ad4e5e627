"""The records that may stand behind a number: by region and, for activities, by period, as SQL. Their states as stored."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text, Uuid

from services.reporting import dossiers, tree
from services.reporting.dossiers import Tallies
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Term
from services.reporting.measures import ACTIVITY, INSTITUTION, RESOURCE, VALUE
from services.reporting.measures.institution import villages_of
from services.reporting.models import dossier, region
from services.reporting.periods import Period
from services.reporting.places import Village
from services.reporting.regions import Place
from shared import database
from shared.codes import RegionLevel
from shared.events.activities import Activity
from shared.events.registry import CulturalValue, Institution, Network, Region
from shared.pagination import Order


def of(term: Term, place: Place, period: Period) -> tuple[Select[Any], Order]:
    """The candidates (`id`, `state` as text) of a term in a region, ordered by id."""
    if term.group in (ACTIVITY, RESOURCE):
        return _dossiers(Activity.NOUN).where(dossier.c.village_id.in_(villages(place)), _in(period)), _BY_SUBJECT
    if term.group in (INSTITUTION, VALUE):
        noun = Institution.NOUN if term.group is INSTITUTION else CulturalValue.NOUN
        seated = dossier.c.village_id.in_(villages(place))
        once = and_(
            dossier.c.earlier_village_ids.is_not(None),
            dossier.c.earlier_village_ids.op("&&")(func.array(villages(place).scalar_subquery(), type_=ARRAY(Uuid))),
        )
        return _dossiers(noun).where(or_(seated, once)), _BY_SUBJECT
    statement = select(region.c.id, region.c.state.cast(Text).label("state")).where(
        region.c.level == RegionLevel.VILLAGE.value, _below(place)
    )
    return statement, Order([region.c.id])


_BY_SUBJECT = Order([dossier.c.subject_id])


def _dossiers(noun: str) -> Select[Any]:
    return select(dossier.c.subject_id.label("id"), dossier.c.state.cast(Text).label("state")).where(
        dossier.c.noun == noun, dossier.c.state.is_not(None)
    )


def villages(place: Place) -> Select[Any]:
    """The villages that lie, or once lay, in a region."""
    return select(region.c.id).where(region.c.level == RegionLevel.VILLAGE.value, _below(place))


def _below(place: Place) -> ColumnElement[bool]:
    """That the region lies, or once lay, in that one: its key stands in a lineage, which is nested three deep."""
    return region.c.lineage.contains(literal([[[place.key]]], JSONB))


def _in(period: Period) -> ColumnElement[bool]:
    """Held in the period, or planned for it in some version. Dates of JSON compare as text."""
    bounds = {"begins": period.begins.isoformat(), "ends": period.ends.isoformat()}
    return or_(
        dossier.c.state["held_until"].astext.between(bounds["begins"], bounds["ends"]),
        text(
            "EXISTS (SELECT FROM json_array_elements(dossier.state -> 'plan') AS version"
            " WHERE version ->> 'planned_until' BETWEEN :begins AND :ends)"
        ).bindparams(**bounds),
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Candidates with what their measures need to see."""

    activities: dict[UUID, Activity]
    institutions: dict[UUID, Institution]
    values: dict[UUID, CulturalValue]
    village_states: dict[UUID, Region]
    villages: dict[UUID, Village]
    codes: dict[UUID, str]
    """Current codes of the villages."""
    tallies: Tallies
    networks: dict[UUID, list[Network]]
    """Those whose territory holds, or once held, a village; for LEM-02 only."""


async def page(session: AsyncSession, term: Term, rows: Sequence[Any]) -> Page:
    """The candidates of these rows."""
    activities: dict[UUID, Activity] = {}
    institutions: dict[UUID, Institution] = {}
    values: dict[UUID, CulturalValue] = {}
    states: dict[UUID, Region] = {}
    for row in rows:
        if term.group in (ACTIVITY, RESOURCE):
            activities[row.id] = Activity.model_validate_json(row.state)
        elif term.group is INSTITUTION:
            institutions[row.id] = Institution.model_validate_json(row.state)
        elif term.group is VALUE:
            values[row.id] = CulturalValue.model_validate_json(row.state)
        else:
            states[row.id] = Region.model_validate_json(row.state)
    needed = {state.village_id for state in activities.values()} | states.keys()
    needed |= {village_id for state in institutions.values() for village_id in villages_of(state)}
    needed |= {village_id for value in values.values() for village_id in value.village_ids}
    driver = await database.driver(await session.connection())
    lie, codes = await places(driver, needed)
    tallies = await dossiers.tallies(driver, institutions.keys() | values.keys() | states.keys())
    networks = await _networks(driver, states.keys()) if term.measure == terms.COVERED.measure else {}
    return Page(activities, institutions, values, states, lie, codes, tallies, networks)


async def _networks(driver: asyncpg.Connection, villages: Set[UUID]) -> dict[UUID, list[Network]]:
    """The networks of villages, by village; an entry error is none."""
    rows = await driver.fetch(
        "SELECT state::text AS state FROM dossier WHERE noun = 'network' AND state IS NOT NULL"
        " AND (village_id = ANY($1) OR earlier_village_ids && $1) ORDER BY subject_id",
        list(villages),
    )
    found: dict[UUID, list[Network]] = {}
    for row in rows:
        network = Network.model_validate_json(row["state"])
        for village_id in villages & {piece.village_id for piece in network.territory if not network.voided}:
            found.setdefault(village_id, []).append(network)
    return found


async def places(driver: asyncpg.Connection, ids: Iterable[UUID]) -> tuple[dict[UUID, Village], dict[UUID, str]]:
    """The villages; one that has not arrived has no place, as in the projection."""
    ordered = sorted(ids)
    rows = await driver.fetch(f"SELECT code, {tree.COLUMNS} FROM region WHERE id = ANY($1::uuid[])", ordered)  # noqa: S608  # our own names
    codes = {row["id"]: row["code"] for row in rows if row["code"]}
    villages = {id_: tree.Row(id_, *place).village for _, id_, *place in rows}
    return {id_: villages.get(id_, Village(0, [])) for id_ in ordered}, codes
