"""The family card's number, shown by POST: the reason does not belong into an address, and no answer is kept."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.families import service
from services.registry.families.schemas import CardOut
from services.registry.people.content import opened
from services.registry.people.parameters import NO_STORE, Keys
from services.registry.people.schemas import Why
from services.registry.rights import PeopleRevealer
from shared import edge

router = APIRouter(prefix="/v1/families/{id}", tags=["families"], route_class=edge.ReadByPost)


@router.post("/disclosure", summary="See a family card's number unmasked", responses=NO_STORE)
async def disclose_family(
    session: edge.Session, principal: PeopleRevealer, now: edge.Now, keyring: Keys, response: Response, id: UUID,
    said: Why,
) -> CardOut:  # fmt: skip
    """The number of the family card. Each time it is written down who saw it, when and why."""
    response.headers["Cache-Control"] = "no-store"
    family = await service.disclose(session, id, by=principal, now=now, reason=said.reason)
    return CardOut(id=family.id, card=opened(family, "card", keyring))
