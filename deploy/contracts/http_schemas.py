"""Whether a schema of an OpenAPI document may take the place of another, in a request or in an answer, field by field.

The structure is walked here, so that a refusal names the field; single values are compared by jsoncompat.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Any, Literal

import jsoncompat

Schema = Mapping[str, Any]
_SAYS_NOTHING = {"title", "description", "examples", "example", "default", "deprecated", "discriminator", "$ref"}
_SHAPES = ("properties", "items", "anyOf", "oneOf", "additionalProperties", "required")
OPEN = "ProblemType"
"""Of this list a reader knows that it grows."""


class Direction(Enum):
    """Who writes and who reads."""

    REQUEST = "deserializer"
    """Old clients write, the new service reads."""
    ANSWER = "serializer"
    """The new service writes, old clients read."""


Known = dict[tuple[str, str, Direction], list[str]]
"""What breaks in named schemas: of before, of now, and which way it is read."""


@dataclass(frozen=True)
class Place:
    """Where in two documents a schema stands, which way it is read, and what is known of named schemas already."""

    old: Schema
    new: Schema
    direction: Direction
    name: str
    known: Known = field(default_factory=dict)

    def at(self, step: str) -> "Place":
        """One step deeper."""
        return replace(self, name=f"{self.name} {step}" if " /" not in self.name else f"{self.name}{step}")


def breaks_of(old: Schema, new: Schema, place: Place) -> Iterator[str]:
    """What breaks, one sentence each."""
    names = (old.get("$ref", ""), new.get("$ref", ""))
    if all(names):
        yield from _of_named(old, new, place, *names)
        return
    old, new = _resolved(place.old, old), _resolved(place.new, new)
    had, has = _options(old), _options(new)
    if len(had) > 1 or len(has) > 1:
        yield from _of_options(had, has, place)
    elif "properties" in old and "properties" in new:
        yield from _fields(old, new, place)
    elif "items" in old and "items" in new:
        yield from breaks_of(old["items"], new["items"], place.at("/*"))
        yield from _value(old, new, place)
    elif isinstance(old.get("additionalProperties"), dict) and isinstance(new.get("additionalProperties"), dict):
        yield from breaks_of(old["additionalProperties"], new["additionalProperties"], place.at("/*"))
    else:
        yield from _value(old, new, place)


def _of_named(old: Schema, new: Schema, place: Place, before: str, now: str) -> list[str]:
    """Named schemas are compared once, and told by their name: most stand in many operations."""
    key = (before, now, place.direction)
    if key not in place.known:
        place.known[key] = []  # where it holds itself, what it holds is being looked at already
        if not before.endswith(f"/{OPEN}"):
            title = f"{before.rpartition('/')[2]} in {place.direction.name.lower()}s"
            inner = replace(place, name=title)
            place.known[key] += breaks_of(_resolved(place.old, old), _resolved(place.new, new), inner)
    return place.known[key]


def _resolved(document: Schema, node: Schema) -> Schema:
    while "$ref" in node:
        node = {**document["components"]["schemas"][node["$ref"].rpartition("/")[2]], **_without(node, "$ref")}
    return node


def _without(node: Schema, *keys: str) -> dict[str, Any]:
    return {key: inner for key, inner in node.items() if key not in keys}


def _options(node: Schema) -> list[Schema]:
    return list(node.get("anyOf") or node.get("oneOf") or [node])


def _of_options(had: list[Schema], has: list[Schema], place: Place) -> Iterator[str]:
    """Alternatives: each that the writer may choose must be one that the reader knows."""
    write, read = (had, has) if place.direction is Direction.REQUEST else (has, had)
    for option in write:
        pairs = [(option, other) if place.direction is Direction.REQUEST else (other, option) for other in read]
        reasons = [list(breaks_of(*pair, place)) for pair in pairs]
        if all(reasons):
            # The alternative of the same name or kind says best what happened to it.
            same = [found for found, other in zip(reasons, read, strict=True) if _kind(other) == _kind(option)]
            yield from min(same, key=len) if same else [f"{place.name}: {_change(place)} {_kind(option)}"]


def _change(place: Place) -> str:
    return "takes no longer" if place.direction is Direction.REQUEST else "may now be"


def _kind(option: Schema) -> str:
    return str(option.get("$ref", "").rpartition("/")[2] or option.get("format") or option.get("type") or "a value")


def _fields(old: Schema, new: Schema, place: Place) -> Iterator[str]:
    had, has = old["properties"], new["properties"]
    must_before, must_now = set(old.get("required", ())), set(new.get("required", ()))
    for name, inner in had.items():
        if name not in has:
            yield f"{place.at(f'/{name}').name}: removed"
        else:
            yield from breaks_of(inner, has[name], place.at(f"/{name}"))
    if place.direction is Direction.REQUEST:
        yield from (f"{place.at(f'/{name}').name}: required now" for name in sorted(must_now - must_before))
    else:
        yield from (f"{place.at(f'/{name}').name}: may be missing now" for name in sorted((must_before - must_now) & has.keys()))  # fmt: skip


def _value(old: Schema, new: Schema, place: Place) -> Iterator[str]:
    """Values without fields: by jsoncompat, to which a format is a value of its own."""
    bare = [json.dumps(_formatted(_without(each, *_SAYS_NOTHING, *_SHAPES)), sort_keys=True) for each in (old, new)]
    role: Literal["serializer", "deserializer"] = place.direction.value
    if bare[0] != bare[1] and not _accepts(*bare, role):
        word = "narrower than" if place.direction is Direction.REQUEST else "wider than"
        yield f"{place.name}: {word} before, {_short(old)} is now {_short(new)}"


@cache
def _accepts(old: str, new: str, role: Literal["serializer", "deserializer"]) -> bool:
    return bool(jsoncompat.check_compat(old, new, role))


def _formatted(node: dict[str, Any]) -> dict[str, Any]:
    return {"const": f"any {node['format']}"} if node.get("type") == "string" and "format" in node else node


def _short(node: Schema) -> str:
    text = json.dumps(_without(node, *_SAYS_NOTHING, "items", "properties"), ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"
