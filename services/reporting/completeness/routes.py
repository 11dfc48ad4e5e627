"""Completeness over HTTP: how many villages reported, in time, accepted, in a period and in each of its months."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from services.reporting import regions, waiting
from services.reporting.completeness.schemas import CompletenessItemOut, CompletenessOut, MonthOut
from services.reporting.indicators import parameters, period_parameters, queries, values
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.parameters import TreeChoice
from services.reporting.indicators.queries import Asked, Numbers
from services.reporting.indicators.schemas import RegionOut, dated
from services.reporting.periods import Period, PeriodKind
from services.reporting.regions import Place
from services.reporting.rights import IndicatorReader
from services.reporting.waiting import AtLeast
from shared import clock, edge
from shared.pagination import PageParameters

router = APIRouter(prefix="/v1/completeness", tags=["indicators"], route_class=edge.Route)

TERMS = {"villages": terms.VILLAGES, "reported": terms.REPORTED, "accepted": terms.ACCEPTED, "in_time": terms.IN_TIME}


@router.get("", summary="Which villages reported", response_model=CompletenessOut, responses=waiting.RESPONSES)
async def read_completeness(
    request: Request,
    session: edge.Session,
    principal: IndicatorReader,
    now: edge.Now,
    page: PageParameters,
    awaited: AtLeast,
    region: parameters.RegionCode,
    period: period_parameters.OnePeriod,
    children: Annotated[
        bool, Query(description="The regions directly below, in pages, instead of the region.")
    ] = False,
    tree: parameters.ChosenTree = TreeChoice.AS_WAS,
) -> CompletenessOut | JSONResponse:
    """Of a region within the caller's areas. A village that handed in its month without any activity has reported."""
    wanted = period_parameters.one(period, Period.parse(request.app.state.settings.statistics_from).first)
    if awaited.missing:
        return awaited.answer()
    await queries.snapshot(session)
    place = await regions.find(session, principal, region)
    age = await queries.age(session, now)
    places, following, count = [place], None, None
    if children:
        places, following, count = await regions.children(session, place, page)
    months = [Period(month, PeriodKind.MONTH) for month in range(wanted.first, wanted.last + 1)]
    whole, by_month = [
        await queries.read_terms(session, TERMS.values(), Asked.about(places, asked, tree.tree))
        for asked in ([wanted], months)
    ]
    items = [
        CompletenessItemOut(
            region=RegionOut.of(each), period=str(wanted),
            status=values.status(wanted, clock.local_date(now, each.time_zone)), **_counts(whole, each, 0),
            months=[MonthOut(period=str(month), **_counts(by_month, each, number)) for number, month in enumerate(months)],
        )
        for each in places
    ]  # fmt: skip
    return CompletenessOut(items=items, next=following, count=count, **dated(age, tree))


def _counts(numbers: Numbers, place: Place, period: int) -> dict[str, Any]:
    found = {name: numbers.of(term, place.key, period) for name, term in TERMS.items()}
    shares = {
        name: values.hundredths(100 * found[of], found["villages"]) / 100 if found["villages"] else None
        for name, of in (("coverage", "accepted"), ("timeliness", "in_time"))
    }
    return {**found, **shares}
