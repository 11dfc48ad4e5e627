"""What happens to assessments: made, and voided if they were wrong. Each is one event of the institution."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.assessments import states
from services.registry.assessments.instruments import INSTRUMENTS
from services.registry.assessments.models import Assessment
from services.registry.assessments.schemas import AssessmentIn
from services.registry.institutions import parts
from services.registry.models import Institution
from shared import days
from shared.auth import Principal
from shared.clock import local_date
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Fault, Forbidden, InvalidPayload

MOST = 100
"""Assessments that an institution may have: all of its events carry them."""


class MakerMayNotAssess(Forbidden):
    slug = "maker-may-not-assess"
    title = Text("Yang mengisi data lembaga tidak menilainya sendiri", "Who wrote an institution's record does not assess it")  # fmt: skip


async def assess(
    session: AsyncSession, body: AssessmentIn, *, by: Principal, now: datetime
) -> tuple[Assessment, Institution]:
    """Makes an assessment of an institution.

    Raises InvalidPayload naming the field, MakerMayNotAssess, NotChangeableNow, TooMany, IdTaken.
    """
    _refuse_answers(body)
    institution, village = await parts.owner(session, body.institution_id, by)
    _refuse_maker(institution, by)
    _refuse_day(body, institution, local_date(now, village.time_zone))
    await parts.refuse_too_many(session, Assessment, institution, MOST)
    assessment = Assessment(
        id=body.id or uuid7(),
        institution_id=institution.id,
        assessed_on=body.on,
        stage=body.stage,
        assessor=by.subject,
        assessor_name=body.assessor_name,
        assessor_agency=body.assessor_agency,
        instrument=body.instrument.code,
        instrument_version=body.instrument.version,
        answers=body.answers,
        voided=False,
        registered_at=now,
    )
    await parts.record(session, institution, assessment, "stage_assessed", _tell, by=by, now=now)
    return assessment, institution


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Assessment, Institution]:
    """Voids an assessment that was wrong; not by a maker of the institution's record either.

    Raises NotFound, PreconditionFailed, NotChangeableNow, MakerMayNotAssess.
    """
    assessment, institution, _ = await parts.locked(session, Assessment, id, by, precondition)
    _refuse_maker(institution, by)
    assessment.voided = True
    await parts.record(session, institution, assessment, "assessment_voided", _tell, by=by, now=now, reason=reason)
    return assessment, institution


async def _tell(session: AsyncSession, institution: Institution) -> None:
    statement = select(Assessment).where(Assessment.institution_id == institution.id, Assessment.voided.is_(False))
    assessments = await session.scalars(statement.order_by(Assessment.assessed_on, Assessment.registered_at))
    institution.assessments = [states.told(assessment) for assessment in assessments]


def _refuse_maker(institution: Institution, by: Principal) -> None:
    if by.subject in institution.makers:
        raise MakerMayNotAssess(
            Text(
                "Anda ikut mengisi atau mengajukan data lembaga ini; minta petugas lain menilainya.",
                "You wrote or submitted some of this institution's record; ask another officer to assess it.",
            )
        )


def _refuse_answers(body: AssessmentIn) -> None:
    found = INSTRUMENTS.get((body.instrument.code, body.instrument.version))
    if found is None:
        known = ", ".join(instrument.name for instrument in INSTRUMENTS.values())
        raise InvalidPayload(
            errors=[
                Fault(
                    "instrument-unknown",
                    Text("Instrumen atau versinya tidak dikenal.", "The instrument or its version is not known."),
                    Text(f"Yang ada (kode, versi): {known}.", f"There are (code, version): {known}."),
                    pointer="/instrument",
                )
            ]
        )
    items = [item.code for item in found.items]
    missing = [_unanswered(code) for code in items if code not in body.answers]
    unknown = [_not_an_item(code, found.name) for code in body.answers if code not in items]
    if missing or unknown:
        raise InvalidPayload(errors=[*missing, *unknown])


def _refuse_day(body: AssessmentIn, institution: Institution, today: date) -> None:
    if body.on > today:
        raise InvalidPayload(errors=[days.in_the_future(today, "on")])
    began = institution.active[0].since
    if body.on < began:
        raise InvalidPayload(
            errors=[
                Fault(
                    "too-early",
                    Text(f"Lembaga ini baru bekerja sejak {began}.", f"The institution is at work since {began} only."),
                    Text(f"Isi hari mulai {began}.", f"Give a day from {began} on."),
                    pointer="/on",
                )
            ]
        )


def _unanswered(code: str) -> Fault:
    return Fault(
        "item-unanswered",
        Text("Butir ini belum dijawab.", "This item is not answered."),
        Text("Jawab true atau false.", "Answer true or false."),
        pointer=f"/answers/{code}",
    )


def _not_an_item(code: str, instrument: str) -> Fault:
    return Fault(
        "item-unknown",
        Text(f"Instrumen {instrument} tidak punya butir ini.", f"The instrument {instrument} has no such item."),
        Text("Lihat GET /v1/assessment-instruments.", "See GET /v1/assessment-instruments."),
        pointer=f"/answers/{code.replace('~', '~0').replace('/', '~1')}",
    )
