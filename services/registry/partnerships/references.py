"""What the payload of an agreement names: its partner, parties and areas, each checked and each fault told at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.partners import places
from services.registry.partners import queries as partners
from services.registry.partners.models import Partner
from services.registry.partnerships import parties
from services.registry.partnerships.models import Partnership
from services.registry.partnerships.schemas import PartnershipContent
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault, InvalidPayload


@dataclass(frozen=True, slots=True)
class References:
    """The areas covered by code, and the regions that an event about it is told to."""

    areas: dict[str, Region]
    regions: set[UUID]


async def found(
    session: AsyncSession, content: PartnershipContent, by: Principal, kept: Partnership | None = None
) -> References:
    """What the content names. What `kept`, the stored agreement, names already needs no check.

    Holds the partner's row until the transaction ends, so that it is not voided meanwhile. Raises InvalidPayload:
    `partner-unknown`, `institution-unknown`, `network-unknown`, `institution-voided`, `network-voided`,
    `region-unknown`, `outside-your-area`.
    """
    faults: list[Fault] = []
    if kept is None or kept.partner_id != content.partner_id:
        faults += await _partner_faults(session, content.partner_id, by)
    seen = await parties.seen(session, content.institution_ids, content.network_ids, by)
    before = {*kept.institution_ids, *kept.network_ids} if kept else set()
    faults += parties.faults(content.institution_ids, content.network_ids, seen, before)
    covered = set(kept.region_ids) if kept else set()
    areas = await places.known(session, content.areas, covered)
    for place, code in enumerate(content.areas):
        if code not in areas:
            faults.append(places.unknown(code, f"/areas/{place}"))
        elif areas[code].id not in covered and not places.within_reach(by, code):
            faults.append(places.outside(by, f"/areas/{place}"))
    if faults:
        raise InvalidPayload(errors=faults)
    villages = {village for party in seen.values() for village in party.village_ids}
    return References(areas, {*villages, *(region.id for region in areas.values())})


async def _partner_faults(session: AsyncSession, id: UUID, by: Principal) -> list[Fault]:
    statement = select(Partner.id).where(Partner.id == id, Partner.voided.is_(False), partners.visible(by))
    if await session.scalar(statement.with_for_update(read=True, key_share=True)) is not None:
        return []
    return [
        Fault(
            "partner-unknown",
            Text(f"Tidak ada mitra {id} untuk wilayah Anda.", f"There is no partner {id} for your area."),
            Text(
                "Cari id-nya di GET /v1/partners?q=nama, atau daftarkan dulu.",
                "Look up its id in GET /v1/partners?q=name, or register it first.",
            ),
            pointer="/partner_id",
        )
    ]
