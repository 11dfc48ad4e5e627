"""How many named members an institution has: people counted once, apart from the members that are only declared."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions.fields import Members
from services.registry.memberships import queries
from services.registry.memberships.queries import canonical, columns
from services.registry.people.models import Person
from shared.codes import Sex

FIELDS = {Sex.P: "female", Sex.L: "male", Sex.TIDAK_DIKETAHUI: "unknown"}


async def named(session: AsyncSession, institution_ids: Collection[UUID], day: date) -> dict[UUID, Members]:
    """The members by sex of each of these institutions on a day, in one query; zeros for one that has none.

    Records that are duplicates of one person count once; people whose record is an entry error do not count.
    """
    people = Person.__table__.c
    statement = (
        select(columns.institution_id, people.sex, func.count(canonical().distinct()).label("people"))
        .join(Person, people.id == columns.person_id)
        .where(
            columns.institution_id.in_(institution_ids),
            not_(columns.voided),
            not_(people.voided),
            queries.on(day),
        )
        .group_by(columns.institution_id, people.sex)
    )
    found: dict[UUID, dict[str, int]] = {id: {} for id in institution_ids}
    for row in await session.execute(statement):
        found[row.institution_id][FIELDS[row.sex]] = row.people
    return {id: Members(**counts) for id, counts in found.items()}
