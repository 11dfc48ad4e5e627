"""What happens to institutions: registered, changed, and taken step by step through their life. Each is one event.

What is verified changes by no one person's hand: other content, and a dated step by who is no verifier, wait as a
change request.
"""

from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.change_requests import proposals
from services.registry.change_requests import service as change_requests
from services.registry.change_requests.models import ChangeRequest
from services.registry.institutions import content, lifecycle, places, queries, review, states
from services.registry.institutions.recording import record
from services.registry.institutions.review import NotChangeableNow, Step
from services.registry.institutions.schemas import InstitutionIn, InstitutionPatch
from services.registry.models import Institution, Region
from services.registry.regions.service import Village
from services.registry.rights import OwnRecordOnly
from services.registry.type_fields import service as type_fields
from shared import database, outbox
from shared.auth import Principal, Right
from shared.clock import local_date
from shared.codes import Verification
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Forbidden
from shared.records import IdTaken

DATED = (Step.DORMANCY, Step.REACTIVATION, Step.CLOSURE, Step.REOPENING)


class VoidingNeedsVerifier(Forbidden):
    slug = "voiding-needs-verifier"
    title = Text("Data terverifikasi hanya dibatalkan oleh verifikator", "Only a verifier may void a verified record")


async def register(
    driver: asyncpg.Connection, body: InstitutionIn, *, by: Principal, now: datetime
) -> tuple[Institution, Village]:
    """Registers a draft, with its first event in one statement; also its village.

    Raises InvalidPayload naming the field, IdTaken for an id that is in use, OwnRecordOnly for an institution's operator.
    """
    if by.own_record_only:
        raise OwnRecordOnly
    village, fields = await places.village_and_fields(driver, body.village, body.type, by)
    institution = draft(body, village, fields, by=by, now=now)
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=(village.id,))
    try:
        await outbox.register(driver, institution, states.state(institution), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(institution.id) from error
    return institution, village


async def change(
    session: AsyncSession, id: UUID, patch: InstitutionPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Institution, Region | Village, ChangeRequest | None]:
    """Merges a patch into a record in its keepers' hands; of a verified one it opens a change request.

    Gives the record, its village, and the request if one was opened. A patch that changes nothing leaves everything as
    it is, and no event. Raises NotFound, PreconditionFailed, NotChangeableNow naming the way out, ChangeRequestOpen,
    InvalidPayload naming the field.
    """
    institution, village = await queries.locked(session, id, by)
    precondition.check(institution.sequence)
    _refuse_unchangeable(institution)
    if institution.verification is Verification.TERVERIFIKASI:
        return institution, village, await proposals.propose(session, institution, patch, by=by, now=now)
    wanted = content.merged(institution, patch)
    driver = await database.driver(session)
    wanted_village = await places.village_of(driver, wanted.village, by, known=institution)
    extra_version = await type_fields.changed_version(driver, institution, wanted)
    today = local_date(now, wanted_village.time_zone)
    values = content.differing(institution, wanted, wanted_village, extra_version, today)
    if values:
        content.assign(institution, values)
        _made_by(institution, by)
        await record(session, institution, "changed", by=by, now=now, seat_before=village.id)
    return institution, wanted_village, None


async def take(
    session: AsyncSession,
    id: UUID,
    step: Step,
    *,
    by: Principal,
    precondition: IfMatch,
    now: datetime,
    reason: str | None,
) -> tuple[Institution, Region]:
    """Takes a step of the way to verification, or voids the record; also gives its village.

    Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible, MakerMayNotVerify,
    VoidingNeedsVerifier.
    """
    institution, village = await ready(session, id, step, by, precondition)
    if step in review.NOT_BY_A_MAKER:
        review.refuse_maker(step, by.subject, institution.makers)
    if step is Step.VOIDING:
        await _void(session, institution, by=by, now=now, reason=reason)
    else:
        if step is Step.SUBMISSION:
            _made_by(institution, by)
        institution.verification = review.WAY[step][1]
    institution.waiting_since = review.waiting_since(institution, now)
    await record(session, institution, review.FACTS[step], by=by, now=now, reason=reason)
    return institution, village


async def take_dated(
    session: AsyncSession,
    id: UUID,
    step: Step,
    day: date,
    *,
    at: str,
    by: Principal,
    precondition: IfMatch,
    now: datetime,
    reason: str,
) -> tuple[Institution, Region | Village, ChangeRequest | None]:
    """Takes a dated step of an institution's life; `at` is the field that holds `day`. Also gives its village.

    It changes what is counted: on a verified record only a verifier who is none of its makers takes it at once, for all
    others it is a change request. Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible,
    ChangeRequestOpen, InvalidPayload for a day that does not fit.
    """
    institution, village = await ready(session, id, step, by, precondition)
    values = content.stepped(institution, step, day, local_date(now, village.time_zone), at)
    if institution.verification is not Verification.TERVERIFIKASI:
        _made_by(institution, by)
    elif not by.may(Right.VERIFY) or by.subject in institution.makers:
        request = await proposals.propose_step(session, institution, step, day, values, by=by, now=now, reason=reason)
        return institution, village, request
    content.assign(institution, values)
    await record(session, institution, review.FACTS[step], by=by, now=now, reason=reason)
    return institution, village, None


def possible_steps(institution: Institution) -> list[Step]:
    """The steps that its state allows: dated ones while it is not under review, none once it is voided or merged.

    What a merger has told of one institution stands in the events of the other: neither is taken out of the numbers.
    """
    if institution.voided or institution.successor_id is not None:
        return []
    verified = institution.verification is Verification.TERVERIFIKASI
    settled = verified or institution.verification in review.IN_KEEPERS_HANDS
    dated = [
        step for step in lifecycle.STEPS[institution.operation] if settled and (verified or step is not Step.MERGER)
    ]
    voiding = [] if institution.absorbed else [Step.VOIDING]
    return [*review.possible(institution.verification), *dated, *voiding]


async def ready(
    session: AsyncSession, id: UUID, step: Step, by: Principal, precondition: IfMatch
) -> tuple[Institution, Region]:
    """An institution at the version that was read, locked, whose state allows the step, and its village.

    Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible.
    """
    institution, village = await queries.locked(session, id, by)
    precondition.check(institution.sequence)
    if step not in (possible := possible_steps(institution)):
        raise review.wrong_state(
            step, possible, verification=institution.verification, operation=institution.operation,
            **({"voided": "true"} if institution.voided else {}),
            **({"successor_id": str(institution.successor_id)} if institution.successor_id else {}),
        )  # fmt: skip
    return institution, village


def draft(
    body: InstitutionIn, village: Village, fields: type_fields.Newest | None, *, by: Principal, now: datetime
) -> Institution:
    """The row of a new record, not stored. Pure.

    `village` is the region of `body.village` in the caller's area, `fields` the newest further fields of its type.
    Raises InvalidPayload for a day that has not come yet, and for further fields that are not right.
    """
    extra_version = type_fields.version(fields, body.type, body.extra)
    began = lifecycle.begun(content.first_day(body, local_date(now, village.time_zone)))
    return Institution(
        id=body.id or uuid7(),
        **content.columns(body),
        extra_version=extra_version,
        village_id=village.id,
        village_code=village.code,
        seats=[content.seat(village)],
        active=began.active,
        operation=began.operation,
        closed_on=None,
        verification=Verification.DRAF,
        makers=[by.subject],
        change_request_id=None,
        voided=False,
        documents=[],
        facilities=[],
        assessments=[],
        officers=[],
        absorbed=[],
        registered_at=now,
        changed_at=now,
    )


def _made_by(institution: Institution, by: Principal) -> None:
    institution.makers = sorted({*institution.makers, by.subject})


async def _void(session: AsyncSession, institution: Institution, *, by: Principal, now: datetime, reason: str | None) -> None:  # fmt: skip
    if institution.verification is Verification.TERVERIFIKASI:
        # It leaves every number: that undoes a verification, so it takes the same right and another person.
        if not by.may(Right.VERIFY):
            raise VoidingNeedsVerifier
        review.refuse_maker(Step.VOIDING, by.subject, institution.makers)
    await change_requests.void_open(session, institution, by=by, now=now, reason=reason)
    institution.voided = True


def _refuse_unchangeable(institution: Institution) -> None:
    if institution.voided:
        raise review.voided()
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
