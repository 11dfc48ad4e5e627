"""A partner's row as others see it: the public state its events carry, and the answer over HTTP. Pure."""

from typing import Any

from services.registry.partners.models import Partner
from services.registry.partners.schemas import PartnerContactIn, PartnerContent, PartnerOut
from shared.auth import Principal, Right
from shared.codes import PartnerKind
from shared.events import registry


def state(partner: Partner) -> registry.Partner:
    """The whole public state: of a person not even the name."""
    return registry.Partner(kind=partner.kind, name=partner.name, region_id=partner.region_id, voided=partner.voided)


def declared(partner: Partner) -> PartnerContent:
    """The content of a stored partner, as it would be sent."""
    contact = partner.contact
    return PartnerContent(
        kind=partner.kind,
        name=partner.name or partner.person_name or "",
        region=partner.region_code,
        contact=contact and PartnerContactIn(**contact.model_dump()),
    )


def answer(row: Any, region_name: str, reader: Principal) -> PartnerOut:
    """The answer about a mapped partner, or about a row of its table, with its region's name of today.

    A person's name and the contact are for those who may read people.
    """
    reads_people = reader.may(Right.READ_PEOPLE)
    contact = row.contact if reads_people else None
    return PartnerOut(
        id=row.id,
        sequence=row.sequence,
        kind=row.kind,
        name=shown_name(row.kind, row.name, row.person_name, reader),
        region=row.region_code,
        region_id=row.region_id,
        region_name=region_name,
        contact=contact and PartnerContactIn(**contact.model_dump()),
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )


def shown_name(kind: PartnerKind, name: str | None, person_name: str | None, reader: Principal) -> str | None:
    """The name as this reader may see it: a person's only with the right to read people."""
    if kind is PartnerKind.PERORANGAN:
        return person_name if reader.may(Right.READ_PEOPLE) else None
    return name
