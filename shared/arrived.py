"""An event as a consumer hands it to its handler: understood, with its subject's state."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from shared.events.envelope import Event, State, Unreadable, read


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event that was understood: its envelope and its subject's state."""

    event: Event
    state: State


def understand(contract: type[State], raw_headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Arrived:
    """The event and its state. Raises Unreadable."""
    event = read(raw_headers, value)
    if event.schema != contract.schema_uri():
        raise Unreadable(f"schema {event.schema} is not {contract.schema_uri()}")
    try:
        return Arrived(event, contract.model_validate_json(event.data))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Unreadable(f"{'/'.join(map(str, first['loc']))}: {first['msg']}") from error
