"""Officers of an institution that was merged into another: what is closed has none."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions.merger_day import MERGER, refuse_begun
from services.registry.models import Institution
from services.registry.officers import queries, states
from services.registry.officers.models import Officer
from services.registry.people.models import Person
from shared import outbox
from shared.auth import Principal
from shared.events.envelope import State
from shared.events.institutions import Term


async def end(session: AsyncSession, merged: Institution, day: date, *, by: Principal, now: datetime) -> Sequence[Term]:
    """Ends the terms of a merged institution that go beyond a day, each as one event; gives all its terms as they are then.

    Its row is locked and not changed yet: the caller tells the terms with what else the merger changes of it. Raises
    BegunAfterMerger.
    """
    statement = (
        select(Officer, Person.village_id)
        .outerjoin(Person, Person.id == queries.columns.person_id)
        .where(queries.columns.institution_id == merged.id, not_(queries.columns.voided), queries.during(day, None))
        .order_by(queries.columns.id)
        .with_for_update(of=Officer)
    )
    rows = (await session.execute(statement)).all()
    refuse_begun("officers", [officer.id for officer, _ in rows if officer.since >= day], day)
    told: list[tuple[outbox.Subject, State, outbox.Fact]] = []
    for officer, home in rows:
        officer.until, officer.ended_reason, officer.changed_at = day, MERGER, now
        regions = {merged.village_id} | ({home} if home else set())
        told.append(
            (officer, states.state(officer), outbox.Fact("left_office", by=by.subject, at=now, regions=regions))
        )
    if told:
        await outbox.record_many(session, told)
    return await queries.terms(session, merged.id)
