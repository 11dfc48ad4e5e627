"""What a contribution names, found and held: its receiver, whose code is copied, its partner, and its activity."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities import unknown
from services.activities.activities import queries as activities
from services.activities.activities.models import Activity
from services.activities.known import holding, networks, partners, references
from services.activities.known.models import KnownRegion
from services.activities.resources import drafting, telling
from services.activities.resources.drafting import Known, Place
from services.activities.resources.schemas import Receiver
from shared.auth import Principal
from shared.codes import ActivityStatus, OrganisationKind
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Fault, InvalidPayload, NotFound

_ANY_VERSION = IfMatch(frozenset({"*"}))


class ActivityNotOpen(Conflict):
    slug = "activity-takes-no-contributions"
    title = Text("Kegiatan ini tidak menerima sumbangan", "The activity takes no contributions")


async def lead_of(session: AsyncSession, activity_id: UUID | None, by: Principal) -> Receiver:
    """The lead of an activity that the caller may see, as receiver. Raises InvalidPayload."""
    statement = select(Activity.lead_institution_id).where(Activity.id == activity_id, activities.readable(by))
    lead = await session.scalar(statement)
    if lead is None:
        raise InvalidPayload(errors=[unknown.ours("activity", activity_id, "/activity_id")])
    return Receiver(organisation=OrganisationKind.INSTITUTION, id=lead)


async def known(session: AsyncSession, receiver: Receiver, partner_id: UUID | None, by: Principal) -> Known:
    """What is known of the receiver and the partner; the receiver's place stays as it is until the transaction ends."""
    found = await partners.find(session, [partner_id]) if partner_id else {}
    partner = found.get(partner_id) if partner_id else None
    if receiver.organisation is OrganisationKind.NETWORK:
        await holding.hold(session, networks=[receiver.id])
        network = (await networks.find(session, [receiver.id])).get(receiver.id)
        village = drafting.place_of(network, by) if network else None
        return Known(None, network, await _place(session, village), partner)
    await holding.hold(session, institutions=[receiver.id])
    institution = (await references.find(session, None, [receiver.id])).institutions.get(receiver.id)
    return Known(institution, None, await _place(session, institution.seat_id if institution else None), partner)


async def _place(session: AsyncSession, village: UUID | None) -> Place | None:
    if village is None:
        return None
    row = (
        await session.execute(select(KnownRegion.area_code, KnownRegion.time_zone).where(KnownRegion.id == village))
    ).one_or_none()
    return Place(village, row.area_code, row.time_zone) if row and row.area_code else None


async def activity(session: AsyncSession, id: UUID, by: Principal) -> telling.Held:
    """The activity that is contributed to, locked. Raises InvalidPayload, LeadOutsideYourArea, ActivityNotOpen."""
    try:
        locked = await activities.locked(session, id, by, _ANY_VERSION)
    except NotFound as error:
        raise InvalidPayload(errors=[unknown.ours("activity", id, "/activity_id")]) from error
    if locked.activity.voided or locked.activity.status is ActivityStatus.DIBATALKAN:
        raise ActivityNotOpen(
            Text(
                "Kegiatan ini dibatalkan. Catat sumbangan untuk penerimanya sendiri, tanpa activity_id.",
                "The activity was cancelled or voided. Record it for the receiver itself, without activity_id.",
            )
        )
    return telling.Held(locked.activity, locked.regions)


def after_refund(first: date) -> Fault:
    """The fault of a day of receipt after something of it went back."""
    return Fault(
        "received-after-refund",
        Text(f"Sebagian sudah kembali pada {first}.", f"Something of it went back on {first}."),
        Text(f"Isi sampai {first}.", f"{first} at the latest."),
        pointer="/received_on",
    )
