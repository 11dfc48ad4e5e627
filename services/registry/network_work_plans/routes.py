"""Networks' work plans over HTTP: one per year."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from sqlalchemy import select

from services.registry.network_work_plans import service
from services.registry.network_work_plans.models import NetworkWorkPlan
from services.registry.network_work_plans.schemas import WorkPlanIn, WorkPlanOut, WorkPlanPatch
from services.registry.networks import queries as networks
from services.registry.networks.models import Network
from services.registry.rights import Reader, Registrar
from shared import audit, edge, records
from shared.history import HistoryEntry
from shared.pagination import Order, Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, etag

router = APIRouter(prefix="/v1/networks/{id}/work-plans", tags=["network work plans"], route_class=edge.Route)
Year = Annotated[int, Path(ge=1990, le=2100, description="Calendar year.", examples=[2026])]
_columns = NetworkWorkPlan.__table__.c
BY_YEAR = Order([_columns.year], descending=True)


@router.post("", status_code=201, summary="Make a network's work plan for a year")
async def make_work_plan(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, id: UUID, body: WorkPlanIn
) -> WorkPlanOut:
    """What it means to do, for whom, in which months, and with which money. Not published."""
    plan = await service.make(session, id, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/networks/{id}/work-plans/{plan.year}"
    return _answer(response, plan)


@router.get("", summary="List a network's work plans")
async def list_work_plans(session: edge.Session, principal: Reader, page: PageParameters, id: UUID) -> Page[WorkPlanOut]:  # fmt: skip
    """The newest year first."""
    await records.refuse_invisible(session, Network, id, networks.visible(principal))
    statement = select(NetworkWorkPlan).where(_columns.network_id == id)
    rows, following, count = await paginate(session, statement, BY_YEAR, page)
    return Page(items=[_out(row[0]) for row in rows], next=following, count=count)


@router.get("/{year}", summary="Read a network's work plan")
async def read_work_plan(session: edge.Session, principal: Reader, response: Response, id: UUID, year: Year) -> WorkPlanOut:  # fmt: skip
    """The plan of one year."""
    await records.refuse_invisible(session, Network, id, networks.visible(principal))
    return _answer(response, await service.read(session, id, year))


@router.patch("/{year}", summary="Change a network's work plan")
async def change_work_plan(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    year: Year, patch: Annotated[WorkPlanPatch, Body(media_type=MERGE_PATCH)],
) -> WorkPlanOut:  # fmt: skip
    """`items` replaces the whole list; what it was stays in the history."""
    plan = await service.change(session, id, year, patch, by=principal, precondition=precondition, now=now)
    return _answer(response, plan)


@router.get("/{year}/history", summary="What happened to a network's work plan")
async def read_work_plan_history(session: edge.Session, principal: Reader, id: UUID, year: Year) -> list[HistoryEntry]:  # fmt: skip
    """Every step, oldest first: what, when, by whom, and which items it changed."""
    await records.refuse_invisible(session, Network, id, networks.visible(principal))
    plan = await service.read(session, id, year)
    return await audit.history(session, "network_work_plan", plan.id)


def _answer(response: Response, plan: NetworkWorkPlan) -> WorkPlanOut:
    response.headers["ETag"] = etag(plan.sequence)
    return _out(plan)


def _out(plan: NetworkWorkPlan) -> WorkPlanOut:
    return WorkPlanOut(
        network_id=plan.network_id,
        year=plan.year,
        sequence=plan.sequence,
        items=service.content(plan).items,
        budget_total=sum(budget.amount for item in plan.items for budget in item.budget),
        registered_at=plan.registered_at,
        changed_at=plan.changed_at,
    )
