"""What happens to series: described otherwise, ended, voided as an entry error; begun (`beginning`), given another rule
(`rule_changes`).

Each is one event of the series, and one of each occurrence that is made, changed or withdrawn with it, in one transaction. What
somebody held, moved, skipped or changed on its own stays as it is.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import drafting, referred, rows
from services.activities.activities.models import Activity
from services.activities.activities.patches import DescriptionChange
from services.activities.activities.referred import Referred
from services.activities.activities.rules import refuse
from services.activities.activities.schemas import Description
from services.activities.experiences import uses
from services.activities.known import places
from services.activities.known.places import Warned
from services.activities.known.references import Region
from services.activities.series import making, queries, states, timetable, untouched
from services.activities.series.making import Outcome
from services.activities.series.models import Series
from services.activities.series.schemas import Ending
from shared import database, records
from shared.auth import Principal
from shared.clock import local_date
from shared.days import too_early
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault


class SeriesOver(Conflict):
    slug = "series-over"
    title = Text("Kegiatan berulang ini sudah diakhiri atau dibatalkan", "The series has ended or is voided")


class SeriesInUse(Conflict):
    slug = "series-in-use"
    title = Text("Ada pelaksanaan yang sudah berjalan atau diubah", "There are occurrences that were held or touched")


async def change(
    session: AsyncSession, id: UUID, patch: DescriptionChange, precondition: IfMatch, *, by: Principal, now: datetime
) -> Outcome:
    """Merges a patch into the description, also of occurrences to come that nobody touched. One that changes nothing is no event.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed, SeriesOver, InvalidPayload, ReferenceNotArrived.
    """
    unheld = states.description_of((await queries.one(session, id, by)).Series)
    known = await referred.find(await database.driver(session), [unheld, patched(unheld, patch)], by)
    row = await queries.locked(session, id, by, precondition)
    series: Series = row.Series
    require(series, ended=True)
    current, here = states.description_of(series), today(row, now)
    wanted = patched(current, patch)
    coming, _ = next(timetable.given(series, here + timedelta(days=1)), (here, 1))
    place, faults, warned = _new_place(current, wanted, coming, known)
    if place and place.id == series.village_id:
        place, wanted = None, wanted.model_copy(update={"village": current.village})
    if wanted == current:
        return Outcome(id, warned=warned)
    follow = [(one, _followed(wanted, current, one, known)) for one in await untouched.find(session, series, here)]
    faults += drafting.description_faults(wanted, current, known, [coming], [coming], None, by)
    for one, body in follow:
        before = Description.model_validate(rows.description_of(one))
        days = [untouched.day_of(one)]
        faults += drafting.description_faults(body, before, known, days, days, one.planned_until, by)
    refuse(list(dict.fromkeys(faults)))
    regions = {row.Series.village_id, row.seat_id, *([place.id] if place else [])}
    states.describe(series, wanted, known, place)
    regions |= {lead.seat_id} if (lead := known.institutions.get(wanted.lead_institution_id)) else set()
    await record(session, series, "changed", regions, by, now)
    used = [one.experience_id for one, _ in follow]
    for one, body in follow:
        rows.describe(one, body, known, place, one.planned_until or coming)
        one.changed_at = now
    await untouched.tell(session, [one for one, _ in follow], "changed", regions, by, now)
    await uses.exchanged(session, used, [one.experience_id for one, _ in follow], by=by, now=now)
    return Outcome(id, warned=warned)


def _followed(wanted: Description, current: Description, one: Activity, known: Referred) -> Description:
    """The description as an occurrence takes it on: within the programme's year, in the programme; after the experience that
    it was made after, unless the series is given another."""
    if wanted.experience_id == current.experience_id:
        wanted = wanted.model_copy(update={"experience_id": one.experience_id})
    body = making.body(wanted, untouched.day_of(one), untouched.days_of(one), known)
    return Description.model_validate(body.model_dump(include=set(Description.model_fields)))


def _new_place(
    current: Description, wanted: Description, day: date, known: Referred
) -> tuple[Region | None, list[Fault], list[Warned]]:
    if wanted.village == current.village:
        return None, [], []
    return places.meant(wanted.village, day, known.holders.get(wanted.village, ()))


async def end(
    session: AsyncSession, id: UUID, body: Ending, precondition: IfMatch, *, by: Principal, now: datetime
) -> Outcome:
    """Tells that there are no more from a day on. Those to come that nobody touched are withdrawn. Raises as `change`."""
    row, _ = await held(session, id, precondition, by)
    series: Series = row.Series
    require(series)
    refuse([too_early(series.begins_on, "on")] if body.on < series.begins_on else [])
    gone = await untouched.find(session, series, today(row, now), body.on)
    regions = {series.village_id, row.seat_id}
    series.ended_on = body.on
    await record(session, series, "ended", regions, by, now, body.reason)
    await untouched.withdraw(session, gone, regions, body.reason, by, now)
    return Outcome(id, withdrawn=len(gone))


async def void(
    session: AsyncSession, id: UUID, precondition: IfMatch, *, by: Principal, now: datetime, reason: str
) -> Outcome:
    """Tells that it was an entry error, with the occurrences to come. Raises SeriesInUse if others stand, and as `end`."""
    row, _ = await held(session, id, precondition, by)
    series: Series = row.Series
    require(series, ended=True)
    gone = await untouched.find(session, series, today(row, now))
    standing = select(func.count()).where(Activity.series_id == id, ~Activity.voided)
    others = (await session.scalar(standing) or 0) - len(gone)
    if others:
        raise SeriesInUse(
            Text(
                f"{others} pelaksanaan sudah tiba harinya atau sudah diubah. Akhiri saja (POST …/ending), "
                "atau batalkan dahulu satu per satu sebagai salah catat.",
                f"The day of {others} has come, or somebody touched them. End it instead (POST …/ending), "
                "or void these one by one first.",
            ),
            extra={"occurrences": others},
        )
    regions = {series.village_id, row.seat_id}
    series.voided = True
    await record(session, series, "voided", regions, by, now, reason)
    await untouched.withdraw(session, gone, regions, reason, by, now)
    return Outcome(id, withdrawn=len(gone))


async def held(session: AsyncSession, id: UUID, precondition: IfMatch | None, by: Principal) -> tuple[Any, Referred]:
    """The series' row, locked after what it refers to, which is held too.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed.
    """
    unheld = states.description_of((await queries.one(session, id, by)).Series)
    known = await referred.find(await database.driver(session), [unheld], by)
    return await queries.locked(session, id, by, precondition), known


def today(row: Any, now: datetime) -> date:
    """The local day where a series is held."""
    return local_date(now, row.time_zone)


async def record(
    session: AsyncSession,
    series: Series,
    verb: str,
    regions: set[UUID],
    by: Principal,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Writes a locked series' changes and the event that tells them."""
    series.kept_by = by.subject
    await records.record(session, series, states.state(series), verb, by=by, now=now, regions=regions, reason=reason)


def require(series: Series, *, ended: bool = False) -> None:
    """Raises SeriesOver for one that is voided, or has ended unless that does not matter."""
    if series.voided or (series.ended_on and not ended):
        state = {"voided": str(series.voided).lower(), "ended_on": str(series.ended_on)}
        raise SeriesOver(
            Text("Mulai kegiatan berulang yang baru: POST /v1/series.", "Begin a new series: POST /v1/series."),
            extra={"state": state},
        )
