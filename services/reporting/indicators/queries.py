"""Reads of cells: one index range per group and way of taking, for any number of regions and periods of one kind."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, any_, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Only, ReferenceData, Referred, Taken, Term
from services.reporting.measures import ALL
from services.reporting.models import region_change
from services.reporting.periods import LENGTH, Period
from services.reporting.places import Tree
from services.reporting.reference import lookups
from services.reporting.reference.lookups import Reference
from services.reporting.regions import Place
from services.reporting.settings import SOURCES
from shared import watermark


@dataclass(frozen=True, slots=True)
class Asked:
    """Which numbers are wanted. Periods are consecutive and of one kind."""

    regions: Sequence[int]
    periods: Sequence[Period]
    tree: Tree
    only: Only = ()
    by: Dimension | None = None
    """A breakdown."""
    totalled: bool = False
    """Whether these regions keep sums over dimensions (`cells.TOTALLED`)."""

    @classmethod
    def about(
        cls, places: Sequence[Place], periods: Sequence[Period], tree: Tree,
        only: Only = (), by: Dimension | None = None,
    ) -> Self:  # fmt: skip
        """What is asked about regions of one level."""
        keys = [place.key for place in places]
        return cls(keys, periods, tree, only, by, totalled=all(place.totalled for place in places))

    def narrowed(self, term: Term) -> Term:
        """The term under the filters, as far as its cells are kept by their dimensions."""
        for dimension, place in self.only:
            if term.kept_by(dimension):
                wanted = dimension.numbers(place)
                term = replace(term, only=wanted if term.only is None else term.only & wanted)
        return term

    def counted(self, term: Term) -> Term:
        """What is counted in the cells for a term: under the filter, each once."""
        return replace(self.narrowed(term), weight=1)


Key = tuple[int, int, int]
"""Region key, number of the period, dimension number (ALL without a breakdown)."""


@dataclass(slots=True)
class Numbers:
    """What was read: amounts by term and place; what is absent is 0."""

    asked: Asked
    amounts: dict[Term, dict[Key, int]] = field(default_factory=dict)
    references: dict[Referred, dict[Key, Reference]] = field(default_factory=dict)
    """What was looked up; the number of the dimension is ALL where it is not of one kind."""

    def of(self, term: Term, region: int, period: int, dimension: int = ALL) -> int:
        """A term's number. Terms that the breakdown's dimension does not touch are the same in each part."""
        split = term.kept_by(self.asked.by)
        found = self.amounts[self.asked.counted(term)]
        return term.weight * found.get((region, period, dimension if split else ALL), 0)

    def divisor(self, definition: Definition, region: int, period: int, dimension: int = ALL) -> int | None:
        """The definition's denominator; None: it is looked up, and there is none."""
        if isinstance(definition.denominator, Term):
            return self.of(definition.denominator, region, period, dimension)
        found = self.reference(definition.denominator, region, period, dimension)
        return found.amount if found else None

    def reference(self, referred: Referred, region: int, period: int, dimension: int = ALL) -> Reference | None:
        """What was looked up, of the kind that the filter or the breakdown is about."""
        if referred.dimension is None:
            dimension = ALL
        for filtered, place in self.asked.only:
            if filtered is referred.dimension:
                dimension = place
        return self.references[referred].get((region, period, dimension))

    def heard(self, region: int, period: int) -> bool:
        """Whether there is anybody who could have reported, or a village that did, be it that nothing was done."""
        return self.active(region, period) > 0 or self.of(terms.ACCEPTED, region, period) > 0

    def active(self, region: int, period: int) -> int:
        """Active institutions of every type: whether there is anybody who could have reported."""
        found = self.amounts[terms.ACTIVE]
        if self.asked.by is not terms.ACTIVE.dimension:
            return found.get((region, period, ALL), 0)
        return sum(found.get((region, period, number), 0) for number in range(len(Dimension.TYPE.codes)))


async def read(session: AsyncSession, definitions: Iterable[Definition], asked: Asked) -> Numbers:
    """The terms of the definitions, and what every answer tells, in one snapshot if the transaction has one."""
    definitions = list(definitions)
    wanted = {asked.counted(term) for definition in definitions for term in definition.read}
    numbers = await read_terms(session, wanted | {terms.ACTIVE, terms.VILLAGES, terms.ACCEPTED}, asked)
    for definition in definitions:
        if isinstance(definition.denominator, Referred):
            numbers.references[definition.denominator] = await _looked_up(session, definition.denominator, asked)
    return numbers


async def read_terms(session: AsyncSession, wanted: Collection[Term], asked: Asked) -> Numbers:
    """The sums of cells for these terms as they are, under no filter but their own."""
    numbers = Numbers(asked, {term: {} for term in wanted})
    by_source: dict[tuple[object, Taken], list[Term]] = {}
    for term in sorted(wanted, key=lambda term: (term.measure, sorted(term.only or ()))):
        by_source.setdefault((term.group, term.taken), []).append(term)
    for source in by_source.values():
        rows = (await session.execute(_statement(source, asked))).all()
        for place, term in enumerate(source, 3):
            amounts = numbers.amounts[term]
            for row in rows:
                amounts[row[0], row[1], row[2]] = int(row[place] or 0)
            if term.taken is Taken.AT_END:
                _accumulate(amounts, len(asked.periods))
    return numbers


async def _looked_up(session: AsyncSession, referred: Referred, asked: Asked) -> dict[Key, Reference]:
    if referred.data is ReferenceData.POPULATION:
        people = await lookups.population(session, asked.regions, asked.periods)
        return {(region, period, ALL): told for (region, period), told in people.items()}
    found = await lookups.baselines(session, asked.regions, asked.periods, referred.unit)
    codes = referred.dimension.codes if referred.dimension else ()
    return {
        (region, period, ALL if kind is None else codes.index(kind)): told
        for (region, period, kind), told in found.items()
        if kind is None or kind in codes
    }


def _statement(source: Sequence[Term], asked: Asked) -> Select[Any]:
    """Sums by region, period and dimension; a stock's period is the first at whose end its change is seen."""
    first, group, taken = asked.periods[0], source[0].group, source[0].taken
    cells, length = group.table.c, LENGTH[first.kind]
    if taken is Taken.SUM:
        number = (cells.month - first.first) // length
        months: ColumnElement[bool] = cells.month.between(first.first, asked.periods[-1].last)
    else:
        number = func.greatest((cells.month - (first.last + 1 - length)) // length, 0)
        months = cells.month <= asked.periods[-1].last
    split = asked.by is not None and source[0].kept_by(asked.by)
    part: ColumnElement[int] = asked.by.place(cells.dimension) if asked.by and split else literal(ALL)
    # What is not limited is read from the rows that hold the sums, where they are kept, or what is none.
    kept = group.split and (asked.totalled or group.apart)
    whole = frozenset({ALL}) if kept and not split else None
    only = [whole if term.only is None else term.only for term in source]
    alike = len(set(only)) == 1  # then the condition on the rows says it for all
    sums = [
        _sum(cells[term.column(first.kind)], cells.dimension, None if alike else limit)
        for term, limit in zip(source, only, strict=True)
    ]
    statement = select(cells.region_key, number.label("number"), part.label("part"), *sums).where(
        cells.region_key == any_(literal(list(asked.regions), ARRAY(Integer))),
        months,
        cells.tree.in_([Tree.BOTH.value, asked.tree.value]),
    )
    if all(o is not None for o in only):
        statement = statement.where(cells.dimension.in_(sorted(frozenset().union(*(o for o in only if o)))))
    else:
        statement = statement.where(cells.dimension > ALL)
    # By the name: repeated as an expression, its parameters would count as others.
    return statement.group_by(cells.region_key, text("number"), *([text("part")] if split else []))


def _sum(column: ColumnElement[int], dimension: ColumnElement[int], only: Collection[int] | None) -> ColumnElement[int]:
    total = func.sum(column, type_=BigInteger)
    return total if only is None else total.filter(dimension.in_(sorted(only)))


def _accumulate(amounts: dict[Key, int], periods: int) -> None:
    """Turns changes of a stock into its level at the end of each period."""
    for region, dimension in {(place[0], place[2]) for place in amounts}:
        level = 0
        for period in range(periods):
            level += amounts.get((region, period, dimension), 0)
            amounts[region, period, dimension] = level


async def snapshot(session: AsyncSession) -> None:
    """Gives the request one snapshot, so that numerator, denominator and age belong together. Call it before any read."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


@dataclass(frozen=True, slots=True)
class Following:
    """A region change, by its number, and how many of the regions it touched the numbers follow already."""

    number: int
    followed: int
    regions: int


@dataclass(frozen=True, slots=True)
class Age:
    """How old an answer is, and by which tree of regions it was grouped.

    `tree_version` is the last region change that the numbers follow wholly, with all before it; 0: none yet. `follows`
    is the oldest newer one that was heard of.
    """

    as_of: datetime | None
    lag_seconds: float | None
    tree_version: int
    follows: Following | None


# Registry numbers the changes without gaps: where a number is missing, none of its events has arrived.
_HEARD = text("""
    SELECT coalesce(max(number), 0) AS newest, min(number) FILTER (WHERE behind) AS behind,
        min(place) FILTER (WHERE behind) - 1 AS whole
    FROM (
        SELECT number, place, number <> place OR followed < regions AS behind
        FROM (SELECT *, row_number() OVER (ORDER BY number) AS place FROM region_change) AS numbered
    ) AS heard
""")


async def age(session: AsyncSession, now: datetime) -> Age:
    """The age of what this transaction reads from here on: read it first, so that the numbers are at least that new."""
    as_of, lag = watermark.age(await watermark.reached(session), SOURCES, now)
    heard = (await session.execute(_HEARD)).one()
    if heard.behind is None:
        return Age(as_of, lag, heard.newest, None)
    c = region_change.c
    row = (await session.execute(select(c.number, c.followed, c.regions).where(c.number == heard.behind))).one()
    return Age(as_of, lag, heard.whole, Following(*row))
