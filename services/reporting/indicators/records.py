"""The records behind a number, page by page: what each gives to it and why, or why it was left out."""

import dataclasses
from collections.abc import Iterator
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.indicators import candidates, people_candidates, people_records, reasons
from services.reporting.indicators.candidates import Page
from services.reporting.indicators.contributions import Cell
from services.reporting.indicators.definition_schemas import Bilingual
from services.reporting.indicators.schemas import RecordOut
from services.reporting.regions import Place
from shared.auth import NATION, Principal
from shared.language import Text
from shared.pagination import PageQuery, paginate

ROUNDS = 40
"""Pages of candidates looked through for one page of records: an answer in bounded time, with a cursor to go on."""
ELSEWHERE = Text("kini di luar wilayah Anda", "lies outside of your area today")


class Records(StrEnum):
    """Which records are listed."""

    COUNTED = "counted"
    EXCLUDED = "excluded"


async def records_of(
    session: AsyncSession, cell: Cell, place: Place, page: PageQuery, records: Records, principal: Principal
) -> tuple[list[RecordOut], str | None]:
    """The first page of candidates, from the cursor on, that holds such a record."""
    following = page.cursor
    for _ in range(ROUNDS):
        turned = dataclasses.replace(page, cursor=following, count=False)
        items, following = await _turned(session, cell, place, turned, records, principal)
        if items or following is None:
            break
    if following is None and "Link" in page.response.headers:
        del page.response.headers["Link"]
    return items, following


async def _turned(
    session: AsyncSession, cell: Cell, place: Place, page: PageQuery, records: Records, principal: Principal
) -> tuple[list[RecordOut], str | None]:
    """Those of one page of candidates that are listed."""
    if cell.term.group in people_candidates.GROUPS:
        counted = records is Records.COUNTED
        return await people_records.turned(
            session, cell, place, page, principal, counted=counted, elsewhere=ELSEWHERE
        )  # fmt: skip
    statement, order = candidates.of(cell.term, place, cell.period)
    rows, following, _ = await paginate(session, statement, order, page)
    found = await candidates.page(session, cell.term, rows)
    return [_record(found, *chosen, principal) for chosen in _chosen(rows, found, cell, records)], following


def _chosen(rows: list[Any], page: Page, cell: Cell, records: Records) -> Iterator[tuple[UUID, int, Text]]:
    """The records that are listed: id, amount, why."""
    for row in rows:
        amount = cell.of(row.id, page)
        if records is Records.COUNTED and amount:
            yield row.id, amount, reasons.counted(row.id, page, cell)
        elif records is Records.EXCLUDED and not amount:
            why = reasons.excluded(row.id, page, cell)
            if why is not None:
                yield row.id, 0, why


def _record(page: Page, subject: UUID, amount: int, why: Text, principal: Principal) -> RecordOut:
    """A record as it is told. What lies outside the caller's area today tells its amount only, though it once lay inside.

    What lies in a village that has not arrived here lies nowhere yet: in the nation's area alone.
    """
    name: str | None
    if subject in page.activities:
        activity = page.activities[subject]
        noun, name, village = "activity", activity.title, activity.village_id
    elif subject in page.institutions:
        institution = page.institutions[subject]
        noun, name, village = "institution", institution.name, institution.seats[-1].village_id
    elif subject in page.values:
        value = page.values[subject]
        inside = (each for each in value.village_ids if principal.covers(page.codes.get(each) or NATION))
        noun, name, village = "cultural-value", value.name, next(inside, value.village_ids[0])
    else:
        noun, name, village = "village", page.village_states[subject].name, subject
    code = page.codes.get(village)
    outside = not principal.covers(code or NATION)
    if outside:
        name, code, why = None, None, ELSEWHERE
    return RecordOut(
        id=subject, noun=noun, name=name, village=code, outside_your_area=outside, amount=amount, why=Bilingual.of(why)
    )
