"""The institution that a payload names: one that the caller may see and that was no entry error."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries
from services.registry.models import Institution, Region
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault, InvalidPayload, NotFound

POINTER = "/institution_id"


async def found(
    session: AsyncSession, id: UUID, by: Principal, pointer: str = POINTER, *, lock: bool = False
) -> tuple[Institution, Region]:
    """The institution and the village of its seat, held until the transaction ends: it is not closed, merged or voided
    under what is being written about it. With `lock` it is held alone, to be changed.

    Raises InvalidPayload with one fault at `pointer`: `institution-unknown`, also for one outside the caller's area, or
    `institution-voided`.
    """
    try:
        institution, village = await queries.locked(session, id, by, share=not lock)
    except NotFound as error:
        raise InvalidPayload(errors=[_unknown(id, pointer)]) from error
    if institution.voided:
        raise InvalidPayload(errors=[_voided(pointer)])
    return institution, village


def _unknown(id: UUID, pointer: str) -> Fault:
    return Fault(
        "institution-unknown",
        Text(f"Lembaga {id} tidak dikenal di wilayah Anda.", f"No institution {id} is known in your area."),
        Text("Cari di GET /v1/institutions?q=nama.", "Look for it in GET /v1/institutions?q=name."),
        pointer=pointer,
    )


def _voided(pointer: str) -> Fault:
    return Fault(
        "institution-voided",
        Text("Data lembaga ini dibatalkan sebagai salah input.", "This institution was voided as an entry error."),
        Text("Pakai data lembaga yang benar.", "Use the record that is right."),
        pointer=pointer,
    )
