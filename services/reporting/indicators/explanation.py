"""Why a number is what it is: its formula with its numbers, and the records behind it, page by page."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting import regions, waiting
from services.reporting.indicators import (
    candidates,
    parameters,
    people_candidates,
    people_records,
    queries,
    reasons,
    values,
)
from services.reporting.indicators.candidates import Page
from services.reporting.indicators.contributions import Cell
from services.reporting.indicators.definition_schemas import Bilingual
from services.reporting.indicators.definitions import Definition, Only, ReferenceData, Referred, Term
from services.reporting.indicators.filters import Filtered
from services.reporting.indicators.parameters import TreeChoice
from services.reporting.indicators.queries import Asked
from services.reporting.indicators.schemas import ExplanationOut, RecordOut, RegionOut, amounts, dated
from services.reporting.indicators.values import Reason, Result
from services.reporting.periods import Period, last_day
from services.reporting.reference.lookups import Reference
from services.reporting.regions import Place
from services.reporting.rights import IndicatorReader
from services.reporting.waiting import AtLeast
from shared import edge
from shared.auth import NATION, Principal, demand
from shared.language import Text
from shared.pagination import PageParameters, PageQuery, paginate
from shared.problems import BadRequest, Fault

router = APIRouter(prefix="/v1", tags=["indicators"], route_class=edge.Route)

ROUNDS = 40
"""Pages of candidates looked through for one page of records: an answer in bounded time, with a cursor to go on."""
ELSEWHERE = Text("kini di luar wilayah Anda", "lies outside of your area today")


class Part(StrEnum):
    """Which of the two integers is explained."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


class Records(StrEnum):
    """Which records are listed."""

    COUNTED = "counted"
    EXCLUDED = "excluded"


class CountNotOffered(BadRequest):
    slug = "count-not-offered"
    title = Text("Daftar ini tidak dihitung", "This list is not counted")


@dataclass(frozen=True, slots=True)
class Question:
    """Which number is explained, and which of its records are listed."""

    definition: Definition
    region: str
    period: Period
    only: Only
    tree: TreeChoice
    part: Part
    records: Records
    statistics_from: int


async def _question(
    request: Request,
    code: parameters.Code,
    region: parameters.RegionCode,
    period: parameters.OnePeriod,
    filters: Filtered,
    part: Annotated[Part, Query(description="Which integer.", examples=["numerator"])] = Part.NUMERATOR,
    records: Annotated[
        Records,
        Query(description="`counted`: their amounts add up to the integer; `excluded`: what was left out and why."),
    ] = Records.COUNTED,
    tree: parameters.ChosenTree = TreeChoice.AS_WAS,
) -> Question:
    definition = parameters.counted(parameters.definition(code), filters)
    first = Period.parse(request.app.state.settings.statistics_from).first
    wanted = parameters.period(period, first)
    return Question(
        definition, region, wanted, parameters.only(definition, filters), tree, part, records, first
    )  # fmt: skip


@router.get(
    "/indicators/{code}/explanation",
    summary="The records behind a number",
    response_model=ExplanationOut,
    responses=waiting.RESPONSES,
)
async def explain_value(
    session: edge.Session,
    principal: IndicatorReader,
    now: edge.Now,
    page: PageParameters,
    question: Annotated[Question, Depends(_question)],
    awaited: AtLeast,
) -> ExplanationOut | JSONResponse:
    """Records are ordered by id. A page may hold fewer than `limit`, even none: go on while there is a `next`.

    A number that cannot be told (`series_break`) has no records. Those behind a number over people are ids, and need the
    rights that the indicator's definition names.
    """
    if page.count:
        raise CountNotOffered(errors=[_count_not_offered()])
    if awaited.missing:
        return awaited.answer()
    await queries.snapshot(session)
    place = await regions.find(session, principal, question.region)
    parameters.refuse_kinds_of_few(principal, place, question.only, None)
    age = await queries.age(session, now)
    definition = question.definition
    explained = definition.denominator if question.part is Part.DENOMINATOR else definition.numerator
    if isinstance(explained, Term):
        for right in sorted(definition.rights):
            demand(principal, right)
    asked = Asked.about([place], [question.period], question.tree.tree, question.only)
    numbers = await queries.read(session, [definition], asked)
    result, status = values.told(definition, place, numbers, 0, now)
    items: list[RecordOut] = []
    following = None
    if isinstance(explained, Referred):
        found = numbers.reference(explained, place.key, 0)
        items = [_reference(explained, found)] if found and question.records is Records.COUNTED else []
    elif result.reason is not Reason.SERIES_BREAK:
        term = asked.narrowed(explained)
        cell = people_records.cell_of(
            Cell(term, place.key, question.period, question.tree.tree, question.statistics_from)
        )  # fmt: skip
        items, following = await _records(session, cell, place, page, question.records, principal)
    return ExplanationOut(
        indicator=definition.code, definition_version=definition.version, region=RegionOut.of(place),
        period=str(question.period), formula=Bilingual.of(_formula(definition, result, place)), part=question.part.value,
        counted=definition.counted, records=question.records.value, items=items, next=following,
        **amounts(result, status), **dated(age, question.tree),
    )  # fmt: skip


def _count_not_offered() -> Fault:
    return Fault(
        "count-not-offered",
        Text("Daftar catatan tidak dihitung.", "The list of records is not counted."),
        Text(
            "Hapus `count`; pembilang dan penyebut ada di jawaban.",
            "Leave `count` out; the integers are in the answer.",
        ),
        parameter="count",
    )


def _formula(definition: Definition, result: Result, place: Place) -> Text:
    if result.reason is Reason.SERIES_BREAK:
        since = place.comparable_from
        return Text(
            f"tidak ada nilai: {place.name} dalam bentuk sekarang baru ada sejak {since} ({result.reason})",
            f"no value: {place.name} as it is today has only existed since {since} ({result.reason})",
        )
    factor = f"{definition.multiplier} × " if definition.multiplier != 1 else ""
    divisor = "?" if result.denominator is None else result.denominator
    left = f"{factor}{result.numerator} ÷ {divisor}"
    if result.value is None:
        return Text(f"{left}: tidak ada nilai ({result.reason})", f"{left}: no value ({result.reason})")
    written = f"{result.value:.2f}"
    return Text(
        f"{left} = {written.replace('.', ',')} {definition.unit.id}", f"{left} = {written} {definition.unit.en}"
    )


def _reference(referred: Referred, found: Reference) -> RecordOut:
    """What was looked up, as a record: its amount, which day it is of, and who published it."""
    if referred.data is ReferenceData.POPULATION:
        day = last_day(found.year * 12 + found.month - 1)
        why = Text(f"penduduk pada {day} menurut {found.source}", f"inhabitants on {day} by {found.source}")
    else:
        why = Text(
            f"PPKS tercatat pada awal {found.year} menurut {found.source}",
            f"PPKS on record at the start of {found.year} by {found.source}",
        )
    return RecordOut(
        id=found.id, noun=referred.data.value, name=found.source, village=None, outside_your_area=False,
        amount=found.amount, why=Bilingual.of(why),
    )  # fmt: skip


async def _records(
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
