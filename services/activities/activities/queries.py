"""Activities as a caller may see and change them: the area scope, one record, and one record locked."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import ActivityOut, WarningOut
from services.activities.activities.models import Activity
from services.activities.activities.patches import DescriptionChange
from services.activities.attendance.models import AttendanceSheet
from services.activities.known import references
from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.known.places import Warned
from shared.auth import Principal
from shared.language import Language, Text
from shared.preconditions import IfMatch
from shared.problems import Forbidden, NotFound

_columns = Activity.__table__.c


class LeadOutsideYourArea(Forbidden):
    slug = "lead-outside-your-area"
    title = Text(
        "Kegiatan ini hanya diubah dari wilayah penyelenggara utamanya",
        "Only the area of its lead changes this activity",
    )


def readable(principal: Principal) -> ColumnElement[bool]:
    """Held in the caller's area, or led from there; for an institution's operator: its own, as lead or co-organiser."""
    own = or_(
        _columns.lead_institution_id == principal.institution_id,
        _columns.co_organiser_ids.contains([principal.institution_id]),
    )
    return principal.within(_columns.village_code, _columns.lead_village_code, institutions=_if_any(principal, own))


def writable(principal: Principal) -> ColumnElement[bool]:
    """Led from the caller's area; for an institution's operator: led by its own institution."""
    own = _columns.lead_institution_id == principal.institution_id
    return principal.within(_columns.lead_village_code, institutions=_if_any(principal, own))


def _if_any(principal: Principal, own: ColumnElement[bool]) -> ColumnElement[bool] | None:
    return own if principal.institution_id else None


def _named() -> Select[Activity, str, str]:
    return (
        select(Activity, KnownRegion.name.label("village_name"), KnownInstitution.name.label("lead_name"))
        .outerjoin(KnownRegion, KnownRegion.id == Activity.village_id)
        .outerjoin(KnownInstitution, KnownInstitution.id == Activity.lead_institution_id)
    )


async def one(session: AsyncSession, identity: UUID, principal: Principal) -> ActivityOut:
    """The activity as the caller may see it. Raises NotFound."""
    row = (await session.execute(_named().where(Activity.id == identity, readable(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return ActivityOut.of(row.Activity, row.village_name, row.lead_name)


@dataclass(slots=True)
class Locked:
    """An activity whose row this transaction holds. `time_zone` is that of the place where it is held.

    `regions` are those that its next event concerns: where it is held and where its lead has its seat, before and after.
    `warned`: what was understood otherwise than it was written.
    """

    activity: Activity
    time_zone: str
    village_name: str | None
    lead_name: str | None
    regions: set[UUID]
    writable: bool = True
    warned: list[Warned] = field(default_factory=list)
    sheet: AttendanceSheet | None = None
    """The one that was recorded with its completion."""

    def answer(self, language: Language) -> ActivityOut:
        """The answer about it, with the warnings in a language."""
        told = [WarningOut.of(warned, language) for warned in self.warned]
        sheet_id = self.sheet.id if self.sheet else None
        return ActivityOut.of(self.activity, self.village_name, self.lead_name, told, sheet_id)


async def locked(
    session: AsyncSession,
    identity: UUID,
    principal: Principal,
    if_match: IfMatch,
    described: DescriptionChange | None = None,
) -> Locked:
    """The activity, to be changed; if `described`, what its description refers to is held first.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed.
    """
    if described:
        await references.hold(session, described.village, described.lead_institution_id, identity)
    return to_change((await locked_each(session, [identity], principal)).get(identity), if_match)


async def locked_each(session: AsyncSession, ids: Collection[UUID], principal: Principal) -> dict[UUID, Locked]:
    """Those of these activities that the caller may read, locked in the order of their ids; each is for `to_change`."""
    wanted = _columns.id == any_(bindparam("ids", list(ids), type_=ARRAY(Uuid))), readable(principal)
    await session.execute(select(_columns.id).where(*wanted).order_by(_columns.id).with_for_update())
    # Read once they are held: a row that was waited for is joined here to the village and the lead it has now.
    statement = _named().add_columns(
        KnownRegion.time_zone, KnownInstitution.village_id, writable(principal).label("writable")
    )
    return {
        row.Activity.id: Locked(
            row.Activity, row.time_zone, row.village_name, row.lead_name, {row.Activity.village_id, row.village_id},
            row.writable,
        )
        for row in (await session.execute(statement.where(*wanted))).all()
    }  # fmt: skip


def to_change(found: Locked | None, if_match: IfMatch | None = None) -> Locked:
    """A locked activity as one that the caller may change; without `if_match` at any version, by what belongs to it.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed.
    """
    if found is None:
        raise NotFound
    if not found.writable:
        raise LeadOutsideYourArea
    if if_match:
        if_match.check(found.activity.sequence)
    return found
