"""What a contribution names, found and held: its receiver, whose code is copied, its partner, and its activity."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities import unknown
from services.activities.activities import queries as activities
from services.activities.activities.models import Activity
from services.activities.activities.queries import Locked
from services.activities.known import holding, networks, partners, references
from services.activities.known.models import KnownRegion
from services.activities.known.networks import Network
from services.activities.known.partners import Partner
from services.activities.known.references import Institution
from services.activities.resources import drafting, telling
from services.activities.resources.drafting import Known, Place
from services.activities.resources.schemas import Receiver, ResourceIn
from shared.auth import Principal
from shared.codes import ActivityStatus, OrganisationKind
from shared.language import Text
from shared.problems import Conflict, Fault, InvalidPayload, NotFound


class ActivityNotOpen(Conflict):
    slug = "activity-takes-no-contributions"
    title = Text("Kegiatan ini tidak menerima sumbangan", "The activity takes no contributions")


@dataclass(frozen=True, slots=True)
class Referred:
    """What contributions name, as far as it is known: activities locked, and leads, receivers and partners by id."""

    leads: Mapping[UUID, UUID]
    institutions: Mapping[UUID, Institution]
    networks: Mapping[UUID, Network]
    places: Mapping[UUID, Place]
    partners: Mapping[UUID, Partner]
    activities: Mapping[UUID, Locked]

    def receiver(self, body: ResourceIn) -> Receiver:
        """Who receives it: the lead of its activity, if nobody is named. Raises InvalidPayload."""
        if body.receiver:
            return body.receiver
        lead = self.leads.get(body.activity_id) if body.activity_id else None
        if lead is None:
            raise InvalidPayload(errors=[unknown.ours("activity", body.activity_id, "/activity_id")])
        return Receiver(organisation=OrganisationKind.INSTITUTION, id=lead)

    def known(self, receiver: Receiver, partner_id: UUID | None, by: Principal) -> Known:
        """What is known of a receiver and a partner."""
        partner = self.partners.get(partner_id) if partner_id else None
        if receiver.organisation is OrganisationKind.NETWORK:
            network = self.networks.get(receiver.id)
            village = drafting.place_of(network, by) if network else None
            return Known(None, network, self.places.get(village) if village else None, partner)
        institution = self.institutions.get(receiver.id)
        return Known(institution, None, self.places.get(institution.seat_id) if institution else None, partner)

    def activity(self, id: UUID) -> telling.Held:
        """The activity that is contributed to. Raises InvalidPayload, LeadOutsideYourArea, ActivityNotOpen."""
        try:
            locked = activities.to_change(self.activities.get(id))
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


async def find(session: AsyncSession, bodies: Sequence[ResourceIn], by: Principal) -> Referred:
    """What these contributions name; the receivers' places stay as they are until the transaction ends, and the activities
    that the caller may read are locked."""
    leads = await _leads(session, {body.activity_id for body in bodies if body.activity_id and not body.receiver}, by)
    named = [body.receiver for body in bodies if body.receiver]
    of_networks = {one.id for one in named if one.organisation is OrganisationKind.NETWORK}
    of_institutions = {one.id for one in named} - of_networks | set(leads.values())
    await holding.hold(session, institutions=of_institutions, networks=of_networks)
    institutions = (await references.find(session, None, of_institutions)).institutions
    found = await networks.find(session, of_networks)
    villages = {one.seat_id for one in institutions.values()} | {drafting.place_of(one, by) for one in found.values()}
    partner_ids = {body.partner_id for body in bodies if body.partner_id}
    return Referred(
        leads,
        institutions,
        found,
        await _places(session, {one for one in villages if one}),
        await partners.find(session, partner_ids) if partner_ids else {},
        await _locked(session, {body.activity_id for body in bodies if body.activity_id}, by),
    )


async def _leads(session: AsyncSession, ids: Collection[UUID], by: Principal) -> dict[UUID, UUID]:
    if not ids:
        return {}
    statement = select(Activity.id, Activity.lead_institution_id).where(Activity.id.in_(ids), activities.readable(by))
    return {row.id: row.lead_institution_id for row in (await session.execute(statement)).all()}


async def _places(session: AsyncSession, villages: Collection[UUID]) -> dict[UUID, Place]:
    statement = select(KnownRegion.id, KnownRegion.area_code, KnownRegion.time_zone).where(KnownRegion.id.in_(villages))
    rows = (await session.execute(statement)).all() if villages else []
    return {row.id: Place(row.id, row.area_code, row.time_zone) for row in rows if row.area_code}


async def _locked(session: AsyncSession, ids: Collection[UUID], by: Principal) -> dict[UUID, Locked]:
    return await activities.locked_each(session, ids, by) if ids else {}


def after_refund(first: date) -> Fault:
    """The fault of a day of receipt after something of it went back."""
    return Fault(
        "received-after-refund",
        Text(f"Sebagian sudah kembali pada {first}.", f"Something of it went back on {first}."),
        Text(f"Isi sampai {first}.", f"{first} at the latest."),
        pointer="/received_on",
    )
