"""What routes about people need beside the usual: the keys, and the language in which oddities are told."""

from typing import Annotated, Any

from fastapi import Depends, Request

from services.registry.people.keys import Keyring


async def _keys(request: Request) -> Keyring:
    keyring: Keyring = request.app.state.settings.keyring
    return keyring


Keys = Annotated[Keyring, Depends(_keys)]
"""The keys over what identifies people."""
NO_STORE: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"Cache-Control": {"schema": {"type": "string", "examples": ["no-store"]}}}}
}
"""What the document says of an answer that nobody may keep."""
