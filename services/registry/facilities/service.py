"""What happens to facilities: recorded, changed, checked, voided. Each is one event of the institution."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.facilities import states
from services.registry.facilities.models import Facility
from services.registry.facilities.schemas import CheckIn, FacilityContent, FacilityIn, FacilityPatch
from services.registry.institutions import parts
from services.registry.models import Institution
from shared.auth import Principal
from shared.clock import local_date
from shared.days import in_the_future
from shared.events.institutions import FacilityCheck
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Fault, InvalidPayload, NotFound

MOST = 500
"""Facilities that an institution may have: all of its events carry them."""


async def record(
    session: AsyncSession, body: FacilityIn, *, by: Principal, now: datetime
) -> tuple[Facility, Institution]:
    """Records a facility of an institution; nothing is known of its condition before a check.

    Raises InvalidPayload naming the field, NotChangeableNow, TooMany, IdTaken, EventTooLarge.
    """
    institution, village = await parts.owner(session, body.institution_id, by)
    _refuse_future(body, local_date(now, village.time_zone))
    await parts.refuse_too_many(session, Facility, institution, MOST)
    facility = Facility(
        id=body.id or uuid7(),
        institution_id=institution.id,
        **states.columns(body),
        checks=[],
        checked_on=None,
        condition=None,
        voided=False,
        registered_at=now,
    )
    await parts.record(session, institution, facility, "facility_recorded", _tell, by=by, now=now)
    return facility, institution


async def change(
    session: AsyncSession, id: UUID, patch: FacilityPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Facility, Institution]:
    """Merges a patch into a facility; its checks must stay within its days. What changes nothing is no event.

    Raises NotFound, PreconditionFailed, NotChangeableNow, InvalidPayload naming the field.
    """
    facility, institution, village = await parts.locked(session, Facility, id, by, precondition)
    wanted = patched(states.declared(facility), patch)
    _refuse_future(wanted, local_date(now, village.time_zone))
    _refuse_checks_outside(wanted, facility.checks)
    values = {n: value for n, value in states.columns(wanted).items() if getattr(facility, n) != value}
    if values:
        for name, value in values.items():
            setattr(facility, name, value)
        await parts.record(session, institution, facility, "facility_changed", _tell, by=by, now=now)
    return facility, institution


async def check(
    session: AsyncSession, id: UUID, body: CheckIn, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Facility, Institution]:
    """Notes what a check found; one of the same day is replaced. The newest one rules.

    Raises NotFound, PreconditionFailed, NotChangeableNow, InvalidPayload for a day that has not come, or on which the
    facility was not there.
    """
    facility, institution, village = await parts.locked(session, Facility, id, by, precondition)
    _refuse_day(facility, body.on, local_date(now, village.time_zone))
    found = FacilityCheck(on=body.on, condition=body.condition)
    checks = sorted([*(other for other in facility.checks if other.on != body.on), found], key=lambda one: one.on)
    if checks != facility.checks:
        _put(facility, checks)
        await parts.record(session, institution, facility, "facility_checked", _tell, by=by, now=now)
    return facility, institution


async def void_check(
    session: AsyncSession, id: UUID, on: date, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Facility, Institution]:
    """Takes away the check of a day, an entry error. Raises NotFound, PreconditionFailed, NotChangeableNow."""
    facility, institution, _ = await parts.locked(session, Facility, id, by, precondition)
    checks = [other for other in facility.checks if other.on != on]
    if checks == facility.checks:
        raise NotFound
    _put(facility, checks)
    await parts.record(session, institution, facility, "facility_changed", _tell, by=by, now=now, reason=reason)
    return facility, institution


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Facility, Institution]:
    """Voids an entry error. Raises NotFound, PreconditionFailed, NotChangeableNow."""
    facility, institution, _ = await parts.locked(session, Facility, id, by, precondition)
    facility.voided = True
    await parts.record(session, institution, facility, "facility_voided", _tell, by=by, now=now, reason=reason)
    return facility, institution


async def _tell(session: AsyncSession, institution: Institution) -> None:
    statement = select(Facility).where(Facility.institution_id == institution.id, Facility.voided.is_(False))
    facilities = await session.scalars(statement.order_by(Facility.since, Facility.id))
    institution.facilities = states.told(list(facilities))


def _put(facility: Facility, checks: Sequence[FacilityCheck]) -> None:
    facility.checks = list(checks)
    facility.checked_on = checks[-1].on if checks else None
    facility.condition = checks[-1].condition if checks else None


def _refuse_future(content: FacilityContent, today: date) -> None:
    days = (("since", content.since), ("gone_on", content.gone_on))
    if faults := [in_the_future(today, name) for name, day in days if day is not None and day > today]:
        raise InvalidPayload(errors=faults)


def _refuse_day(facility: Facility, on: date, today: date) -> None:
    if on > today:
        raise InvalidPayload(errors=[in_the_future(today, "on")])
    if on < facility.since or (facility.until is not None and on >= facility.until):
        raise InvalidPayload(errors=[_not_there(facility.since, facility.until, "/on")])


def _refuse_checks_outside(content: FacilityContent, checks: Sequence[FacilityCheck]) -> None:
    if not checks:
        return
    if checks[0].on < content.since:
        raise InvalidPayload(errors=[_checked_then(checks[0].on, "/since")])
    if content.gone_on is not None and checks[-1].on >= content.gone_on:
        raise InvalidPayload(errors=[_checked_then(checks[-1].on, "/gone_on")])


def _not_there(since: date, until: date | None, pointer: str) -> Fault:
    days = f"{since} – {until or '…'}"
    return Fault(
        "not-there-then",
        Text(f"Pada hari itu belum atau tidak ada lagi ({days}).", f"It was not there on that day ({days})."),
        Text("Perbaiki hari pemeriksaan, atau `since` sarana ini.", "Correct the day, or the facility's `since`."),
        pointer=pointer,
    )


def _checked_then(day: date, pointer: str) -> Fault:
    return Fault(
        "checked-then",
        Text(f"Sarana ini diperiksa pada {day}.", f"It was checked on {day}."),
        Text(
            f"Pakai hari yang mencakup pemeriksaan itu, atau batalkan (POST …/checks/{day}/voiding).",
            f"Give a day that leaves the check within, or void the check (POST …/checks/{day}/voiding).",
        ),
        pointer=pointer,
    )
