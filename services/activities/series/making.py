"""Makes the occurrences of a series: activities that are planned for the dates its rules give, each date once.

The caller holds the series' row, so that of several processes one makes them; the database refuses a second occurrence of a
date besides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from services.activities.activities import drafting
from services.activities.activities.drafting import Drafted
from services.activities.activities.models import Activity
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import ActivityIn, Description
from services.activities.experiences import uses
from services.activities.known.places import Warned
from services.activities.series import states, timetable
from services.activities.series.models import Series
from shared import outbox
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault

_THROUGH = text("UPDATE series SET made_through = :day WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Stopped:
    """The first date whose occurrence cannot be planned as the series is described, and why."""

    day: date
    faults: list[Fault]

    def warned(self) -> Warned:
        """The same as a warning, with the first reason."""
        why = self.faults[0].message
        return Warned(
            "/rule",
            "occurrences-not-made",
            Text(f"Mulai {self.day} belum direncanakan: {why.id}", f"From {self.day} on none is planned: {why.en}"),
        )


@dataclass(slots=True)
class Outcome:
    """What a write did: occurrences made and withdrawn, and what was understood otherwise than it was written."""

    id: UUID
    made: int = 0
    withdrawn: int = 0
    warned: list[Warned] = field(default_factory=list)


def horizon(today: date, months: int) -> date:
    """The last day up to which occurrences are made."""
    return today + relativedelta(months=months)


def body(description: Description, day: date, days: int, known: Referred) -> ActivityIn:
    """What plans an occurrence. It belongs to the series' programme if its last day lies in the programme's year."""
    last = day + timedelta(days=days - 1)
    programme = known.programmes.get(description.programme_id) if description.programme_id else None
    of_year = programme is None or programme.year == last.year
    plan = {"planned_from": day, "planned_until": last}
    told = description.model_dump() | ({} if of_year else {"programme_id": None})
    return ActivityIn.model_validate({**told, "plan": plan})


def drafts(
    series: Series, dates: Iterable[tuple[date, int]], known: Referred, by: Principal, now: datetime
) -> tuple[list[Drafted], Stopped | None]:
    """The occurrences of these dates, up to the first that cannot be planned. Raises ReferenceNotArrived."""
    description = states.description_of(series)
    if description.experience_id not in known.experiences:
        # Withdrawn since: what was learned from it goes on, and names it no more.
        description = description.model_copy(update={"experience_id": None})
    made: list[Drafted] = []
    for day, days in dates:
        drafted = drafting.drafted(body(description, day, days, known), known, by, now)
        if isinstance(drafted, list):
            return made, Stopped(day, drafted)
        drafted.activity.series_id, drafted.activity.occurrence_on = series.id, day
        made.append(drafted)
    return made, None


async def store(session: AsyncSession, made: list[Drafted], by: Principal, now: datetime) -> None:
    """Stores drafted occurrences, each with the event that it is planned."""
    await outbox.register_many(session, [one.registration(by, now) for one in made])
    await uses.recorded(session, *(one.activity.experience_id for one in made), by=by, now=now)


async def fill(
    session: AsyncSession, series: Series, known: Referred, by: Principal, now: datetime, today: date, until: date
) -> tuple[int, Stopped | None]:
    """Makes what the series gives after `made_through`, from today up to a day; how many, and where it had to stop.

    Dates that have an occurrence already, such as one skipped ahead, are left alone.
    """
    since = max(series.made_through + timedelta(days=1), today)
    if series.voided or since > until:
        return 0, None
    taken = await made_dates(session, series, since)
    wanted = [(day, days) for day, days in timetable.given(series, since, until) if day not in taken]
    made, stopped = drafts(series, wanted, known, by, now)
    await store(session, made, by, now)
    await through(session, series, stopped.day - timedelta(days=1) if stopped else until)
    return len(made), stopped


async def through(session: AsyncSession, series: Series, day: date) -> None:
    """Notes up to which day occurrences are made. It is no change of the series: no event, no version."""
    await session.execute(_THROUGH, {"id": series.id, "day": day})
    set_committed_value(series, "made_through", day)


async def made_dates(session: AsyncSession, series: Series, since: date) -> set[date]:
    """Dates from a day on that have an occurrence that is not voided."""
    statement = select(Activity.occurrence_on).where(
        Activity.series_id == series.id, Activity.occurrence_on >= since, ~Activity.voided
    )
    return {day for day in (await session.execute(statement)).scalars() if day}
