"""Indicators over HTTP: definitions for everybody, values and profiles for those in whose areas they lie."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from services.reporting import regions, waiting
from services.reporting.indicators import catalogue, parameters, period_parameters, queries, values
from services.reporting.indicators.definition_schemas import Bilingual, DefinitionList, DefinitionOut
from services.reporting.indicators.definitions import Definition, Dimension
from services.reporting.indicators.filters import Filtered
from services.reporting.indicators.parameters import TreeChoice
from services.reporting.indicators.queries import Asked, Numbers
from services.reporting.indicators.schemas import (
    ProfileOut,
    ProfileValueOut,
    RegionOut,
    ValueOut,
    ValuesOut,
    amounts,
    dated,
)
from services.reporting.measures import ALL
from services.reporting.periods import Period
from services.reporting.regions import Place
from services.reporting.rights import Anyone, IndicatorReader
from services.reporting.waiting import AtLeast
from shared import edge
from shared.pagination import PageParameters

router = APIRouter(prefix="/v1", tags=["indicators"], route_class=edge.Route)


@router.get("/indicators", summary="Definitions of all indicators")
async def list_indicators(_: Anyone) -> DefinitionList:
    """Open to all. The current version of each."""
    return DefinitionList(items=[DefinitionOut.of(each) for each in catalogue.CURRENT.values()])


@router.get("/indicators/{code}", summary="Definition of one indicator")
async def read_indicator(_: Anyone, code: parameters.Code) -> DefinitionOut:
    """Open to all. The current version."""
    return DefinitionOut.of(parameters.definition(code))


@router.get("/indicators/{code}/versions", summary="Every version of a definition")
async def list_indicator_versions(_: Anyone, code: parameters.Code) -> DefinitionList:
    """Open to all. Oldest first; the last one is current."""
    versions = catalogue.VERSIONS[parameters.definition(code).code]
    return DefinitionList(items=[DefinitionOut.of(each) for each in versions])


@router.get(
    "/indicators/{code}/values",
    summary="Values: one region, its children, or a series",
    response_model=ValuesOut,
    responses=waiting.RESPONSES,
)
async def read_values(
    request: Request,
    session: edge.Session,
    principal: IndicatorReader,
    now: edge.Now,
    page: PageParameters,
    awaited: AtLeast,
    code: parameters.Code,
    region: parameters.RegionCode,
    period: period_parameters.PeriodText,
    filters: Filtered,
    children: Annotated[
        bool, Query(description="The regions directly below, in pages, instead of the region.")
    ] = False,
    by: parameters.Breakdown = None,
    tree: parameters.ChosenTree = TreeChoice.AS_WAS,
) -> ValuesOut | JSONResponse:
    """Numerator, denominator and value of each region and period asked, within the caller's areas."""
    definition = parameters.counted(parameters.definition(code), filters)
    periods = period_parameters.series(period, _statistics_from(request))
    only = parameters.only(definition, filters)
    parameters.allow(definition, by, "by")
    if awaited.missing:
        return awaited.answer()
    await queries.snapshot(session)
    place = await regions.find(session, principal, region)
    parameters.refuse_kinds_of_few(principal, place, only, by, children=children)
    age = await queries.age(session, now)
    places, following, count = [place], None, None
    if children:
        places, following, count = await regions.children(session, place, page)
    parameters.refuse_too_many(len(places), len(periods), len(by.codes) if by else 1)
    numbers = await queries.read(session, [definition], Asked.about(places, periods, tree.tree, only, by))
    items = [item for place in places for item in _values(definition, place, numbers, tree, now)]
    return ValuesOut(
        indicator=definition.code, definition_version=definition.version, items=items, next=following, count=count,
        **dated(age, tree),
    )  # fmt: skip


@router.get(
    "/profiles/{region}",
    summary="All indicators of a region",
    response_model=ProfileOut,
    responses=waiting.RESPONSES,
)
async def read_profile(
    request: Request,
    session: edge.Session,
    principal: IndicatorReader,
    now: edge.Now,
    awaited: AtLeast,
    region: Annotated[str, Path(description="Kemendagri code; `ID` for the nation.", examples=["32.04"])],
    period: period_parameters.OnePeriod,
    tree: parameters.ChosenTree = TreeChoice.AS_WAS,
) -> ProfileOut | JSONResponse:
    """Every indicator of one region and period, read in one snapshot."""
    wanted = period_parameters.one(period, _statistics_from(request))
    if awaited.missing:
        return awaited.answer()
    await queries.snapshot(session)
    place = await regions.find(session, principal, region, in_path=True)
    age = await queries.age(session, now)
    definitions = list(catalogue.CURRENT.values())
    numbers = await queries.read(session, definitions, Asked.about([place], [wanted], tree.tree))
    named = RegionOut.of(place)
    items = [
        ProfileValueOut(
            indicator=each.code, definition_version=each.version, region=named, period=str(wanted), tree=tree, part=None,
            counted=each.counted, name=Bilingual.of(each.name), unit=Bilingual.of(each.unit),
            **amounts(*values.told(each, place, numbers, 0, now)),
        )
        for each in definitions
    ]  # fmt: skip
    return ProfileOut(region=named, period=str(wanted), items=items, **dated(age, tree))


def _statistics_from(request: Request) -> int:
    return Period.parse(request.app.state.settings.statistics_from).first


def _values(
    definition: Definition, place: Place, numbers: Numbers, tree: TreeChoice, now: datetime
) -> Iterator[ValueOut]:
    region = RegionOut.of(place)
    for number, period in enumerate(numbers.asked.periods):
        for part, dimension in _parts(numbers.asked.by):
            result, status = values.told(definition, place, numbers, number, now, dimension)
            if part is not None and _empty(definition, result):
                continue
            yield ValueOut(
                indicator=definition.code, definition_version=definition.version, region=region, period=str(period),
                tree=tree, part=part, counted=definition.counted, **amounts(result, status),
            )  # fmt: skip


def _parts(by: Dimension | None) -> Sequence[tuple[str | None, int]]:
    return [(None, ALL)] if by is None else [(str(code), number) for number, code in enumerate(by.codes)]


def _empty(definition: Definition, result: values.Result) -> bool:
    """Whether a kind or type has nothing here: it is left out of a breakdown."""
    return not result.numerator and (definition.always_divided or not result.denominator)
