"""The work queue and the reminders over HTTP."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Select

from services.registry.parameters import Area, area_code
from services.registry.rights import Reader
from services.registry.work_queue.expiring import expiring
from services.registry.work_queue.schemas import ReminderKind, ReminderOut, Task, WorkItemOut, WorkKind
from services.registry.work_queue.waiting import waiting
from shared import edge
from shared.clock import local_date
from shared.pagination import Order, Page, PageParameters, paginate

router = APIRouter(prefix="/v1", tags=["work queue"], route_class=edge.Route)
TODAY_IN = "Asia/Jakarta"
"""Reminders of all places stand in one list: its day is the capital's, at most two hours behind another's."""


@router.get("/work-items", summary="List what waits for you")
async def list_work_items(
    session: edge.Session,
    principal: Reader,
    now: edge.Now,
    page: PageParameters,
    kind: Annotated[WorkKind | None, Query(description="Only this kind of record.", examples=["institution"])] = None,
    task: Annotated[Task | None, Query(description="Only what waits for this.", examples=["review"])] = None,
) -> Page[WorkItemOut]:
    """What you may review, verify, legalise or apply, in your area and not written by yourself; and what you wrote and
    was returned to you. What waits longest stands first."""
    statement = waiting(principal, kind, task)
    rows, following, count = await paginate(session, statement, _by(statement, "since"), page)
    items = [WorkItemOut(**_named(row, WorkItemOut), age_days=(now - row.since).days) for row in rows]
    return Page(items=items, next=following, count=count)


@router.get("/reminders", summary="List what runs out")
async def list_reminders(
    session: edge.Session,
    principal: Reader,
    now: edge.Now,
    page: PageParameters,
    within: Annotated[int, Query(ge=1, le=366, description="What runs out in so many days from today.")] = 90,
    region: Area = None,
    kind: Annotated[ReminderKind | None, Query(description="Only this kind.", examples=["document"])] = None,
) -> Page[ReminderOut]:
    """Documents, terms, legalisations and partnerships that run out, and facilities whose check gets older than 12 months,
    in your area; also what has run out in the last 90 days. What something newer of its kind follows is left out, and so
    is what belongs to closed institutions and ended networks. By day."""
    today = local_date(now, TODAY_IN)
    code = await area_code(session, region) if region else None
    statement = expiring(principal, today, timedelta(days=within), code, kind)
    rows, following, count = await paginate(session, statement, _by(statement, "due_on"), page)
    items = [ReminderOut(**_named(row, ReminderOut), days_left=(row.due_on - today).days) for row in rows]
    return Page(items=items, next=following, count=count)


def _by(statement: Select[Any], name: str) -> Order:
    columns = statement.selected_columns
    return Order([columns[name], columns["id"]])


def _named(row: Any, model: type[WorkItemOut] | type[ReminderOut]) -> dict[str, Any]:
    return {name: row._mapping[name] for name in model.model_fields if name in row._mapping}
