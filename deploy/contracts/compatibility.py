"""Whether a published event contract may be replaced by another of the same version.

Two directions, because the log is kept for ever and services are upgraded one after the other:

- *the log*: whatever an older publisher wrote must be valid under the new schema. Refuses a field removed, a type
  changed, a code removed, a bound tightened, a new required field.
- *the readers*: whatever the new publisher writes must be understood by a reader that knows the old schema and ignores
  fields it does not know. Refuses a field that was always there and may now be missing or null, a type widened.

A code added to a list is allowed within a version: readers are upgraded first, and one that was not parks such events,
from where `wahana parked retry` applies them after its upgrade. A change of meaning needs a new version, and no machine
sees it.
"""

import copy
import json
from collections.abc import Callable
from typing import Any, Literal

import jsoncompat

Schema = dict[str, Any]
Role = Literal["serializer", "deserializer"]


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why `new` may not replace `old` under the same version, one sentence each; empty if it may."""
    reasons = []
    if old["$id"] != new["$id"]:
        reasons.append(f"it is named {new['$id']}, not {old['$id']}")
    if removed := sorted(set(old.get("x-facts", ())) - set(new.get("x-facts", ()))):
        reasons.append(f"facts were removed: {', '.join(removed)}")
    if not _accepts(old, new, "deserializer", _strict):
        reasons.append("events in the log would no longer be valid" + _where(old, new, "deserializer", _strict))
    if not _accepts(old, new, "serializer", _lenient):
        reasons.append("readers of the published schema could not read it" + _where(old, new, "serializer", _lenient))
    return reasons


def _accepts(old: Schema, new: Schema, role: Role, prepare: Callable[[Any], Any]) -> bool:
    return jsoncompat.check_compat(json.dumps(prepare(_bare(old))), json.dumps(prepare(_bare(new))), role)


def _where(old: Schema, new: Schema, role: Role, prepare: Callable[[Any], Any]) -> str:
    """The outermost fields whose change alone would break."""
    before, after = old["properties"], new["properties"]
    guilty = []
    for name in sorted(before.keys() | after.keys()):
        alone = copy.deepcopy(old)
        alone["$defs"].update({f"new {key}": _renamed(inner) for key, inner in new["$defs"].items()})
        alone["properties"].pop(name, None)
        alone["required"] = [field for field in old.get("required", ()) if field != name]
        if name in after:
            alone["properties"][name] = _renamed(after[name])
            alone["required"] += [name] if name in new.get("required", ()) else []
        if not _accepts(old, alone, role, prepare):
            guilty.append(name)
    return f": {', '.join(guilty)}" if guilty else ""


def _renamed(node: Any) -> Any:
    """References to the new schema's pieces, where the pieces of both schemas stand side by side."""
    if isinstance(node, dict) and "$ref" in node:
        return {**node, "$ref": node["$ref"].replace("#/$defs/", "#/$defs/new ")}
    return _each(_renamed, node)


def _bare(schema: Schema) -> Schema:
    return {key: inner for key, inner in schema.items() if key not in ("$id", "$schema", "x-facts")}


def _strict(node: Any) -> Any:
    """The schema with each format as a value of its own: jsoncompat takes no notice of `format`."""
    return _formatted(node) or _each(_strict, node)


def _lenient(node: Any) -> Any:
    """What a reader of ours demands: unknown fields are ignored, and new codes are allowed (see above)."""
    if isinstance(node, dict):
        if "enum" in node or "const" in node:
            return {"type": node.get("type", "string")}
        node = {key: inner for key, inner in node.items() if key != "additionalProperties"}
    return _formatted(node) or _each(_lenient, node)


def _formatted(node: Any) -> dict[str, str] | None:
    if isinstance(node, dict) and node.get("type") == "string" and isinstance(node.get("format"), str):
        return {"const": f"any {node['format']}"}
    return None


def _each(change: Callable[[Any], Any], node: Any) -> Any:
    if isinstance(node, list):
        return [change(inner) for inner in node]
    return {key: change(inner) for key, inner in node.items()} if isinstance(node, dict) else node
