"""The dates of a series and what became of them, and skipping one. An occurrence is moved and completed as any activity is."""

from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import queries as activities
from services.activities.activities import rows, steps
from services.activities.activities.models import Activity
from services.activities.activities.referred import Referred
from services.activities.benefits import standing
from services.activities.series import making, queries, service, timetable
from services.activities.series.answers import OccurrenceOut, Occurrences
from services.activities.series.models import Series
from shared.auth import Principal
from shared.codes import ActivityStatus
from shared.language import Text
from shared.outbox import outbox
from shared.preconditions import IfMatch
from shared.problems import InvalidPayload, NotFound

NOT_MADE = 0
"""The version of an occurrence whose activity is not made yet: its ETag is `"0"`."""
_columns = Activity.__table__.c


class OccurrenceNotGiven(NotFound):
    slug = "occurrence-not-given"
    title = Text("Aturan tidak memberi hari itu", "The rule does not give that day")


async def listed(
    session: AsyncSession, id: UUID, principal: Principal, since: date | None, until: date, most: int, now: datetime
) -> Occurrences:
    """The dates from `since` (None: today at the place) to `until`, `most` at most. Raises NotFound."""
    row = await queries.one(session, id, principal)
    series: Series = row.Series
    first = since or service.today(row, now)
    given = set() if series.voided else {day for day, _ in islice(timetable.given(series, first, until), most + 1)}
    # Beyond the dates that fill an answer, nothing needs to be read.
    made = await _made(session, id, first, max(given) if len(given) > most else until)
    # A voided one is told where the rule gives the date; one that was withdrawn with its rule is no date any more.
    shown = {day: one for day, one in made.items() if not one.Activity.voided or day in given or series.voided}
    days = sorted(given | shown.keys())
    items = [_told(day, shown.get(day), given=day in given) for day in days[:most]]
    return Occurrences(items=items, next=days[most] if len(days) > most else None)


async def _made(session: AsyncSession, id: UUID, first: date, last: date) -> dict[date, Any]:
    """The activity of each date, with the reason it was last given: one that is not voided, or else the last that was."""
    statement = (
        select(Activity, outbox.c.reason)
        .outerjoin(outbox, and_(outbox.c.subject_id == _columns.id, outbox.c.sequence == _columns.sequence))
        .where(_columns.series_id == id, _columns.occurrence_on.between(first, last))
        .order_by(_columns.occurrence_on, _columns.voided.desc(), _columns.recorded_at, _columns.id)
        .execution_options(populate_existing=True)
    )
    # Of several of one date the last stays.
    return {row.Activity.occurrence_on: row for row in (await session.execute(statement)).all()}


def _told(day: date, row: Any, *, given: bool) -> OccurrenceOut:
    if row is None:
        return OccurrenceOut(on=day, given=given)
    one: Activity = row.Activity
    return OccurrenceOut(
        on=day, given=given, activity_id=one.id, sequence=one.sequence, status=one.status, voided=one.voided,
        moved=_is_moved(one), planned_from=one.planned_from, planned_until=one.planned_until, held_from=one.held_from,
        held_until=one.held_until, reason=row.reason if one.status is ActivityStatus.DIBATALKAN else None,
    )  # fmt: skip


def _is_moved(one: Activity) -> bool:
    return len(one.plan) > 1


async def skip(
    session: AsyncSession,
    id: UUID,
    day: date,
    reason: str,
    precondition: IfMatch,
    *,
    by: Principal,
    now: datetime,
) -> OccurrenceOut:
    """Tells that an occurrence is not held. One whose activity is not made yet is planned with it: it was to be held.

    Raises NotFound, OccurrenceNotGiven, LeadOutsideYourArea, PreconditionFailed, WrongState for one that was moved, held,
    skipped or voided, BenefitsStand.
    """
    row, known = await service.held(session, id, None, by)
    series: Series = row.Series
    found = (await _made(session, id, day, day)).get(day)
    gives = timetable.gives(series, day)
    if found is None or (found.Activity.voided and not gives):
        if series.voided or not gives:
            raise _not_given(series, day)
        precondition.check(NOT_MADE)
        activity_id = await _plan(session, series, day, known, by, now)
        precondition = IfMatch(frozenset("*"))
    else:
        activity_id = found.Activity.id
    held = await activities.locked(session, activity_id, by, precondition)
    _require_in_place(held.activity)
    await standing.refuse(session, held.activity.id)
    held.activity.status = ActivityStatus.DIBATALKAN
    await rows.record(session, held, "skipped", by, now, reason)
    return _told(day, (await _made(session, id, day, day))[day], given=gives)


async def _plan(
    session: AsyncSession, series: Series, day: date, known: Referred, by: Principal, now: datetime
) -> UUID:
    """Plans an occurrence that is not made yet; the activity's id. Raises InvalidPayload if it cannot be planned."""
    made, stopped = making.drafts(series, timetable.given(series, day, day), known, by, now)
    if stopped:
        raise InvalidPayload(errors=stopped.faults)
    await making.store(session, made, by, now)
    return made[0].activity.id


def _require_in_place(one: Activity) -> None:
    """Raises WrongState unless it is planned, and for the days that the rule says."""
    steps.require(one, "cancellation")
    if _is_moved(one):
        raise steps.WrongState(
            Text(
                f"Sudah dipindahkan ke {one.planned_from}. Bila batal dilaksanakan: POST /v1/activities/{one.id}/cancellation.",
                f"It was moved to {one.planned_from}. If it is called off: POST /v1/activities/{one.id}/cancellation.",
            ),
            extra={"state": {"status": one.status.value, "moved": "true"}, "possible_steps": ["cancellation"]},
        )


def _not_given(series: Series, day: date) -> OccurrenceNotGiven:
    nearest = timetable.nearest(series, day)
    told = ", ".join(map(str, nearest)) or "-"
    return OccurrenceNotGiven(
        Text(f"{day} bukan hari dari kegiatan ini. Yang terdekat: {told}.",
             f"{day} is no date of this series. The nearest: {told}."),
        extra={"nearest": [one.isoformat() for one in nearest]},
    )  # fmt: skip
