"""An agreement's row as others see it: the public state its events carry, and the answer over HTTP. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.registry.partners.states import shown_name
from services.registry.partnerships.models import Partnership
from services.registry.partnerships.schemas import PartnershipContent, PartnershipOut, PromisedContribution
from shared.auth import Principal
from shared.events import registry

ONE_DAY = timedelta(days=1)


def state(partnership: Partnership) -> registry.Partnership:
    """The whole public state: without title, number and descriptions."""
    return registry.Partnership(
        partner_id=partnership.partner_id,
        institution_ids=partnership.institution_ids,
        network_ids=partnership.network_ids,
        region_ids=partnership.region_ids,
        since=partnership.since,
        until=partnership.ended_on or partnership.until,
        contributions=[registry.Contribution(kind=c.kind, value=c.value) for c in partnership.contributions],
        voided=partnership.voided,
    )


def declared(partnership: Partnership, areas: Sequence[str]) -> PartnershipContent:
    """The content of a stored agreement, as it would be sent; `areas` are the codes of the regions it covers."""
    return PartnershipContent(
        partner_id=partnership.partner_id,
        institution_ids=partnership.institution_ids,
        network_ids=partnership.network_ids,
        title=partnership.title,
        number=partnership.number,
        since=partnership.since,
        valid_until=partnership.until and partnership.until - ONE_DAY,
        areas=list(areas),
        contributions=[PromisedContribution(**c.model_dump()) for c in partnership.contributions],
    )


def answer(row: Any, reader: Principal) -> PartnershipOut:
    """The answer about a row of `queries`; the name of a partner that is a person is for those who may read people."""
    return PartnershipOut(
        id=row.id,
        sequence=row.sequence,
        partner_id=row.partner_id,
        partner_kind=row.kind,
        partner_name=shown_name(row.kind, row.name, row.person_name, reader),
        institution_ids=row.institution_ids,
        network_ids=row.network_ids,
        title=row.title,
        number=row.number,
        since=row.since,
        valid_until=row.until and row.until - ONE_DAY,
        ended_on=row.ended_on,
        areas=row.areas,
        contributions=[PromisedContribution(**c.model_dump()) for c in row.contributions],
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
