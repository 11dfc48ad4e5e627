"""Experiences as they are answered: one, lists, who endorsed one, and the activity that may be made after it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import WarningOut
from services.activities.activities.models import Activity
from services.activities.exchange import lists, showing
from services.activities.exchange.lists import Filters
from services.activities.experiences import states
from services.activities.experiences.models import Endorsement, Experience
from services.activities.experiences.queries import TABLE, readable
from services.activities.experiences.schemas import ActivityTemplate, EndorsementOut, ExperienceOut
from shared import records
from shared.auth import Principal
from shared.codes import ActivityKind
from shared.pagination import Order, Page, PageQuery, paginate


async def one(session: AsyncSession, id: UUID, principal: Principal) -> ExperienceOut:
    """The experience as the caller may read it. Raises NotFound."""
    return await told(session, await records.read(session, Experience, id, readable(principal)))


async def told(session: AsyncSession, experience: Experience, warnings: Sequence[WarningOut] = ()) -> ExperienceOut:
    """A row that the caller may read, or has written, as it is answered."""
    place = await showing.place(session, experience.village_id)
    called = await showing.names(session, [experience.poster])
    return states.answer(experience, place.village_name, called, warnings)


async def listed(
    session: AsyncSession, principal: Principal, filters: Filters, kind: ActivityKind | None, value: UUID | None,
    page: PageQuery,
) -> Page[ExperienceOut]:  # fmt: skip
    """One page of what the caller may read under these filters; `value` is a cultural value they draw on."""
    statement = showing.placed(Experience).where(readable(principal))
    if kind is not None:
        statement = statement.where(TABLE.c.kind == kind)
    if value is not None:
        statement = statement.where(TABLE.c.cultural_value_ids.contains([value]))
    rows, following, count = await lists.listed(session, statement, TABLE.c, filters, page)
    called = await showing.names(session, [found.Experience.poster for found in rows])
    items = [states.answer(found.Experience, found.village_name, called) for found in rows]
    return Page(items=items, next=following, count=count)


async def endorsements(session: AsyncSession, id: UUID, principal: Principal, page: PageQuery) -> Page[EndorsementOut]:
    """Who endorses an experience that the caller may read, the latest first. Raises NotFound."""
    await records.refuse_invisible(session, Experience, id, readable(principal))
    statement: Any = select(Endorsement).where(Endorsement.experience_id == id, Endorsement.withdrawn_at.is_(None))
    columns = Endorsement.__table__.c
    order = Order([columns.recorded_at, columns.id], descending=True)
    rows, following, count = await paginate(session, statement, order, page)
    called = await showing.names(session, [found.Endorsement.by for found in rows])
    items = [_endorsement(found.Endorsement, called) for found in rows]
    return Page(items=items, next=following, count=count)


async def endorsement(session: AsyncSession, id: UUID, endorsement_id: UUID, principal: Principal) -> EndorsementOut:
    """One that stands, of an experience that the caller may read. Raises NotFound."""
    await records.refuse_invisible(session, Experience, id, readable(principal))
    stands = and_(Endorsement.experience_id == id, Endorsement.withdrawn_at.is_(None))
    found = await records.read(session, Endorsement, endorsement_id, stands)
    return _endorsement(found, await showing.names(session, [found.by]))


def _endorsement(row: Endorsement, called: showing.Names) -> EndorsementOut:
    return EndorsementOut(id=row.id, by=showing.organisation(row.by, called), on=row.on_date)


async def template(session: AsyncSession, id: UUID, principal: Principal) -> ActivityTemplate:
    """The beginning of an activity after an experience: from it, and from its own activity while that stands.

    Raises NotFound.
    """
    experience = await records.read(session, Experience, id, readable(principal))
    source = await session.get(Activity, experience.activity_id) if experience.activity_id else None
    told: dict[str, Any] = {}
    if source and not source.voided:
        told = {name: getattr(source, name) for name in ("strategy", "objective", "target_group")}
    return ActivityTemplate.model_validate(
        {
            **told,
            "title": experience.title,
            "kind": experience.kind,
            "cultural_value_ids": experience.cultural_value_ids,
            "experience_id": experience.id,
        }
    )
