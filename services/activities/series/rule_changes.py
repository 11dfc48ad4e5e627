"""A series is given another rule: what nobody touched follows it, all else stays as it is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.rules import refuse
from services.activities.series import making, recurrence, service, timetable, untouched
from services.activities.series.making import Outcome
from services.activities.series.models import Series
from services.activities.series.schemas import RuleChange
from shared.auth import Principal
from shared.days import too_early
from shared.events.activities import SeriesRule
from shared.preconditions import IfMatch


async def change_rule(
    session: AsyncSession,
    id: UUID,
    body: RuleChange,
    precondition: IfMatch,
    *,
    by: Principal,
    now: datetime,
    months: int,
) -> Outcome:
    """Gives another rule from a day after today on: what it does not give is withdrawn if nobody touched it, what it gives anew
    is planned.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed, SeriesOver, InvalidPayload, ReferenceNotArrived.
    """
    row, known = await service.held(session, id, precondition, by)
    series: Series = row.Series
    service.require(series)
    today = service.today(row, now)
    earliest = max(today + timedelta(days=1), series.begins_on)
    refuse([too_early(earliest, "starts_on")] if body.starts_on < earliest else [])
    rule = recurrence.understood(body.rule, body.starts_on)
    before = dict(timetable.given(series, body.starts_on, series.made_through))
    new = SeriesRule(rule=rule.rule, starts_on=body.starts_on, days=body.days or series.rules[-1].days)
    open_ones = await untouched.find(session, series, today, body.starts_on)
    taken = await making.made_dates(session, series, body.starts_on)
    series.rules = timetable.with_rule(series.rules, new)
    regions = {series.village_id, row.seat_id}
    await service.record(session, series, "rule_changed", regions, by, now, body.reason)
    after = dict(timetable.given(series, body.starts_on, series.made_through))
    gone = [one for one in open_ones if after.get(untouched.day_of(one)) != untouched.days_of(one)]
    await untouched.withdraw(session, gone, regions, body.reason, by, now)
    left = {untouched.day_of(one) for one in gone}
    # A date that the former rule gave too, and that has none, was voided by somebody: it stays so.
    anew = [(day, days) for day, days in after.items() if day in left or (day not in taken and day not in before)]
    made, stopped = making.drafts(series, anew, known, by, now)
    await making.store(session, made, by, now)
    if stopped:
        await making.through(session, series, stopped.day - timedelta(days=1))
        return Outcome(id, len(made), len(gone), [*rule.warned, stopped.warned()])
    more, stopped = await making.fill(session, series, known, by, now, today, making.horizon(today, months))
    return Outcome(id, len(made) + more, len(gone), [*rule.warned, *([stopped.warned()] if stopped else [])])
