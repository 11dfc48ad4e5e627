"""The JSON Schema of each event contract: closed, self-contained, named by its `dataschema`."""

from pathlib import Path
from typing import Any

from shared.events import activities, registry
from shared.events.envelope import State

FOLDER = Path(__file__).parents[2] / "shared" / "events" / "schemas"
SAMPLES = FOLDER.with_name("samples")
STATES: tuple[type[State], ...] = (*registry.STATES, *activities.STATES)
"""Every contract that is published, in the order of their services."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def file_of(state: type[State]) -> Path:
    """Where the schema is checked in: `shared/events/schemas/registry.institution.v1.json`."""
    return FOLDER / f"{state.topic()}.json"


def schema_of(state: type[State]) -> dict[str, Any]:
    """The closed schema of a state. `x-facts` lists the event types whose data it is."""
    generated = _closed(state.model_json_schema(mode="serialization"))
    return {
        "$schema": DIALECT,
        "$id": state.schema_uri(),
        "title": generated.pop("title"),
        "description": generated.pop("description"),
        "x-facts": [state.event_type(fact) for fact in state.facts()],
        **{key: generated[key] for key in ("type", "required", "properties", "additionalProperties")},
        "$defs": dict(sorted(generated.get("$defs", {}).items())),
    }


def _closed(node: Any) -> Any:
    """Nothing may be added by a publisher; the titles pydantic makes of field names say nothing and are left out."""
    if isinstance(node, list):
        return [_closed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(inner) for key, inner in node.items()}
    if closed.get("type") == "object" and "properties" in closed:
        closed["properties"] = {
            name: {key: inner for key, inner in field.items() if key != "title"}
            for name, field in closed["properties"].items()
        }
        closed["additionalProperties"] = False
    return closed
