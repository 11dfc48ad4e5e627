"""What happens to region changes: proposed, previewed, applied by another person in one transaction, or withdrawn."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.models import Region
from services.registry.region_changes import codes, moving, preview, reading, writing
from services.registry.region_changes.models import RegionChange
from services.registry.region_changes.places import Plan
from services.registry.region_changes.schemas import RegionChangeIn, RegionChangePreview, RegionFactCountOut
from services.registry.regions.loading import LOCK
from shared import audit
from shared.auth import NATION, Principal
from shared.clock import local_date
from shared.codes import RegionChangeState
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Forbidden, InvalidPayload, NotFound
from shared.records import IdTaken

# The westernmost of the three zones: a day that has begun there has begun in the whole country.
_ZONE = "Asia/Jakarta"
# A change that was applied after a backup was taken is unknown here since; the regions it touched go on naming it.
_LAST_NUMBER = text(
    "SELECT greatest((SELECT max(number) FROM region_change), (SELECT max((applied ->> 'number')::int)"
    " FROM region, jsonb_array_elements(changes) AS applied))"
)
# Requests that have read a code may be about to store it: all of them end before codes change, none begins meanwhile.
_NOBODY_READS = text("LOCK TABLE region IN ACCESS EXCLUSIVE MODE")


class OutsideYourArea(Forbidden):
    slug = "nation-only"
    title = Text("Perubahan wilayah dikelola untuk seluruh negara", "Region changes are kept for the whole country")


class RegionChangeClosed(Conflict):
    slug = "region-change-closed"
    title = Text("Perubahan wilayah ini sudah selesai", "This region change has been applied or withdrawn")


class ProposerMayNotApply(Forbidden):
    slug = "proposer-may-not-apply"
    title = Text("Yang mengusulkan tidak boleh menerapkan sendiri", "Who proposed a region change may not apply it")


class NotYetEffective(Conflict):
    slug = "not-yet-effective"
    title = Text("Hari berlakunya belum tiba", "Its day has not come yet")


class RegionsChangedMeanwhile(Conflict):
    slug = "regions-changed-meanwhile"
    title = Text("Wilayah sudah berubah sejak diusulkan", "Regions changed since this was proposed")


async def propose(session: AsyncSession, body: RegionChangeIn, *, by: Principal, now: datetime) -> RegionChange:
    """Stores a change that could be applied to the regions of today.

    Raises OutsideYourArea, IdTaken, InvalidPayload naming the operation and what is wrong with it.
    """
    if not by.covers(NATION):
        raise OutsideYourArea
    planned = await reading.worked_out(session, body.operations, body.effective_on)
    if planned.faults:
        raise InvalidPayload(errors=planned.faults)
    id = body.id or uuid7()
    if await session.get(RegionChange, id) is not None:
        raise IdTaken.of(id)
    change = RegionChange(
        id=id,
        sequence=1,
        state=RegionChangeState.PROPOSED,
        **{name: getattr(body, name) for name in ("decree", "decreed_on", "effective_on", "operations", "reason")},
        subjects=await reading.subjects(session, body.operations),
        proposed_by=by.subject,
        proposed_at=now,
        number=None,
        decided_by=None,
        decided_at=None,
        changed_at=now,
    )
    session.add(change)
    await audit.note(session, change, "proposed", by=by.subject, at=now, regions=None, reason=body.reason)
    await session.flush()
    return change


async def read(session: AsyncSession, id: UUID, by: Principal, *, lock: bool = False) -> RegionChange:
    """One change. Raises NotFound, also for a caller whose area is not the nation."""
    statement = select(RegionChange).where(RegionChange.id == id)
    found = await session.scalar(statement.with_for_update() if lock else statement) if by.covers(NATION) else None
    if found is None:
        raise NotFound
    return found


async def planned(session: AsyncSession, id: UUID, by: Principal) -> tuple[RegionChange, Plan]:
    """A proposed change and what it would do today. Raises NotFound, RegionChangeClosed, RegionsChangedMeanwhile."""
    change = await read(session, id, by)
    _refuse_closed(change)
    return change, await _worked_out(session, change)


async def previewed(session: AsyncSession, id: UUID, *, by: Principal, now: datetime) -> RegionChangePreview:
    """What a proposed change would affect. Raises NotFound, RegionChangeClosed, RegionsChangedMeanwhile."""
    change, plan = await planned(session, id, by)
    facts = Counter(place.verb or "" for place in plan.touched)
    return RegionChangePreview(
        effective_on=change.effective_on,
        can_be_applied=change.effective_on <= local_date(now, _ZONE),
        regions=[RegionFactCountOut(fact=fact, count=count) for fact, count in sorted(facts.items())],
        records=await preview.counts(session, plan),
        rights=preview.rights(plan, change.operations),
    )


async def apply(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[RegionChange, list[Region]]:
    """Applies a change: its regions, an event of each, the records of regions that end, and the codes of all records.

    Also gives the rows of the touched regions. Raises NotFound, PreconditionFailed, RegionChangeClosed,
    ProposerMayNotApply, NotYetEffective, RegionsChangedMeanwhile.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    change = await read(session, id, by, lock=True)
    precondition.check(change.sequence)
    _refuse_closed(change)
    if change.proposed_by == by.subject:
        raise ProposerMayNotApply
    if change.effective_on > local_date(now, _ZONE):
        raise NotYetEffective(
            Text(f"Terapkan mulai {change.effective_on}.", f"Apply it from {change.effective_on} on."),
            extra={"effective_on": change.effective_on.isoformat()},
        )
    await session.execute(_NOBODY_READS)
    plan = await _worked_out(session, change)
    # Under the lock: nobody else draws a number now, and one that is rolled back leaves no gap.
    change.number = (await session.scalar(_LAST_NUMBER) or 0) + 1
    act = writing.Act(change.decree, change.effective_on, by.subject, now, change.number)
    regions = await writing.write(session, plan, act)
    heirs = {id: moving.Heir(place.id, place.code) for id, place in plan.heirs.items()}
    await moving.move(session, heirs, act)
    by_id, by_code = _codes(plan)
    await codes.rewrite(session, by_id, by_code)
    await _decide(session, change, RegionChangeState.APPLIED, by=by, now=now)
    return change, regions


async def withdraw(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> RegionChange:
    """Takes back a change that was not applied. Raises NotFound, PreconditionFailed, RegionChangeClosed."""
    change = await read(session, id, by, lock=True)
    precondition.check(change.sequence)
    _refuse_closed(change)
    await _decide(session, change, RegionChangeState.WITHDRAWN, by=by, now=now, reason=reason)
    return change


def _codes(plan: Plan) -> tuple[dict[UUID, str], dict[str, str]]:
    """The codes that records of the touched regions have from now on: by the region's id, and by its code before."""
    by_id = {place.id: place.code for place in plan.touched if place.before and not place.ended}
    by_id |= {id: heir.code for id, heir in plan.heirs.items()}
    by_code = {
        place.before.code: by_id[place.id]
        for place in plan.touched
        if place.before and place.before.code != by_id.get(place.id, place.before.code)
    }
    return by_id, by_code


async def _worked_out(session: AsyncSession, change: RegionChange) -> Plan:
    plan = await reading.worked_out(session, change.operations, change.effective_on)
    moved = await reading.subjects(session, change.operations) != change.subjects
    if plan.faults or moved:
        raise RegionsChangedMeanwhile(
            Text("Tarik usulan ini (POST …/withdrawal) dan usulkan lagi atas wilayah hari ini.",
                 "Withdraw it (POST …/withdrawal) and propose it again on the regions of today."),
            errors=plan.faults,
        )  # fmt: skip
    return plan


def _refuse_closed(change: RegionChange) -> None:
    if change.state is not RegionChangeState.PROPOSED:
        raise RegionChangeClosed(
            Text(
                "Riwayat tiap wilayah: GET /v1/regions/{kode}/history.",
                "The history of each region: GET /v1/regions/{code}/history.",
            ),
            extra={"state": change.state},
        )


async def _decide(
    session: AsyncSession,
    change: RegionChange,
    state: RegionChangeState,
    *,
    by: Principal,
    now: datetime,
    reason: str | None = None,
) -> None:
    change.state = state
    change.decided_by, change.decided_at, change.changed_at = by.subject, now, now
    change.reason = reason or change.reason
    change.sequence = change.sequence + 1
    await audit.note(session, change, state.value, by=by.subject, at=now, regions=None, reason=reason)
    await session.flush()


def listed(everywhere: bool, state: RegionChangeState | None) -> Select[Any]:
    """The changes in a state, all if none is given; none for a caller whose area is not the nation."""
    c = RegionChange.__table__.c
    statement = select(*c).where(literal(everywhere))
    return statement if state is None else statement.where(c.state == state)


def answer(change: Any) -> dict[str, Any]:
    """The columns of a change, or of a row of its table, that answers show."""
    hidden = {"subjects"}
    return {column.key: getattr(change, column.key) for column in RegionChange.__table__.c if column.key not in hidden}
