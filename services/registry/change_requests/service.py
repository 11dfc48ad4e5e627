"""What happens to change requests: reviewed, verified by another person and applied as one event, or ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests import history, queries
from services.registry.change_requests.models import ChangeRequest
from services.registry.change_requests.queries import OutsideYourArea
from services.registry.institutions import absorption, content, lifecycle, places, references, review
from services.registry.institutions.recording import record
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import InstitutionPatch
from services.registry.models import Institution, Region
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from services.registry.type_fields import service as type_fields
from shared import database
from shared.auth import Principal
from shared.clock import local_date
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, InvalidPayload


class NothingToVerify(Conflict):
    slug = "nothing-to-verify"
    title = Text("Usulan ini tidak mengubah apa pun", "This change request changes nothing")


class ChangedMeanwhile(Conflict):
    slug = "changed-meanwhile"
    title = Text("Data sudah berubah sejak perubahan ini diusulkan", "The record changed since the change was proposed")


async def take(
    session: AsyncSession,
    id: UUID,
    step: Step,
    *,
    by: Principal,
    precondition: IfMatch,
    now: datetime,
    reason: str | None,
) -> tuple[ChangeRequest, Institution]:
    """Takes a step of a change request's way; a verification applies it to the institution as one event.

    Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible, MakerMayNotVerify,
    NothingToVerify, ChangedMeanwhile, OutsideYourArea.
    """
    request, institution, village = await queries.locked(session, id, by)
    precondition.check(request.sequence)
    if step not in (possible := history.possible_steps(request)):
        raise review.wrong_state(step, possible, **history.state(request))
    if step in review.NOT_BY_A_MAKER:
        review.refuse_maker(step, by.subject, history.makers(request))
    if step is Step.SUBMISSION and not request.changes:
        raise NothingToVerify(
            Text("Ubah usulan ini (PATCH), atau tarik (POST …/voiding).",
                 "Change the request (PATCH), or withdraw it (POST …/voiding)."))  # fmt: skip
    if step is Step.VERIFICATION and request.step == Step.MERGER:
        await _merge(session, institution, village, request, by=by, now=now, reason=reason)
    elif step is Step.VERIFICATION:
        await _apply(session, institution, village, request, by=by, now=now, reason=reason)
    if step is Step.VOIDING:
        request.voided = True
    else:
        request.verification = review.WAY[step][1]
    request.waiting_since = review.waiting_since(request, now)
    if request.voided or request.verification in history.CLOSED:
        institution.change_request_id = None
    await history.add(session, request, step, by=by, now=now, reason=reason)
    return request, institution


async def void_open(
    session: AsyncSession, institution: Institution, *, by: Principal, now: datetime, reason: str | None
) -> None:
    """Withdraws the open change request, if there is one, of an institution that is voided itself."""
    request = await queries.open_one(session, institution)
    if request is not None:
        request.voided = True
        request.waiting_since = None
        institution.change_request_id = None
        await history.add(session, request, Step.VOIDING, by=by, now=now, reason=reason)


async def _apply(
    session: AsyncSession,
    institution: Institution,
    village: Region | Village,
    request: ChangeRequest,
    *,
    by: Principal,
    now: datetime,
    reason: str | None,
) -> None:
    if request.step is None:
        verb, values = "changed", await _content(session, institution, request, by, now)
    else:
        step = Step(request.step)
        verb, values = review.FACTS[step], _stepped(institution, village, request, step, now)
    if values:
        content.assign(institution, values)
        institution.change_request_id = None
        reason = reason or history.why(request)
        await record(session, institution, verb, by=by, now=now, reason=reason, seat_before=village.id)


async def _content(
    session: AsyncSession, institution: Institution, request: ChangeRequest, by: Principal, now: datetime
) -> dict[str, Any]:
    """The columns that the proposed content changes. Raises ChangedMeanwhile, OutsideYourArea."""
    today = content.declared(institution).model_dump(mode="json")
    # A field that has the proposed value already does not hinder.
    moved = sorted(name for name, c in request.changes.items() if today.get(name) not in (c.before, c.after))
    if moved:
        raise _changed_meanwhile(moved)
    try:
        wanted = content.merged(institution, InstitutionPatch(), request.changes)
        driver = await database.driver(session)
        village = await regions.village(driver, wanted.village, places.POINTER)
        _refuse_outside(institution, village, by)
        extra_version = await type_fields.changed_version(driver, institution, wanted)
        return content.differing(institution, wanted, village, extra_version, local_date(now, village.time_zone))
    except InvalidPayload as no_longer_fits:
        raise _changed_meanwhile([], no_longer_fits) from no_longer_fits


def _stepped(
    institution: Institution, village: Region | Village, request: ChangeRequest, step: Step, now: datetime
) -> dict[str, Any]:
    """The columns that the proposed step changes. Raises ChangedMeanwhile."""
    if step not in lifecycle.STEPS[institution.operation] or request.step_on is None:
        raise _changed_meanwhile(["operation"])
    try:
        return content.stepped(institution, step, request.step_on, local_date(now, village.time_zone), "on")
    except InvalidPayload as no_longer_fits:
        raise _changed_meanwhile([], no_longer_fits) from no_longer_fits


async def _merge(
    session: AsyncSession, institution: Institution, village: Region, request: ChangeRequest, *, by: Principal,
    now: datetime, reason: str | None,
) -> None:  # fmt: skip
    """Applies a proposed merger to both institutions. Raises ChangedMeanwhile, OutsideYourArea, BegunAfterMerger."""
    if Step.MERGER not in lifecycle.STEPS[institution.operation] or request.step_on is None:
        raise _changed_meanwhile(["operation"])
    try:
        id = queries.successor_id(request.changes)
        successor, _ = await references.found(session, id, by, "/successor_id", lock=True)
        changes = absorption.values(institution, successor, request.step_on, local_date(now, village.time_zone))
    except InvalidPayload as no_longer_fits:
        raise _changed_meanwhile([], no_longer_fits) from no_longer_fits
    review.refuse_maker(Step.VERIFICATION, by.subject, successor.makers)
    changes["change_request_id"] = None
    reason = reason or history.why(request)
    await absorption.absorb(session, institution, village, successor, changes, by=by, now=now, reason=reason)


def _refuse_outside(institution: Institution, village: Region | Village, by: Principal) -> None:
    """A move concerns two villages: who verifies it has an area that holds both. That of the seat was checked."""
    if village.id != institution.village_id and not by.covers(village.code):
        raise OutsideYourArea(
            Text(
                f"Kepindahan ke {village.code} ({village.name}) diverifikasi petugas yang wilayahnya mencakup kedua desa.",
                f"A move to {village.code} ({village.name}) is verified by somebody whose area holds both villages.",
            ),
        )


def _changed_meanwhile(fields: list[str], cause: InvalidPayload | None = None) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        Text(
            "Kembalikan usulan ini (POST …/return), agar diusulkan lagi atas data yang sekarang.",
            "Return this request (POST …/return), so that it is proposed again on the record as it is now.",
        ),
        errors=cause.errors if cause else (),
        extra={"fields": fields} if fields else {},
    )
