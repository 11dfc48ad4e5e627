"""What happens to networks' work plans: one is made for a year, and changed. They are not published."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.network_work_plans.models import NetworkWorkPlan, PlanItem
from services.registry.network_work_plans.schemas import PlanItemIn, WorkPlanContent, WorkPlanIn, WorkPlanPatch
from services.registry.networks import queries as networks
from services.registry.networks import service as network_service
from services.registry.networks.queries import Held
from shared import audit
from shared.auth import Principal
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, NotFound


class WorkPlanExists(Conflict):
    slug = "work-plan-exists"
    title = Text("Rencana kerja tahun itu sudah ada", "There is a work plan for that year")


async def make(
    session: AsyncSession, network_id: UUID, body: WorkPlanIn, *, by: Principal, now: datetime
) -> NetworkWorkPlan:
    """Makes the plan of a year. Raises NotFound, OwnRecordOnly, NetworkOutsideYourArea, NotChangeableNow for a voided
    network, WorkPlanExists."""
    held = await _held(session, network_id, by, now)
    if await _find(session, network_id, body.year) is not None:
        raise WorkPlanExists(
            Text(f"Ubah rencana itu: PATCH /v1/networks/{network_id}/work-plans/{body.year}.",
                 f"Change it: PATCH /v1/networks/{network_id}/work-plans/{body.year}."))  # fmt: skip
    plan = NetworkWorkPlan(
        id=uuid7(), sequence=1, network_id=network_id, year=body.year, items=_kept(body), registered_at=now,
        changed_at=now,
    )  # fmt: skip
    await audit.note(session, plan, "made", by=by.subject, at=now, regions=held.regions)
    session.add(plan)
    await session.flush()
    return plan


async def change(
    session: AsyncSession, network_id: UUID, year: int, patch: WorkPlanPatch, *, by: Principal, precondition: IfMatch,
    now: datetime,
) -> NetworkWorkPlan:  # fmt: skip
    """Merges a patch into a plan. One that changes nothing leaves everything as it is.

    Raises NotFound, PreconditionFailed, InvalidPayload, and as `make`.
    """
    held = await _held(session, network_id, by, now)
    plan = await _find(session, network_id, year)
    if plan is None:
        raise NotFound
    precondition.check(plan.sequence)
    items = _kept(patched(content(plan), patch))
    if items != plan.items:
        plan.items, plan.sequence, plan.changed_at = items, plan.sequence + 1, now
        await audit.note(session, plan, "changed", by=by.subject, at=now, regions=held.regions)
        await session.flush()
    return plan


async def read(session: AsyncSession, network_id: UUID, year: int) -> NetworkWorkPlan:
    """The plan of a year. The caller has checked that the network may be seen. Raises NotFound."""
    plan = await _find(session, network_id, year)
    if plan is None:
        raise NotFound
    return plan


def content(plan: NetworkWorkPlan) -> WorkPlanContent:
    """What is planned, as it would be sent."""
    return WorkPlanContent(items=[PlanItemIn.model_validate(item.model_dump()) for item in plan.items])


def _kept(content: WorkPlanContent) -> list[PlanItem]:
    return [PlanItem.model_validate(item.model_dump()) for item in content.items]


async def _held(session: AsyncSession, network_id: UUID, by: Principal, now: datetime) -> Held:
    held = await networks.held(session, network_id, by, now)
    network_service.refuse_voided(held.network)
    return held


async def _find(session: AsyncSession, network_id: UUID, year: int) -> NetworkWorkPlan | None:
    plan: NetworkWorkPlan | None = await session.scalar(
        select(NetworkWorkPlan).where(NetworkWorkPlan.network_id == network_id, NetworkWorkPlan.year == year)
    )
    return plan
