"""Occurrences that nobody has touched yet and whose day is to come: these follow their series, all others stay as they are.

Those that a new rule, an end or an entry error takes away are withdrawn: voided before their plan began. A plan that is moved
before it began leaves its period's count (TRH-02), and so does one whose rule is replaced; were it cancelled instead, the
number would depend on how far ahead the worker has planned. What was to be held today or earlier is never withdrawn.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import rows
from services.activities.activities.events import activity_state
from services.activities.activities.models import Activity
from services.activities.activities.schemas import Description
from services.activities.benefits import standing
from services.activities.experiences import uses
from services.activities.series import states
from services.activities.series.models import Series
from shared import outbox
from shared.auth import Principal
from shared.codes import ActivityStatus


async def find(session: AsyncSession, series: Series, today: date, since: date | None = None) -> list[Activity]:
    """Those given for a day after today, and not before `since`, by day; locked until the transaction ends.

    Untouched: planned for the days it was made for, described as the series is, nothing contributed to it and nobody
    helped at it.
    """
    statement = (
        select(Activity)
        .where(
            Activity.series_id == series.id,
            ~Activity.voided,
            Activity.status == ActivityStatus.DIRENCANAKAN,
            Activity.occurrence_on > today,
            Activity.occurrence_on >= (since or today),
        )
        .order_by(Activity.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    described = states.description_of(series)
    found = [one for one in (await session.execute(statement)).scalars() if _as_made(one, series, described)]
    helped = await standing.among(session, [one.id for one in found])
    return sorted((one for one in found if one.id not in helped), key=day_of)


def _as_made(one: Activity, series: Series, described: Description) -> bool:
    return (
        len(one.plan) == 1
        and one.planned_from == one.occurrence_on
        and not one.resources
        and (one.village_id == series.village_id or one.village_code == series.village_code)
        and one.programme_id in (None, series.programme_id)
        and one.experience_id in (None, described.experience_id)
        and _told(Description.model_validate(rows.description_of(one))) == _told(described)
    )


def _told(description: Description) -> dict[str, Any]:
    """What is compared: the village by its code of today, the programme by its year, the experience while it stands, all
    elsewhere."""
    return description.model_dump(exclude={"village", "programme_id", "experience_id"})


def day_of(one: Activity) -> date:
    """The day on which the rule gave an occurrence."""
    return cast(date, one.occurrence_on)


def days_of(one: Activity) -> int:
    """How many days an occurrence is planned for."""
    return (cast(date, one.planned_until) - cast(date, one.planned_from)).days + 1


async def withdraw(
    session: AsyncSession,
    occurrences: Sequence[Activity],
    regions: Collection[UUID],
    reason: str,
    by: Principal,
    now: datetime,
) -> None:
    """Voids occurrences that were found untouched; their history tells that they were withdrawn, and why."""
    for one in occurrences:
        one.voided, one.changed_at = True, now
    await tell(session, occurrences, "withdrawn", regions, by, now, reason)
    await uses.recorded(session, *(one.experience_id for one in occurrences), by=by, now=now, more=-1)


async def tell(
    session: AsyncSession,
    occurrences: Sequence[Activity],
    verb: str,
    regions: Collection[UUID],
    by: Principal,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Writes changed occurrences and the event of each, to the regions of the series and their own."""
    changes = [
        (one, activity_state(one), outbox.Fact(verb, by.subject, now, {*regions, one.village_id}, reason))
        for one in occurrences
    ]
    await outbox.record_many(session, changes)
