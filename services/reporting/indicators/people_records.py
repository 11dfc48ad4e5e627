"""The people, families and communities behind a number, by their ids, with the facts that make them count."""

import dataclasses
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.indicators import people_candidates, people_reasons
from services.reporting.indicators.contributions import Cell
from services.reporting.indicators.definition_schemas import Bilingual
from services.reporting.indicators.people_candidates import Page
from services.reporting.indicators.schemas import RecordOut
from services.reporting.measures import ALL
from services.reporting.regions import Place
from shared.auth import NATION, Principal
from shared.language import Text
from shared.pagination import PageQuery, paginate

NOUNS = ("person", "family", "community")


def cell_of(cell: Cell) -> Cell:
    """The number that is explained: of what is no sum over a dimension, the row that holds the whole."""
    if cell.term.group.apart and cell.term.only is None:
        return dataclasses.replace(cell, term=dataclasses.replace(cell.term, only=frozenset({ALL})))
    return cell


async def turned(
    session: AsyncSession, cell: Cell, place: Place, page: PageQuery, principal: Principal, *, counted: bool,
    elsewhere: Text,
) -> tuple[list[RecordOut], str | None]:  # fmt: skip
    """One page of candidates, of which those are listed that are counted, or those that are not."""
    statement, order = people_candidates.of(cell.term, place, cell.period)
    rows, following, _ = await paginate(session, statement, order, page)
    found = await people_candidates.page(session, cell, rows)

    def covers(village: UUID) -> bool:
        """Whether it lies in the caller's area today; one that has not arrived lies in the nation's alone."""
        return principal.covers(found.codes.get(village) or NATION)

    items = [
        _record(found, row, amount, why, [each for each in places if covers(each)], elsewhere)
        for row, amount, why, places in _chosen(rows, found, cell, covers, counted=counted)
    ]
    return items, following


def _chosen(
    rows: list[Any], page: Page, cell: Cell, covers: people_reasons.Covers, *, counted: bool
) -> Iterator[tuple[Any, int, Text, list[UUID]]]:
    for row in rows:
        amount = page.amount(row.key, cell)
        if counted and amount:
            yield row, amount, *people_reasons.counted(row.key, page, cell, covers)
        elif not counted and not amount:
            why = people_reasons.excluded(row.key, page, cell, covers)
            if why is not None:
                yield row, 0, *why


def _record(page: Page, row: Any, amount: int, why: Text, inside: list[UUID], elsewhere: Text) -> RecordOut:
    """Somebody as they are told. Where all that makes them count lies outside of the caller's area today, only the amount."""
    known = [page.codes[each] for each in inside if each in page.codes]
    outside = not known
    return RecordOut(
        id=row.id, noun=NOUNS[row.unit], name=None, village=None if outside else known[0], outside_your_area=outside,
        amount=amount, why=Bilingual.of(elsewhere if outside else why),
    )  # fmt: skip
