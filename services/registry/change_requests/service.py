"""What happens to change requests: proposed by a patch, reviewed, verified by another person, applied as one event."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions import content, places, queries, review, states
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import Changed, InstitutionPatch
from services.registry.models import ChangeRequest, Institution, Region, StepTaken
from services.registry.regions import service as regions
from shared import outbox
from shared.auth import Principal
from shared.changes import Change
from shared.clock import local_date
from shared.codes import Verification
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Forbidden, InvalidPayload, NotFound

PROPOSAL = "proposal"
"""The first step in a change request's history, and each later patch of it."""
CLOSED = frozenset({Verification.TERVERIFIKASI, Verification.DITOLAK})


class ChangeUnderReview(Conflict):
    slug = "change-under-review"
    title = Text("Usulan perubahan data ini sedang diperiksa", "A change of this record is under review")


class NothingToVerify(Conflict):
    slug = "nothing-to-verify"
    title = Text("Usulan ini tidak mengubah apa pun", "This change request changes nothing")


class ChangedMeanwhile(Conflict):
    slug = "changed-meanwhile"
    title = Text("Data sudah berubah sejak perubahan ini diusulkan", "The record changed since the change was proposed")


class SeatOutsideYourArea(Forbidden):
    slug = "outside-your-area"
    title = Text("Desa tujuan di luar wilayah Anda", "The new village is outside your area")


async def propose(
    session: AsyncSession, institution: Institution, patch: InstitutionPatch, *, by: Principal, now: datetime
) -> ChangeRequest | None:
    """Merges a patch of a verified institution into its open change request, or opens one; None if nothing changes.

    The caller holds the lock on the institution. Raises InvalidPayload naming the field, ChangeUnderReview.
    """
    pending = await _open_one(session, institution)
    if pending is not None and pending.verification not in review.IN_KEEPERS_HANDS:
        raise ChangeUnderReview(
            Text(
                f"Minta pemeriksa mengembalikannya (POST /v1/change-requests/{pending.id}/return), lalu ubah lagi.",
                f"Ask the reviewer to return it (POST /v1/change-requests/{pending.id}/return), then change it.",
            ),
            extra={"change_request_id": str(pending.id)},
        )
    earlier = pending.changes if pending else {}
    wanted = content.merged(institution, patch, earlier)
    village = await places.village_of(session, wanted.village, by, known=institution)
    content.differing(institution, wanted, village, local_date(now, village.time_zone))
    changes = _changes(institution, wanted, earlier, patch.model_fields_set)
    if pending is None:
        return await _open(session, institution, changes, by=by, now=now) if changes else None
    if changes != pending.changes:
        pending.changes = changes
        await _step(session, pending, PROPOSAL, by=by, now=now)
    return pending


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

    Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible, SubmitterMayNotVerify,
    NothingToVerify, ChangedMeanwhile, SeatOutsideYourArea.
    """
    institution, request = await _locked(session, id, by)
    precondition.check(request.sequence)
    if step not in (possible := possible_steps(request)):
        raise review.wrong_state(
            step, possible, verification=request.verification, **({"voided": "true"} if request.voided else {})
        )
    if step in review.NOT_BY_THE_SUBMITTER:
        review.refuse_submitter(step, by.subject, _submitters(request))
    if step is Step.SUBMISSION and not request.changes:
        raise NothingToVerify(
            Text("Ubah datanya lagi, atau tarik usulan ini (POST …/voiding).",
                 "Change the record again, or withdraw the request (POST …/voiding)."))  # fmt: skip
    if step is Step.VERIFICATION:
        await _apply(session, institution, request, by=by, now=now, reason=reason)
    if step is Step.VOIDING:
        request.voided = True
    else:
        request.verification = review.WAY[step][1]
    if request.voided or request.verification in CLOSED:
        institution.change_request_id = None
    await _step(session, request, step, by=by, now=now, reason=reason)
    return request, institution


async def void_open(
    session: AsyncSession, institution: Institution, *, by: Principal, now: datetime, reason: str | None
) -> None:
    """Withdraws the open change request, if there is one, of an institution that is voided itself."""
    request = await _open_one(session, institution)
    if request is not None:
        request.voided = True
        institution.change_request_id = None
        await _step(session, request, Step.VOIDING, by=by, now=now, reason=reason)


def possible_steps(request: ChangeRequest) -> list[Step]:
    """The steps that its state allows: none once it is withdrawn, verified or rejected."""
    if request.voided or request.verification in CLOSED:
        return []
    return [*review.possible(request.verification), Step.VOIDING]


async def _apply(
    session: AsyncSession, institution: Institution, request: ChangeRequest, *, by: Principal, now: datetime, reason: str | None
) -> None:  # fmt: skip
    today = content.declared(institution).model_dump(mode="json")
    moved = sorted(name for name, c in request.changes.items() if today.get(name) not in (c.before, c.after))
    if moved:
        raise _changed_meanwhile({"fields": moved})
    try:
        wanted = content.merged(institution, InstitutionPatch(), request.changes)
        village = await regions.village(session, wanted.village, places.POINTER)
        _refuse_outside(institution, village, by)
        values = content.differing(institution, wanted, village, local_date(now, village.time_zone))
    except InvalidPayload as no_longer_fits:
        raise _changed_meanwhile({}, no_longer_fits) from no_longer_fits
    if values:
        before = institution.village_id
        content.assign(institution, values)
        institution.changed_at = now
        why = reason or next((s.reason for s in reversed(request.steps) if s.step == Step.SUBMISSION), None)
        fact = outbox.Fact("changed", by.subject, now, {before, institution.village_id}, why)
        institution.change_request_id = None
        await outbox.record(session, institution, states.state(institution), fact)


def _refuse_outside(institution: Institution, village: Region, by: Principal) -> None:
    if village.id != institution.village_id and not by.covers(village.code):
        raise SeatOutsideYourArea(errors=[places.outside(by)])


def _changed_meanwhile(extra: dict[str, list[str]], cause: InvalidPayload | None = None) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        Text(
            "Kembalikan usulan ini (POST …/return), agar diusulkan lagi atas data yang sekarang.",
            "Return this request (POST …/return), so that it is proposed again on the record as it is now.",
        ),
        errors=cause.errors if cause else (),
        extra=dict(extra),
    )


def _changes(
    institution: Institution, wanted: Changed, earlier: dict[str, Change], patched: Iterable[str]
) -> dict[str, Change]:
    """What differs from the verified content. A field that this patch leaves alone keeps the value it was proposed on."""
    verified = content.declared(institution).model_dump(mode="json")
    kept = {name: change.before for name, change in earlier.items() if name not in set(patched)}
    after = wanted.model_dump(mode="json")
    return {
        name: Change(before=kept.get(name, verified[name]), after=after[name])
        for name in sorted(after)
        if after[name] != verified[name]
    }


async def _open(
    session: AsyncSession, institution: Institution, changes: dict[str, Change], *, by: Principal, now: datetime
) -> ChangeRequest:
    request = ChangeRequest(
        id=uuid7(),
        sequence=1,
        institution_id=institution.id,
        verification=Verification.DRAF,
        voided=False,
        changes=changes,
        steps=[StepTaken(step=PROPOSAL, at=now, by=by.subject)],
        created_at=now,
        changed_at=now,
    )
    session.add(request)
    institution.change_request_id = request.id
    await session.flush()
    return request


async def _step(
    session: AsyncSession, request: ChangeRequest, step: str, *, by: Principal, now: datetime, reason: str | None = None
) -> None:
    request.steps = [*request.steps, StepTaken(step=step, at=now, by=by.subject, reason=reason)]
    request.sequence = request.sequence + 1
    request.changed_at = now
    await session.flush()


def _submitters(request: ChangeRequest) -> list[str]:
    return [step.by for step in request.steps if step.step == Step.SUBMISSION]


async def _open_one(session: AsyncSession, institution: Institution) -> ChangeRequest | None:
    if institution.change_request_id is None:
        return None
    return await session.get_one(ChangeRequest, institution.change_request_id)


async def _locked(session: AsyncSession, id: UUID, by: Principal) -> tuple[Institution, ChangeRequest]:
    # The institution's lock is the one lock of its change requests too: two locks could be taken the wrong way round.
    institution_id = await session.scalar(select(ChangeRequest.institution_id).where(ChangeRequest.id == id))
    if institution_id is None:
        raise NotFound
    institution, _ = await queries.locked(session, institution_id, by)
    return institution, await session.get_one(ChangeRequest, id)
