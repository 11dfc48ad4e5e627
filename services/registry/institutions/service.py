"""What happens to institutions: registered, changed, and taken step by step through their life. Each is one event."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.change_requests import service as change_requests
from services.registry.institutions import content, lifecycle, queries, review, states
from services.registry.institutions.places import village_of
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import InstitutionIn, InstitutionPatch
from services.registry.models import ChangeRequest, Institution
from shared import outbox
from shared.auth import Principal, Right
from shared.clock import local_date
from shared.codes import Verification
from shared.events.registry import Seat
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Forbidden

DATED = (Step.DORMANCY, Step.REACTIVATION, Step.CLOSURE, Step.REOPENING)
FACTS = {
    Step.SUBMISSION: "submitted", Step.REVIEW: "reviewed", Step.VERIFICATION: "verified", Step.RETURN: "returned",
    Step.REJECTION: "rejected", Step.DORMANCY: "made_dormant", Step.REACTIVATION: "reactivated",
    Step.CLOSURE: "closed", Step.REOPENING: "reopened", Step.VOIDING: "voided",
}  # fmt: skip
"""The past-tense fact each step is told as."""
UNIQUE_VIOLATION = "23505"


class IdTaken(Conflict):
    slug = "id-taken"
    title = Text("Id ini sudah dipakai", "This id is taken")


class OwnRecordOnly(Forbidden):
    slug = "own-record-only"
    title = Text("Pengurus lembaga hanya mengelola lembaganya sendiri", "An institution's operator keeps its own record only")  # fmt: skip


class NotChangeableNow(Conflict):
    slug = "record-not-changeable"
    title = Text("Data ini sekarang tidak dapat diubah", "The record cannot be changed now")


class VoidingNeedsVerifier(Forbidden):
    slug = "voiding-needs-verifier"
    title = Text("Data terverifikasi hanya dibatalkan oleh verifikator", "Only a verifier may void a verified record")


async def register(session: AsyncSession, body: InstitutionIn, *, by: Principal, now: datetime) -> Institution:
    """Registers a draft, with its first event in one statement.

    Raises InvalidPayload naming the field, IdTaken for an id that is in use, OwnRecordOnly for an institution's operator.
    """
    if by.own_record_only:
        raise OwnRecordOnly
    village = await village_of(session, body.village, by)
    began = lifecycle.begun(content.first_day(body, local_date(now, village.time_zone)))
    institution = Institution(
        id=body.id or uuid7(),
        **content.columns(body),
        village_id=village.id,
        village_code=village.code,
        seats=[Seat(village_id=village.id)],
        active=began.active,
        operation=began.operation,
        closed_on=None,
        verification=Verification.DRAF,
        submitters=[],
        change_request_id=None,
        voided=False,
        registered_at=now,
        changed_at=now,
    )
    fact = outbox.Fact("registered", by.subject, now, (village.id,))
    try:
        await outbox.register(session, institution, states.state(institution), fact)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise IdTaken(
            Text(
                f"Sudah ada catatan dengan id {institution.id}. Jika ini kiriman ulang, data Anda sudah tersimpan; "
                "jika tidak, kirim dengan id baru.",
                f"There is a record with the id {institution.id}. If you sent this before, it is stored; "
                "if not, send it with a new id.",
            )
        ) from error
    return institution


async def change(
    session: AsyncSession, id: UUID, patch: InstitutionPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Institution, ChangeRequest | None]:
    """Merges a patch into a record in its keepers' hands, or into the pending change request of a verified one.

    A patch that changes nothing leaves everything as it is, and no event. Raises NotFound, PreconditionFailed,
    NotChangeableNow naming the way out, InvalidPayload naming the field.
    """
    institution, _ = await queries.locked(session, id, by)
    precondition.check(institution.sequence)
    _refuse_unchangeable(institution)
    if institution.verification is Verification.TERVERIFIKASI:
        return institution, await change_requests.propose(session, institution, patch, by=by, now=now)
    wanted = content.merged(institution, patch)
    village = await village_of(session, wanted.village, by, known=institution)
    values = content.differing(institution, wanted, village, local_date(now, village.time_zone))
    if values:
        before = institution.village_id
        content.assign(institution, values)
        await _record(session, institution, "changed", by=by, now=now, seat_before=before)
    return institution, None


async def take(
    session: AsyncSession,
    id: UUID,
    step: Step,
    *,
    by: Principal,
    precondition: IfMatch,
    now: datetime,
    reason: str | None,
    day: date | None = None,
    at: str = "on",
) -> Institution:
    """Takes a step of an institution's life; `day` is the day of a dated step, `at` the field it came in.

    Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible, SubmitterMayNotVerify,
    VoidingNeedsVerifier, InvalidPayload for a day that does not fit.
    """
    institution, zone = await queries.locked(session, id, by)
    precondition.check(institution.sequence)
    if step not in (possible := possible_steps(institution)):
        raise review.wrong_state(
            step, possible, verification=institution.verification, operation=institution.operation,
            **({"voided": "true"} if institution.voided else {}),
        )  # fmt: skip
    if step is Step.VOIDING:
        await _void(session, institution, by=by, now=now, reason=reason)
    elif day is not None:
        work = lifecycle.Work(institution.operation, institution.active, institution.closed_on)
        after = lifecycle.stepped(work, step, day, local_date(now, zone), at)
        institution.operation, institution.closed_on = after.operation, after.closed_on
        institution.active = list(after.active)
    else:
        if step in review.NOT_BY_THE_SUBMITTER:
            review.refuse_submitter(step, by.subject, institution.submitters)
        if step is Step.SUBMISSION:
            institution.submitters = sorted({*institution.submitters, by.subject})
        institution.verification = review.WAY[step][1]
    await _record(session, institution, FACTS[step], by=by, now=now, reason=reason)
    return institution


def possible_steps(institution: Institution) -> list[Step]:
    """The steps that its state allows: dated ones while it is not under review, none once it is voided."""
    if institution.voided:
        return []
    settled = institution.verification in review.IN_KEEPERS_HANDS | {Verification.TERVERIFIKASI}
    dated = lifecycle.STEPS[institution.operation] if settled else ()
    return [*review.possible(institution.verification), *dated, Step.VOIDING]


async def _void(session: AsyncSession, institution: Institution, *, by: Principal, now: datetime, reason: str | None) -> None:  # fmt: skip
    if institution.verification is Verification.TERVERIFIKASI:
        # It leaves every number: that undoes a verification, so it takes the same right and another person.
        if not by.may(Right.VERIFY):
            raise VoidingNeedsVerifier
        review.refuse_submitter(Step.VOIDING, by.subject, institution.submitters)
    await change_requests.void_open(session, institution, by=by, now=now, reason=reason)
    institution.voided = True


async def _record(
    session: AsyncSession, institution: Institution, verb: str, *, by: Principal, now: datetime, reason: str | None = None,
    seat_before: UUID | None = None,
) -> None:  # fmt: skip
    institution.changed_at = now
    fact = outbox.Fact(verb, by.subject, now, {seat_before or institution.village_id, institution.village_id}, reason)
    await outbox.record(session, institution, states.state(institution), fact)


def _refuse_unchangeable(institution: Institution) -> None:
    if institution.voided:
        raise NotChangeableNow(
            Text("Data ini dibatalkan sebagai salah input. Daftarkan yang baru.", "It was voided as an entry error. Register a new one."),
            extra={"state": {"voided": "true"}},
        )  # fmt: skip
    ways: dict[Verification, Text] = {
        **dict.fromkeys(
            review.UNDER_REVIEW,
            Text(
                "Sedang diperiksa. Minta pemeriksa mengembalikannya (POST …/return), lalu ubah dan ajukan lagi.",
                "It is under review. Ask the reviewer to return it (POST …/return), then change and submit it again.",
            ),
        ),
        Verification.DITOLAK: Text(
            "Pendaftaran ini ditolak. Daftarkan data baru.", "This registration was rejected. Register a new record."
        ),
    }
    if way := ways.get(institution.verification):
        raise NotChangeableNow(way, extra={"state": {"verification": institution.verification}})
