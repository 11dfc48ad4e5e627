"""What routes about people need beside the usual: the keys, and the language in which oddities are told."""

from typing import Annotated

from fastapi import Depends, Request

from services.registry.people.keys import Keyring
from shared.language import Language, preferred


async def _keys(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.settings.keyring
    return keyring


async def _language(request: Request) -> Language:
    return preferred(request.headers.get("accept-language"))


Keys = Annotated[Keyring, Depends(_keys)]
"""The keys over what identifies people."""
Spoken = Annotated[Language, Depends(_language)]
"""The language of the caller."""
