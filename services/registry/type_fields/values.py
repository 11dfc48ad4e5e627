"""The further fields that a record carries: their shape as they are sent, and what a schema says about them. Pure."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any

import orjson
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError as Broken
from jsonschema.validators import extend
from pydantic import AfterValidator, TypeAdapter
from pydantic import ValidationError as NotAString
from pydantic.types import StringConstraints

from shared.fields import printable
from shared.language import Text
from shared.problems import Fault
from shared.validation import Invalid

LARGEST = 16 * 1024
"""Bytes of JSON that the further fields of one record may take."""
DEEPEST = 8
MOST_FAULTS = 50
FORMATS = ("date", "email", "uuid")
"""Formats that are checked; a schema may name no other."""
EXACT = 2**53
"""Beyond it JSON readers do not agree on a whole number."""


def plain(value: Any, depth: int = 0, at: str = "", deepest: int = DEEPEST) -> Any:
    """JSON whose texts are printable and composed (NFC) and whose numbers everybody reads alike. Raises Invalid."""
    if depth > deepest:
        raise Invalid("nested-too-deeply", Text("Bersarang terlalu dalam.", "It is nested too deeply."),
                      Text(f"Paling dalam {deepest} tingkat.", f"At most {deepest} levels."), at)  # fmt: skip
    if isinstance(value, dict):
        return {_text(name, at): plain(part, depth + 1, at or name, deepest) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part, depth + 1, at, deepest) for part in value]
    if isinstance(value, str):
        return _text(value, at)
    if isinstance(value, int | float) and not abs(value) <= EXACT:
        raise Invalid("number-too-large", Text("Bilangannya terlalu besar.", "The number is too large."),
                      Text("Tulis sebagai teks.", "Write it as text."), at)  # fmt: skip
    return value


def _text(value: str, at: str) -> str:
    try:
        return printable(value)
    except Invalid as unprintable:
        unprintable.at = at
        raise


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    value = plain(value)
    size = len(orjson.dumps(value))
    if size > LARGEST:
        raise Invalid("extra-too-large", Text(f"Isian tambahan ini {size} bita.", f"These fields take {size} bytes."),
                      Text(f"Paling banyak {LARGEST} bita.", f"At most {LARGEST} bytes."))  # fmt: skip
    return value


Extra = Annotated[dict[str, Any], AfterValidator(_bounded)]
"""Further fields of a record, by name."""
ExtraPatch = Annotated[dict[str, Any], AfterValidator(lambda value: plain(value))]
"""Further fields to merge in; `null` removes one."""


def faults(schema: str, extra: Mapping[str, Any]) -> list[Fault]:
    """What a schema (as JSON text) does not allow in these fields, each fault once, pointing at `/extra/…`."""
    found: dict[tuple[str, str | None], Fault] = {}
    for broken in _validator(schema).iter_errors(dict(extra)):
        for fault in _faults_of(broken):
            found.setdefault((fault.code, fault.pointer), fault)
        if len(found) >= MOST_FAULTS:
            break
    return sorted(found.values(), key=lambda fault: fault.pointer or "")


@lru_cache(maxsize=256)
def pattern(expression: str) -> TypeAdapter[Any]:
    """A regular expression that takes time in proportion to the text, whatever it is. Raises SchemaError of pydantic."""
    return TypeAdapter(Annotated[str, StringConstraints(pattern=expression)])


def _matches(validator: Any, expression: str, value: Any, schema: Any) -> Iterator[Broken]:  # noqa: ARG001  # as called
    # Python's own engine can be kept busy for ever by a few letters; pydantic's cannot.
    if isinstance(value, str):
        try:
            pattern(expression).validate_python(value)
        except NotAString:
            yield Broken("does not match", validator="pattern", validator_value=expression)


_Validator = extend(Draft202012Validator, {"pattern": _matches})


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    return _Validator(orjson.loads(schema), format_checker=FormatChecker(FORMATS))


def _faults_of(broken: Broken) -> Iterator[Fault]:
    place = ["extra", *broken.absolute_path]
    keyword, wanted = str(broken.validator), broken.validator_value
    if keyword == "required":
        for name in wanted:
            if name not in broken.instance:
                yield _fault("extra-required", _REQUIRED, [*place, name])
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        for name in broken.instance:
            if name not in broken.schema.get("properties", {}):
                yield _fault("extra-unknown", _UNKNOWN, [*place, name])
    else:
        says = _SAYS.get(keyword)
        texts = says(_told(wanted)) if says else _GENERAL
        yield _fault("extra-not-allowed", texts, place)


def _fault(code: str, texts: tuple[Text, Text], place: list[Any]) -> Fault:
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in place)
    return Fault(code, *texts, pointer="".join(f"/{step}" for step in steps))


def _told(value: Any) -> str:
    listed = value if isinstance(value, list) else [value]
    told = ", ".join(part if isinstance(part, str) else orjson.dumps(part).decode() for part in listed)
    return told if len(told) <= 200 else f"{told[:200]}…"


def _limit(indonesian: str, english: str) -> Callable[[str], tuple[Text, Text]]:
    remedy = Text("Perbaiki nilainya; aturannya ada di skema jenis ini.", "Correct it; the type's schema has the rule.")
    return lambda wanted: (Text(indonesian.format(wanted), english.format(wanted)), remedy)


_REQUIRED = (
    Text("Wajib diisi untuk jenis lembaga ini.", "Required for this type of institution."),
    Text("Tambahkan isian ini.", "Add this field."),
)
_UNKNOWN = (
    Text("Isian ini tidak ada dalam skema jenis lembaga ini.", "The schema of this type does not have this field."),
    Text("Hapus isian ini atau perbaiki namanya.", "Remove the field or correct its name."),
)
_GENERAL = _limit("Tidak sesuai skema jenis lembaga ini.", "The schema of this type does not allow it.")("")
_SAYS: dict[str, Callable[[str], tuple[Text, Text]]] = {
    "type": _limit("Harus berjenis {}.", "It must be of type {}."),
    "enum": _limit("Harus salah satu dari: {}.", "Must be one of: {}."),
    "const": _limit("Harus {}.", "It must be {}."),
    "minimum": _limit("Paling kecil {}.", "At least {}."),
    "maximum": _limit("Paling besar {}.", "At most {}."),
    "exclusiveMinimum": _limit("Harus lebih dari {}.", "It must be above {}."),
    "exclusiveMaximum": _limit("Harus kurang dari {}.", "It must be below {}."),
    "multipleOf": _limit("Harus kelipatan {}.", "It must be a multiple of {}."),
    "minLength": _limit("Paling sedikit {} karakter.", "At least {} characters."),
    "maxLength": _limit("Paling banyak {} karakter.", "At most {} characters."),
    "minItems": _limit("Paling sedikit {} butir.", "At least {} items."),
    "maxItems": _limit("Paling banyak {} butir.", "At most {} items."),
    "uniqueItems": _limit("Ada butir yang sama.", "There are equal items."),
    "pattern": _limit("Bentuknya harus {}.", "It must have the form {}."),
    "format": _limit("Bukan {} yang sah.", "Not a valid {}."),
}
