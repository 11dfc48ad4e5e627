"""What the payload of a value names: villages and institutions, each checked and each fault told at once."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.cultural_values.models import CulturalValue
from services.registry.cultural_values.schemas import CulturalValueContent
from services.registry.models import Region
from services.registry.partners import places
from services.registry.partnerships import parties
from shared.auth import Principal
from shared.codes import RegionLevel
from shared.language import Text
from shared.problems import Fault


async def found(
    session: AsyncSession,
    content: CulturalValueContent,
    by: Principal,
    kept: CulturalValue | None = None,
    before: Sequence[Region] = (),
) -> tuple[list[Region], list[Fault]]:
    """The villages by code, and what is wrong: `region-unknown`, `region-wrong-level`, `outside-your-area`,
    `institution-unknown`, `institution-voided`. What `kept`, the stored value, names already needs no check: its
    institutions, and the villages it was practised in `before`.
    """
    known = await places.known(session, content.villages, [village.id for village in before])
    faults = [
        fault
        for place, code in enumerate(content.villages)
        if (fault := _fault(code, known.get(code), by, f"/villages/{place}"))
    ]
    seen = await parties.seen(session, content.institution_ids, (), by)
    faults += parties.faults(content.institution_ids, (), seen, kept.institution_ids if kept else ())
    return sorted(known.values(), key=lambda village: village.code), faults


def _fault(code: str, region: Region | None, by: Principal, pointer: str) -> Fault | None:
    if region is None:
        return places.unknown(code, pointer)
    if region.level is not RegionLevel.VILLAGE:
        return Fault(
            "region-wrong-level",
            Text(f"{code} ({region.name}) bukan desa atau kelurahan.", f"{code} ({region.name}) is no village."),
            Text(
                f"Sebut desa-desanya: GET /v1/regions?within={code}&level=village.",
                f"Name its villages: GET /v1/regions?within={code}&level=village.",
            ),
            pointer=pointer,
        )
    return None if by.covers(code) else places.outside(by, pointer)
