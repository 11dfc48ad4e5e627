"""A new contribution made of what was sent and what is known of what it names, and what may be wrong with it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from services.activities import unknown
from services.activities.known import acting
from services.activities.known.networks import Network
from services.activities.known.partners import Partner
from services.activities.known.references import Institution
from services.activities.resources.models import Resource
from services.activities.resources.schemas import Contribution, Receiver, ResourceIn
from shared.auth import Principal
from shared.clock import local_date
from shared.days import in_the_future
from shared.problems import Fault


@dataclass(frozen=True, slots=True)
class Place:
    """The village that a contribution lies in: the code by which it is seen, and its IANA time zone."""

    id: UUID
    code: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a new contribution names, as far as it was found. `place` is the receiver's, of the caller's area."""

    institution: Institution | None = None
    network: Network | None = None
    place: Place | None = None
    partner: Partner | None = None

    @property
    def receiver_name(self) -> str | None:
        """The receiver's name."""
        found = self.institution or self.network
        return found.name if found else None


def drafted(
    body: ResourceIn, receiver: Receiver, known: Known, principal: Principal, now: datetime
) -> Resource | list[Fault]:
    """The row, or what is wrong with it. Raises ReferenceNotArrived."""
    if not acting.acts_for(known.institution or known.network, principal) or known.place is None:
        return [unknown.represented(receiver.organisation, receiver.id, "/receiver/id")]
    if faults := contribution_faults(body, None, known.partner, local_date(now, known.place.time_zone)):
        return faults
    return Resource(
        id=body.id or uuid7(), activity_id=body.activity_id, receiver_kind=receiver.organisation, receiver_id=receiver.id,
        **said(body), refunds=[], refunded=0, village_id=known.place.id, village_code=known.place.code, voided=False,
        recorded_at=now, changed_at=now,
    )  # fmt: skip


def said(contribution: Contribution) -> dict[str, object]:
    """What a contribution says, by column, with its value in whole rupiah."""
    return {name: getattr(contribution, name) for name in Contribution.model_fields} | {"value": contribution.worth}


def contribution_faults(
    wanted: Contribution, current: Contribution | None, partner: Partner | None, today: date
) -> list[Fault]:
    """What is new of a contribution: a known partner, and a day that has come at the place."""
    faults = []
    if wanted.received_on > today:
        faults.append(in_the_future(today, "received_on"))
    anew = current is None or wanted.partner_id != current.partner_id
    if wanted.partner_id is not None and anew and (partner is None or partner.voided):
        faults.append(unknown.announced("partner", wanted.partner_id, "/partner_id"))
    return faults


def place_of(network: Network, principal: Principal) -> UUID | None:
    """The village of a network's territory that a contribution to it lies in: the caller's, the first one by code."""
    inside = [(code, id) for id, code in network.codes.items() if principal.covers(code)]
    return min(inside)[1] if inside else None
