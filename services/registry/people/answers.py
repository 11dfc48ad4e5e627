"""The answer to a write about a person."""

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.people import states
from services.registry.people.keys import Keyring
from services.registry.people.models import Person
from services.registry.people.schemas import PersonOut
from shared.language import Language
from shared.preconditions import announce


async def answered(
    session: AsyncSession, person: Person, keyring: Keyring, language: Language, response: Response
) -> PersonOut:
    """The person as they stand now, with the headers that tell their version."""
    village = await session.get(Region, person.village_id) if person.village_id else None
    announce(response, "registry", person.id, person.sequence)
    return states.answer(person, village.name if village else None, keyring, language)
