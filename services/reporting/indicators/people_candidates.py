"""Who may stand behind a number over people: owners with facts in a region and period, and all these facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from services.reporting.indicators import candidates
from services.reporting.indicators.contributions import Cell, Collector
from services.reporting.indicators.definitions import Term
from services.reporting.measures import BENEFICIARY, MEMBER, PARTICIPANT, SERVED, Group
from services.reporting.measures.people import Unit
from services.reporting.models import dossier
from services.reporting.people import reading
from services.reporting.people.counts import Counts
from services.reporting.people.models import attendance, benefit, membership, owner, sheet
from services.reporting.people.world import Asked, People
from services.reporting.periods import Period
from services.reporting.regions import Place
from shared import database
from shared.events.registry import Institution
from shared.pagination import Order

GROUPS: frozenset[Group] = frozenset({PARTICIPANT, MEMBER, BENEFICIARY, SERVED})
"""Numbers over people."""


def of(term: Term, place: Place, period: Period) -> tuple[Select[Any], Order]:
    """The candidates (`id`, `unit`, `key`) of a term in a region, ordered by id."""
    villages = candidates.villages(place)
    if term.group is PARTICIPANT:
        came = select(attendance.c.person_key).join(sheet, sheet.c.key == attendance.c.sheet_key)
        found = came.where(sheet.c.village_id.in_(villages), _within(sheet.c.held_on, period))
    elif term.group is MEMBER:
        found = select(membership.c.person_key).join(dossier, _seated(villages))
    else:
        found = select(benefit.c.owner_key).where(
            benefit.c.village_id.in_(villages), _within(benefit.c.given_on, period)
        )
    roots = select(func.coalesce(owner.c.counts_as, owner.c.key)).where(owner.c.key.in_(found))
    if term.group is SERVED:
        roots = roots.where(owner.c.unit == _unit(term))
    statement = select(owner.c.id, owner.c.unit, owner.c.key).where(owner.c.key.in_(roots))
    return statement, Order([owner.c.id, owner.c.unit])


def _within(day: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    return day.between(period.begins, period.ends)


def _seated(villages: Select[Any]) -> ColumnElement[bool]:
    """That the membership's institution has, or once had, its seat there."""
    once = dossier.c.earlier_village_ids.op("&&")(func.array(villages.scalar_subquery(), type_=ARRAY(Uuid)))
    return and_(
        dossier.c.subject_id == membership.c.institution_id,
        dossier.c.noun == Institution.NOUN,
        or_(dossier.c.village_id.in_(villages), and_(dossier.c.earlier_village_ids.is_not(None), once)),
    )


def _unit(term: Term) -> Unit:
    return (Unit.PERSON, Unit.FAMILY, Unit.COMMUNITY)[term.group.measures.index(term.column(_MONTH)) // 4]


_MONTH = Period.parse("2000-01").kind


@dataclass(frozen=True, slots=True)
class Page:
    """Candidates with their facts of the period's year, and where these lie."""

    people: People
    codes: dict[UUID, str]
    """Current codes of villages."""

    def amount(self, key: int, cell: Cell) -> int:
        """What a candidate contributes to a number."""
        asked, year = Asked(), cell.period.begins.year
        group = cell.term.group
        if group is PARTICIPANT or group is MEMBER:
            asked.years(key, year, year)
        if group is MEMBER:
            asked.belongs.add(key)
        if group is BENEFICIARY or group is SERVED:
            asked.helped.add(key)
        counts, collector = Counts(cell.statistics_from), Collector(cell)
        self.people.contribute(asked, counts)
        counts.give(collector.emit)
        return cell.term.weight * collector.amount


async def page(session: AsyncSession, cell: Cell, rows: Sequence[Any]) -> Page:
    """The candidates of these rows."""
    asked, year = Asked(), cell.period.begins.year
    for row in rows:
        if cell.term.group in (PARTICIPANT, MEMBER):
            asked.years(row.key, year, year)
            asked.belongs.add(row.key)
        else:
            asked.helped.add(row.key)
    driver = await database.driver(await session.connection())
    people = await reading.read(driver, asked)
    villages, codes = await candidates.places(driver, people.needed())
    return Page(people.within(villages), codes)
