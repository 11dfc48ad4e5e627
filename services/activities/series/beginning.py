"""How a series begins: its rule is understood, its first occurrence checked, and those of the coming months planned."""

from datetime import date, datetime, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.activities import drafting, referred
from services.activities.activities.referred import Referred
from services.activities.activities.rules import refuse
from services.activities.activities.schemas import Description
from services.activities.known import places
from services.activities.programmes import rules as programmes
from services.activities.series import making, recurrence, states, timetable
from services.activities.series.making import Outcome
from services.activities.series.models import Series
from services.activities.series.schemas import SeriesIn
from shared import database, outbox
from shared.auth import Principal
from shared.clock import local_date
from shared.days import too_early
from shared.events.activities import SeriesRule
from shared.language import Text
from shared.problems import Fault, InvalidPayload
from shared.records import IdTaken

EARLIEST_YEARS = 5
"""Years before today in which a rule may have begun: long enough to keep up a rhythm that is at work."""


async def begin(session: AsyncSession, body: SeriesIn, *, by: Principal, now: datetime, months: int) -> Outcome:
    """Records a series and plans its occurrences of the coming `months`. Raises InvalidPayload, ReferenceNotArrived, IdTaken."""
    rule = recurrence.understood(body.rule, body.starts_on)
    driver = await database.driver(session)
    known = await referred.find(driver, [body], by)
    region, faults, warned = places.meant(body.village, rule.first, known.holders.get(body.village, ()))
    if region is None:
        raise InvalidPayload(errors=faults)
    today = local_date(now, region.time_zone)
    rules = [SeriesRule(rule=rule.rule, starts_on=body.starts_on, days=body.days)]
    series = Series(
        id=body.id or uuid7(), rules=rules, begins_on=max(body.starts_on, today), ended_on=None, made_through=today,
        kept_by=by.subject, voided=False, recorded_at=now, changed_at=now,
    )  # fmt: skip
    _refuse(series, body, known, today, by, now)
    states.describe(series, body, known, region)
    until = making.horizon(today, months)
    made, stopped = making.drafts(series, timetable.given(series, series.begins_on, until), known, by, now)
    series.made_through = stopped.day - timedelta(days=1) if stopped else until
    regions = {region.id, known.institutions[body.lead_institution_id].seat_id}
    fact = outbox.Fact("begun", by=by.subject, at=now, regions=regions)
    try:
        await outbox.register(driver, series, states.state(series), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(series.id) from error
    await making.store(session, made, by, now)
    return Outcome(series.id, len(made), 0, [*warned, *rule.warned, *([stopped.warned()] if stopped else [])])


def _refuse(series: Series, body: SeriesIn, known: Referred, today: date, by: Principal, now: datetime) -> None:
    """Raises InvalidPayload unless its first occurrence could be planned."""
    earliest = today.replace(year=today.year - EARLIEST_YEARS, day=1)
    refuse([too_early(earliest, "starts_on")] if body.starts_on < earliest else [])
    first = next(timetable.given(series, series.begins_on), None)
    if first is None:
        raise InvalidPayload(errors=[_all_past(today)])
    description = Description.model_validate(body.model_dump(include=set(Description.model_fields)))
    drafted = drafting.drafted(making.body(description, *first, known), known, by, now)
    faults = drafted if isinstance(drafted, list) else []
    of_programme = programmes.faults(body.programme_id, known.programmes, body.lead_institution_id, None)
    refuse(list(dict.fromkeys([*faults, *of_programme])))


def _all_past(today: date) -> Fault:
    return Fault(
        "rule-gives-nothing",
        Text(f"Semua harinya sudah lewat; hari ini {today}.", f"All its dates have passed; today is {today}."),
        Text("Catat yang sudah terlaksana sebagai kegiatan, atau perpanjang aturannya.",
             "Record what was held as activities, or let the rule go on longer."),
        pointer="/rule",
    )  # fmt: skip
