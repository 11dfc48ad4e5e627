"""What a JSON Schema of further fields must be before it is taken: closed, bounded, and the same to everybody. Pure.

Only what is listed here may stand in one. A misspelt keyword would allow everything, an address elsewhere could not be
reached or would change, and a schema that refers to itself could be evaluated for ever.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic_core import SchemaError

from services.registry.type_fields.values import FORMATS, pattern, plain
from shared.language import Text
from shared.problems import Fault
from shared.validation import Invalid

AT = "/json_schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LARGEST = 32 * 1024
DEEPEST = 16
HEAVIEST = 1000
"""Subschemas that one evaluation may walk through, references followed."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")

_ONE = ("items", "contains", "not", "if", "then", "else", "additionalProperties", "unevaluatedProperties",
        "unevaluatedItems", "propertyNames")  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "$defs", "dependentSchemas")
_PLAIN = (
    "$schema", "$ref", "$comment", "title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples",
    "type", "enum", "const", "required", "dependentRequired", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems",
    "uniqueItems", "minContains", "maxContains", "minProperties", "maxProperties",
)  # fmt: skip
KEYWORDS = frozenset((*_ONE, *_LISTS, *_MAPS, *_PLAIN))
_REF = re.compile(r"#/\$defs/([a-z][a-z0-9_]{0,59})")


def faults(schema: Mapping[str, Any]) -> list[Fault]:
    """What hinders the schema; empty if it can be taken."""
    if found := [*_unbounded(schema)]:
        return found
    if (broken := best_match(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema))) is not None:
        place = "".join(f"/{step}" for step in broken.absolute_path)
        return [
            _fault("not-a-schema", "Bukan JSON Schema 2020-12 yang sah.", "Not a valid JSON Schema 2020-12.", place)
        ]
    found = [
        *_open(schema),
        *(fault for place, part in subschemas(schema) for fault in _not_taken(place, part, schema)),
    ]
    return found or [*_endless(schema)]


def subschemas(schema: Any, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A schema and all within it, references not followed, each with its JSON pointer."""
    if not isinstance(schema, Mapping):
        return
    yield place, schema
    for keyword, value in schema.items():
        here = f"{place}/{keyword}"
        if keyword in _ONE:
            yield from subschemas(value, here)
        elif keyword in _LISTS and isinstance(value, list):
            for number, part in enumerate(value):
                yield from subschemas(part, f"{here}/{number}")
        elif keyword in _MAPS and isinstance(value, Mapping):
            for name, part in value.items():
                yield from subschemas(part, f"{here}/{name}")


def _unbounded(schema: Mapping[str, Any]) -> Iterator[Fault]:
    if _is_deeper(schema, DEEPEST):
        yield _fault("nested-too-deeply", f"Paling dalam {DEEPEST} tingkat.", f"At most {DEEPEST} levels deep.")
        return
    try:
        plain(schema, deepest=DEEPEST)
    except Invalid as unreadable:  # by the database, or not by everybody alike
        yield Fault(unreadable.code, unreadable.message, unreadable.remedy, pointer=AT)
        return
    if (size := len(orjson.dumps(schema))) > LARGEST:
        yield _fault("schema-too-large", f"{size} bita; paling banyak {LARGEST}.", f"{size} bytes; at most {LARGEST}.")


def _is_deeper(value: Any, most: int) -> bool:
    """Whether JSON is nested deeper than so many levels. It looks no deeper itself: a body may be nested without end."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return most == 0 or any(_is_deeper(part, most - 1) for part in parts)


def _open(schema: Mapping[str, Any]) -> Iterator[Fault]:
    if schema.get("$schema", DIALECT) != DIALECT:
        yield _fault("dialect-other", f"Pakai {DIALECT}.", f"Use {DIALECT}.", "/$schema")
    if schema.get("type") != "object":
        yield _fault("not-an-object", "Skema ini harus bertipe «object».", "The schema must be of type «object».", "/type")  # fmt: skip
    if schema.get("additionalProperties") is not False:
        yield _fault(
            "schema-open", "Skema ini harus tertutup: additionalProperties: false.",
            "The schema must be closed: additionalProperties: false.", "/additionalProperties",
        )  # fmt: skip
    names = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in names:
            yield _fault("required-unknown", f"«{name}» wajib tetapi tidak didefinisikan.",
                         f"«{name}» is required but not defined.", "/required")  # fmt: skip


def _not_taken(place: str, part: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Fault]:
    for keyword in part:
        if keyword not in KEYWORDS or (keyword == "$defs" and place):
            yield _fault("keyword-not-taken", f"Kata kunci «{keyword}» tidak diterima di sini.",
                         f"The keyword «{keyword}» is not taken here.", f"{place}/{keyword}")  # fmt: skip
    for keyword in ("properties", "$defs"):
        for name in part.get(keyword, ()):
            if not NAME.fullmatch(name):
                yield _fault("name-malformed", f"Nama «{name}»: huruf kecil, angka, dan garis bawah.",
                             f"The name «{name}»: small letters, digits and underscores.", f"{place}/{keyword}")  # fmt: skip
    if "$ref" in part:
        target = _REF.fullmatch(part["$ref"])
        if target is None or target[1] not in whole.get("$defs", {}):
            yield _fault("reference-elsewhere", "Rujukan hanya ke #/$defs/… dalam skema ini.",
                         "References go to #/$defs/… of this schema only.", f"{place}/$ref")  # fmt: skip
    if part.get("format", FORMATS[0]) not in FORMATS:
        yield _fault("format-unknown", f"Format yang diperiksa: {', '.join(FORMATS)}.",
                     f"Formats that are checked: {', '.join(FORMATS)}.", f"{place}/format")  # fmt: skip
    if "pattern" in part and not _compiles(part["pattern"]):
        yield _fault("pattern-not-taken", "Pola ini tidak dapat dipakai (tanpa lookaround dan rujukan balik).",
                     "The pattern cannot be used (no lookaround, no back-references).", f"{place}/pattern")  # fmt: skip


def _compiles(expression: str) -> bool:
    try:
        pattern(expression)
    except SchemaError:
        return False
    return True


def _endless(schema: Mapping[str, Any]) -> Iterator[Fault]:
    """Follows references: round in a circle, or through more subschemas than one evaluation may take."""
    definitions = schema.get("$defs", {})
    weights: dict[str, int] = {}

    def weight(part: Any, above: tuple[str, ...]) -> int:
        total = 0
        for place, inner in subschemas(part):
            if part is schema and place.startswith("/$defs/"):
                continue
            total += 1
            if target := _REF.fullmatch(inner.get("$ref", "")):
                name = target[1]
                if name in above:
                    return HEAVIEST + 1
                if name not in weights:
                    weights[name] = weight(definitions[name], (*above, name))
                total += weights[name]
        return total

    if weight(schema, ()) > HEAVIEST:
        yield _fault(
            "schema-too-heavy", f"Skema ini merujuk dirinya sendiri atau lebih dari {HEAVIEST} bagian.",
            f"The schema refers to itself, or has more than {HEAVIEST} parts when its references are followed.",
        )  # fmt: skip


def _fault(code: str, indonesian: str, english: str, place: str = "") -> Fault:
    return Fault(
        code, Text(indonesian, english),
        Text("Perbaiki skema, lalu kirim lagi.", "Correct the schema and send it again."),
        pointer=AT + "".join(f"/{step}" for step in place.split("/")[1:]),
    )  # fmt: skip
