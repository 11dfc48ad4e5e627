"""Reading change requests: what a caller sees of them, and one of them to be changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests.models import ChangeRequest
from services.registry.institutions import absorption
from services.registry.institutions import queries as institutions
from services.registry.institutions.review import Step
from services.registry.models import Institution, Region
from shared.auth import Principal
from shared.changes import Change
from shared.language import Text
from shared.problems import Forbidden, NotFound

columns = ChangeRequest.__table__.c
PLACES = (institutions.columns.village_code, columns.village_code, columns.target_village_code)
"""Where a request belongs: the seat of today, the seat when it was proposed, and the one it proposes."""


class OutsideYourArea(Forbidden):
    slug = "outside-your-area"
    title = Text("Ada desa yang di luar wilayah Anda", "A village concerned is outside your area")


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a request: one of its places is in their areas, or it is about their own institution."""
    return principal.within(*PLACES, institutions=institutions.columns.id == principal.institution_id)


def rows(principal: Principal) -> Select[Any]:
    """The requests that the caller may see, each with today's name and village of its institution."""
    seat = (institutions.columns.village_code.label("seat_code"), institutions.columns.name)
    joined = select(*columns, *seat).join(Institution, institutions.columns.id == columns.institution_id)
    return joined.where(visible(principal))


async def locked(session: AsyncSession, id: UUID, by: Principal) -> tuple[ChangeRequest, Institution, Region]:
    """A request, its institution and the village of its seat, locked until the transaction ends.

    Raises NotFound for one that the caller may not see, OutsideYourArea for one whose institution is not in their area.
    """
    # The institution's lock is the one lock of its change requests too: two locks could be taken the wrong way round.
    found = (
        await session.execute(
            select(columns.institution_id, columns.step, columns.changes)
            .join(Institution, institutions.columns.id == columns.institution_id)
            .where(columns.id == id, visible(by))
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    if found.step == Step.MERGER:  # it changes two institutions
        await absorption.lock(session, {found.institution_id, successor_id(found.changes)})
    try:
        institution, village = await institutions.locked(session, found.institution_id, by)
    except NotFound as elsewhere:
        raise OutsideYourArea(
            Text(
                "Lembaga ini masih di wilayah lain; langkah ini untuk petugas di wilayah itu.",
                "The institution is still in another area; this step is for the people there.",
            )
        ) from elsewhere
    return await session.get_one(ChangeRequest, id), institution, village


def successor_id(changes: Mapping[str, Change]) -> UUID:
    """The successor that a proposed merger names."""
    return UUID(changes["successor_id"].after)


async def open_one(session: AsyncSession, institution: Institution) -> ChangeRequest | None:
    """The open request of a locked institution, if there is one."""
    if institution.change_request_id is None:
        return None
    return await session.get_one(ChangeRequest, institution.change_request_id)
