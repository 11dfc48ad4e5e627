"""Why a number is what it is: its formula with its numbers, and the records behind it, page by page."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from services.reporting import regions, waiting
from services.reporting.indicators import (
    parameters,
    people_records,
    period_parameters,
    queries,
    values,
)
from services.reporting.indicators.contributions import Cell
from services.reporting.indicators.definition_schemas import Bilingual
from services.reporting.indicators.definitions import Definition, Only, ReferenceData, Referred, Term
from services.reporting.indicators.filters import Filtered
from services.reporting.indicators.parameters import TreeChoice
from services.reporting.indicators.queries import Asked
from services.reporting.indicators.records import Records, records_of
from services.reporting.indicators.schemas import ExplanationOut, RecordOut, RegionOut, amounts, dated
from services.reporting.indicators.values import Reason, Result
from services.reporting.periods import Period, last_day
from services.reporting.reference.lookups import Reference
from services.reporting.regions import Place
from services.reporting.rights import IndicatorReader
from services.reporting.waiting import AtLeast
from shared import edge
from shared.auth import demand
from shared.language import Text
from shared.pagination import PageParameters
from shared.problems import BadRequest, Fault

router = APIRouter(prefix="/v1", tags=["indicators"], route_class=edge.Route)


class Part(StrEnum):
    """Which of the two integers is explained."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"


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
    period: period_parameters.OnePeriod,
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
    wanted = period_parameters.one(period, first)
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
        items, following = await records_of(session, cell, place, page, question.records, principal)
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
