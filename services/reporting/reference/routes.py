"""Reference data over HTTP: populations and PPKS baselines told, one or many at once, read, listed, with every revision."""

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting import regions
from services.reporting.reference import keeping, queries
from services.reporting.reference.fields import PopulationIn, PpksBaselineIn, Told
from services.reporting.reference.keeping import Fate
from services.reporting.reference.models import population, ppks_baseline
from services.reporting.reference.schemas import (
    FaultOut,
    LoadIn,
    LoadOut,
    PopulationOut,
    PpksBaselineOut,
    RowOut,
    region_out,
)
from services.reporting.rights import IndicatorReader, ReferenceKeeper
from shared import edge
from shared.auth import Principal
from shared.codes import BeneficiaryUnit, PpksKind
from shared.language import Text, preferred
from shared.openapi.document import NO_RECORD
from shared.pagination import Order, Page, PageParameters, paginate
from shared.problems import Conflict, InvalidPayload

router = APIRouter(prefix="/v1", tags=["reference data"], route_class=edge.Route)

RegionFilter = Annotated[
    str | None,
    Query(max_length=40, description="Only of this region and those below it.", examples=["32"]),
]  # fmt: skip
YearFilter = Annotated[int | None, Query(ge=1900, le=2100, description="Only of this year.", examples=[2024])]
History = Annotated[bool, Query(description="Also the revisions that newer ones took the place of.")]


class BaselineFrozen(Conflict):
    slug = keeping.FROZEN
    title = Text("Data dasar tahun ini sudah dibekukan", "The baseline of this year is frozen")


@router.post(
    "/populations",
    status_code=201,
    summary="Tell a region's population",
    responses={200: {"model": PopulationOut, **NO_RECORD}, 201: NO_RECORD},
)
async def record_population(
    session: edge.Session, principal: ReferenceKeeper, now: edge.Now, response: Response, body: PopulationIn
) -> PopulationOut:
    """Of a region of your area. Another amount for the same month is a correction: the old one stays readable. 200 for what
    was told already.
    """
    outcome = await _noted(session, population, body, principal, now, response)
    return _population(await queries.one(session, population, principal, outcome))


@router.post("/populations/loads", summary="Tell many populations at once", responses={200: NO_RECORD})
async def load_populations(
    request: Request, session: edge.Session, principal: ReferenceKeeper, now: edge.Now, body: LoadIn
) -> LoadOut:
    """Up to 1000 rows. Each has its own fate: those that are wrong are named and left out, the others are kept."""
    return await _loaded(request, session, population, PopulationIn, body, principal, now)


@router.get("/populations", summary="List populations")
async def list_populations(
    session: edge.Session, principal: IndicatorReader, page: PageParameters, region: RegionFilter = None,
    year: YearFilter = None, history: History = False,
) -> Page[PopulationOut]:  # fmt: skip
    """Of your areas, by region code and year: the revisions that hold."""
    area = (await regions.find(session, principal, region)).code if region else None
    statement = queries.narrowed(
        queries.revisions(population, principal), population, area=area, history=history, year=year
    )
    rows, following, count = await paginate(session, statement, queries.by_region(population), page)
    return Page(items=[_population(row) for row in rows], next=following, count=count)


@router.get("/populations/{id}", summary="Read one population")
async def read_population(session: edge.Session, principal: IndicatorReader, id: UUID) -> PopulationOut:
    """One revision, whether or not it still holds."""
    return _population(await queries.one(session, population, principal, id))


@router.get("/populations/{id}/history", summary="Every revision of one population")
async def list_population_history(
    session: edge.Session, principal: IndicatorReader, page: PageParameters, id: UUID
) -> Page[PopulationOut]:
    """All that was told of the same region and month, oldest first: by whom, when and why."""
    rows, following, count = await _history(session, population, principal, page, id)
    return Page(items=[_population(row) for row in rows], next=following, count=count)


@router.post(
    "/ppks-baselines",
    status_code=201,
    summary="Tell a region's PPKS on record",
    responses={200: {"model": PpksBaselineOut, **NO_RECORD}, 201: NO_RECORD},
)
async def record_ppks_baseline(
    session: edge.Session, principal: ReferenceKeeper, now: edge.Now, response: Response, body: PpksBaselineIn
) -> PpksBaselineOut:
    """At the start of a year, in your area. It is frozen: another for the same year, kind and unit needs a `reason`, and
    the first stays readable. 200 for what was told already.
    """
    outcome = await _noted(session, ppks_baseline, body, principal, now, response)
    return _baseline(await queries.one(session, ppks_baseline, principal, outcome))


@router.post("/ppks-baselines/loads", summary="Tell many PPKS baselines at once", responses={200: NO_RECORD})
async def load_ppks_baselines(
    request: Request, session: edge.Session, principal: ReferenceKeeper, now: edge.Now, body: LoadIn
) -> LoadOut:
    """Up to 1000 rows. Each has its own fate: those that are wrong are named and left out, the others are kept."""
    return await _loaded(request, session, ppks_baseline, PpksBaselineIn, body, principal, now)


@router.get("/ppks-baselines", summary="List PPKS baselines")
async def list_ppks_baselines(
    session: edge.Session, principal: IndicatorReader, page: PageParameters, region: RegionFilter = None,
    year: YearFilter = None,
    kind: Annotated[PpksKind | None, Query(description="Only of this kind.", examples=["LUT"])] = None,
    unit: Annotated[BeneficiaryUnit | None, Query(description="Only of this unit.", examples=["keluarga"])] = None,
    history: History = False,
) -> Page[PpksBaselineOut]:  # fmt: skip
    """Of your areas, by region code and year: the revisions that hold."""
    area = (await regions.find(session, principal, region)).code if region else None
    statement = queries.narrowed(
        queries.revisions(ppks_baseline, principal), ppks_baseline, area=area, history=history, year=year, kind=kind,
        unit=unit,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.by_region(ppks_baseline), page)
    return Page(items=[_baseline(row) for row in rows], next=following, count=count)


@router.get("/ppks-baselines/{id}", summary="Read one PPKS baseline")
async def read_ppks_baseline(session: edge.Session, principal: IndicatorReader, id: UUID) -> PpksBaselineOut:
    """One revision, whether or not it still holds."""
    return _baseline(await queries.one(session, ppks_baseline, principal, id))


@router.get("/ppks-baselines/{id}/history", summary="Every revision of one PPKS baseline")
async def list_ppks_baseline_history(
    session: edge.Session, principal: IndicatorReader, page: PageParameters, id: UUID
) -> Page[PpksBaselineOut]:
    """All that was told of the same region, year, kind and unit, oldest first: by whom, when and why."""
    rows, following, count = await _history(session, ppks_baseline, principal, page, id)
    return Page(items=[_baseline(row) for row in rows], next=following, count=count)


async def _noted(session: AsyncSession, table: Table, body: Told, by: Principal, now: Any, response: Response) -> UUID:
    """Notes one row; its revision's id. Raises InvalidPayload, BaselineFrozen."""
    (outcome,) = await keeping.note(session, table, [body], by=by, now=now)
    if outcome.id is None:
        frozen = any(fault.code == keeping.FROZEN for fault in outcome.faults)
        raise (BaselineFrozen if frozen else InvalidPayload)(errors=list(outcome.faults))
    if outcome.fate is Fate.UNCHANGED:
        response.status_code = 200
    response.headers["Location"] = f"/v1/{table.name.replace('_', '-')}s/{outcome.id}"
    return outcome.id


async def _loaded(
    request: Request, session: AsyncSession, table: Table, kind: type[Told], body: LoadIn, by: Principal, now: Any
) -> LoadOut:
    outcomes = await keeping.read_and_note(session, table, kind, body.rows, by=by, now=now)
    language = preferred(request.headers.get("accept-language"))
    fates = Counter(outcome.fate for outcome in outcomes)
    return LoadOut(
        created=fates[Fate.CREATED], changed=fates[Fate.CHANGED], unchanged=fates[Fate.UNCHANGED],
        rejected=fates[Fate.REJECTED],
        rows=[
            RowOut(row=number, fate=outcome.fate, id=outcome.id,
                   errors=[FaultOut.model_validate(fault.render(language)) for fault in outcome.faults])
            for number, outcome in enumerate(outcomes, 1)
        ],
    )  # fmt: skip


async def _history(
    session: AsyncSession, table: Table, principal: Principal, page: PageParameters, id: UUID
) -> tuple[list[Any], str | None, int | None]:
    row = await queries.one(session, table, principal, id)
    statement = queries.alike(queries.revisions(table, principal), table, row)
    return await paginate(session, statement, Order([table.c.revision]), page)


def _population(row: Any) -> PopulationOut:
    return PopulationOut(**_told(row), month=row.month, people=row.amount)


def _baseline(row: Any) -> PpksBaselineOut:
    return PpksBaselineOut(**_told(row), kind=row.kind, unit=row.unit, count=row.amount)


def _told(row: Any) -> dict[str, Any]:
    return {
        "region": region_out(row),
        **{
            name: getattr(row, name)
            for name in ("id", "year", "source", "reason", "revision", "current", "recorded_by", "recorded_at")
        },
    }
