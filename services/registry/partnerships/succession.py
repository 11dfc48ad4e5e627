"""Agreements of an institution that was merged into another: its successor becomes a party too.

The one that ended stays named: it is who the agreement was made with.
"""

from datetime import date, datetime

from sqlalchemy import func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Institution
from services.registry.partnerships import parties, states
from services.registry.partnerships.models import Partnership
from shared import outbox
from shared.auth import Principal

columns = Partnership.__table__.c


async def take_over(
    session: AsyncSession, merged: Institution, successor: Institution, day: date, *, by: Principal, now: datetime
) -> None:
    """Makes the successor a party of every agreement of the merged one that is in force on a day or later.

    Each is one event. Both institutions are locked.
    """
    until = func.coalesce(columns.ended_on, columns.until)
    statement = select(Partnership).where(
        columns.institution_ids.contains([merged.id]), not_(columns.institution_ids.contains([successor.id])),
        not_(columns.voided), or_(until.is_(None), until > day),
    )  # fmt: skip
    agreements = (await session.scalars(statement.order_by(columns.id).with_for_update())).all()
    if not agreements:
        return
    villages = await parties.villages(session, agreements)
    told = []
    for one in agreements:
        one.institution_ids = [*one.institution_ids, successor.id]
        one.changed_at = now
        regions = {*villages[one.id], *one.region_ids, successor.village_id}
        told.append((one, states.state(one), outbox.Fact("changed", by=by.subject, at=now, regions=regions)))
    await outbox.record_many(session, told)
