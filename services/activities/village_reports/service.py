"""What happens to a village's report: submitted by the village, accepted or returned by the district, submitted again.

Each function runs in the caller's transaction, writes one row and records one event. What was completed in the month is
counted here, and counted anew when the report is accepted: nobody accepts a number that is not so any more.
"""

from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.known import places, references
from services.activities.known.references import Region
from services.activities.village_reports import months, queries, restating, steps
from services.activities.village_reports.events import report_state
from services.activities.village_reports.models import VillageReport
from services.activities.village_reports.queries import Placed
from services.activities.village_reports.schemas import Submission, VillageReportIn
from services.activities.village_reports.steps import Step
from shared import database, outbox, records
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import VillageReportState
from shared.days import in_the_future
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Fault, Forbidden, InvalidPayload
from shared.records import IdTaken


class ReportExists(Conflict):
    slug = "report-exists"
    title = Text("Desa ini sudah melaporkan bulan itu", "The village has a report of that month")


class VillageOutsideYourArea(Forbidden):
    slug = "village-outside-your-area"
    title = Text("Desa ini di luar wilayah Anda", "The village is outside your area")


class MonthChanged(Conflict):
    slug = "month-changed-since-submission"
    title = Text("Isi bulan itu berubah sejak laporan diajukan", "The month changed since its report was submitted")


class SubmitterMayNotAccept(Forbidden):
    slug = "submitter-may-not-accept"
    title = Text("Yang mengajukan laporan tidak boleh menerimanya", "Who submitted a report may not accept it")


async def submit(session: AsyncSession, body: VillageReportIn, *, by: Principal, now: datetime, due_day: int) -> Placed:
    """A village's first submission of a month. `due_day` of the month that follows is the last day in time.

    Raises InvalidPayload, VillageOutsideYourArea, ReportExists, IdTaken.
    """
    await references.hold(session, body.village, None)
    known = await references.find(session, body.village, [])
    village, faults, _ = places.meant(body.village, months.last_day(body.month), known.holders)
    if village is None:
        raise InvalidPayload(errors=faults)
    if not by.covers(village.area_code):
        raise VillageOutsideYourArea
    today = local_date(now, village.time_zone)
    _refuse_unfinished(body.month, today)
    if (earlier := await queries.of_month(session, village.id, body.month)) is not None:
        raise _exists(body.month, earlier)
    completed = await _counted(session, village.id, body.month, body.nihil)
    report = VillageReport(
        id=body.id or uuid7(), village_id=village.id, village_code=village.area_code, month=body.month,
        state=VillageReportState.DIAJUKAN, nihil=body.nihil, completed=completed, submitted_on=today,
        submitted_by=by.subject, first_submitted_on=today, due_on=months.due_on(body.month, due_day), decided_on=None,
        restate=False, voided=False, recorded_at=now, changed_at=now,
    )  # fmt: skip
    await _register(session, report, village, by, now)
    return Placed(report, village.name, today)


async def _register(
    session: AsyncSession, report: VillageReport, village: Region, by: Principal, now: datetime
) -> None:
    fact = outbox.Fact("submitted", by=by.subject, at=now, regions={village.id})
    try:
        await outbox.register(await database.driver(session), report, report_state(report), fact)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "uq_village_report_month_village_id":
            raise _exists(report.month, None) from error
        raise IdTaken.of(report.id) from error


async def submit_again(
    session: AsyncSession,
    id: UUID,
    body: Submission,
    step: Step,
    *,
    by: Principal,
    precondition: IfMatch,
    now: datetime,
) -> Placed:
    """Submits a report that waits or was returned (`submission`), or restates one whose month changed (`restatement`).

    Raises NotFound, PreconditionFailed, WrongState, InvalidPayload.
    """
    placed = await _stepping(session, id, step, by=by, precondition=precondition, now=now)
    report = placed.report
    report.completed = await _counted(session, report.village_id, report.month, body.nihil)
    report.nihil = body.nihil
    report.submitted_on, report.submitted_by = placed.today, by.subject
    report.state, report.decided_on, report.restate = VillageReportState.DIAJUKAN, None, False
    await _record(session, report, "resubmitted", by=by, now=now)
    return placed


async def accept(session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime) -> Placed:
    """The district accepts what the village says. Raises NotFound, PreconditionFailed, WrongState, SubmitterMayNotAccept,
    and MonthChanged when the month does not hold as many activities any more."""
    seen = (await queries.one(session, id, by, now)).report
    await restating.settled(session, seen.village_id, seen.month)
    placed = await _stepping(session, id, Step.ACCEPTANCE, by=by, precondition=precondition, now=now)
    report = placed.report
    if report.submitted_by == by.subject:
        raise SubmitterMayNotAccept
    # Its row and its month are held: whoever completes something in it from here on waits, and then marks it.
    if (holds := await queries.completed_in(session, report.village_id, report.month)) != report.completed:
        raise _changed(report, holds)
    report.state, report.decided_on = VillageReportState.DITERIMA, placed.today
    await _record(session, report, "accepted", by=by, now=now)
    return placed


async def send_back(
    session: AsyncSession, id: UUID, reason: str, *, by: Principal, precondition: IfMatch, now: datetime
) -> Placed:
    """The district returns it to the village. Raises NotFound, PreconditionFailed, WrongState."""
    placed = await _stepping(session, id, Step.RETURN, by=by, precondition=precondition, now=now)
    placed.report.state, placed.report.decided_on = VillageReportState.DIKEMBALIKAN, placed.today
    await _record(session, placed.report, "returned", by=by, now=now, reason=reason)
    return placed


async def void(
    session: AsyncSession, id: UUID, reason: str, *, by: Principal, precondition: IfMatch, now: datetime
) -> Placed:
    """The village takes it back as an entry error, unless it was accepted. Raises as `send_back`."""
    placed = await _stepping(session, id, Step.VOIDING, by=by, precondition=precondition, now=now)
    placed.report.voided = True
    await _record(session, placed.report, "voided", by=by, now=now, reason=reason)
    return placed


async def _stepping(
    session: AsyncSession, id: UUID, step: Step, *, by: Principal, precondition: IfMatch, now: datetime
) -> Placed:
    placed = await queries.locked(session, id, by, now)
    precondition.check(placed.report.sequence)
    steps.require(placed.report, step)
    return placed


async def _record(
    session: AsyncSession, report: VillageReport, verb: str, *, by: Principal, now: datetime, reason: str | None = None
) -> None:
    await records.record(
        session, report, report_state(report), verb, by=by, now=now, regions={report.village_id}, reason=reason
    )


async def _counted(session: AsyncSession, village_id: UUID, month: str, nihil: bool) -> int:
    """What was completed in the month. Raises InvalidPayload when it does not agree with what the village says."""
    completed = await queries.completed_in(session, village_id, month)
    if nihil == (completed == 0):
        return completed
    raise InvalidPayload(errors=[_nothing_was_held() if completed == 0 else _not_nihil(completed, month)])


def _refuse_unfinished(month: str, today: date) -> None:
    if months.first_day(month) > today:
        raise InvalidPayload(errors=[in_the_future(today, "month")])
    if months.last_day(month) >= today:
        after = months.after(month)
        raise InvalidPayload(
            errors=[
                Fault(
                    "month-not-over",
                    Text(f"Bulan {month} belum berakhir.", f"The month {month} is not over."),
                    Text(f"Laporkan mulai {after}.", f"Report it from {after} on."),
                    pointer="/month",
                )
            ]
        )


def _exists(month: str, id: UUID | None) -> ReportExists:
    return ReportExists(
        Text(
            f"Laporan {month} sudah ada. Bila dikembalikan, ajukan lagi (POST …/submission).",
            f"There is a report of {month}. If it was returned, submit it again (POST …/submission).",
        ),
        extra={"report_id": str(id)} if id else {},
    )


def _not_nihil(completed: int, month: str) -> Fault:
    return Fault(
        "not-nihil",
        Text(
            f"Ada {completed} kegiatan selesai di desa ini pada {month}.",
            f"{completed} activities were completed in the village in {month}.",
        ),
        Text(
            "Kirim nihil: false; bila kegiatannya salah input, batalkan dahulu (POST …/voiding).",
            "Send nihil: false; if the activities are entry errors, void them first (POST …/voiding).",
        ),
        pointer="/nihil",
    )


def _nothing_was_held() -> Fault:
    return Fault(
        "nothing-completed",
        Text("Tidak ada kegiatan selesai pada bulan itu.", "No activity was completed in that month."),
        Text(
            "Catat dahulu kegiatannya, atau kirim nihil: true.",
            "Record the activities first, or send nihil: true.",
        ),
        pointer="/nihil",
    )


def _changed(report: VillageReport, holds: int) -> MonthChanged:
    return MonthChanged(
        Text(
            f"Diajukan dengan {report.completed} kegiatan, sekarang ada {holds}. Minta desa mengajukan lagi "
            "(POST …/submission), atau kembalikan (POST …/return).",
            f"It was submitted with {report.completed} activities, now there are {holds}. Ask the village to submit it "
            "again (POST …/submission), or return it (POST …/return).",
        ),
        extra={"submitted": report.completed, "now": holds},
    )
