"""What is wrong with an input, element by element, in both languages: pydantic's errors as faults with a remedy."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from shared.language import Text
from shared.problems import BadRequest, Fault, InvalidPayload, Problem

MESSAGES: dict[str, tuple[Text, Text]] = {
    "missing": (
        Text("Wajib diisi.", "This is required."),
        Text("Tambahkan isian ini.", "Add this field."),
    ),
    "extra_forbidden": (
        Text("Isian ini tidak dikenal.", "This field is not known."),
        Text("Hapus isian ini atau perbaiki namanya.", "Remove the field or correct its name."),
    ),
    "json_invalid": (
        Text("Isi bukan JSON yang sah.", "The body is not valid JSON."),
        Text("Periksa tanda kutip, koma, dan kurung.", "Check quotes, commas and brackets."),
    ),
    "enum": (
        Text("Harus salah satu dari: {expected}.", "Must be one of: {expected}."),
        Text("Pilih salah satu kode itu.", "Choose one of these codes."),
    ),
    "literal_error": (
        Text("Harus salah satu dari: {expected}.", "Must be one of: {expected}."),
        Text("Pilih salah satu nilai itu.", "Choose one of these values."),
    ),
    "string_too_short": (
        Text("Paling sedikit {min_length} karakter.", "At least {min_length} characters."),
        Text("Isi dengan teks yang lebih panjang.", "Give a longer text."),
    ),
    "string_too_long": (
        Text("Paling banyak {max_length} karakter.", "At most {max_length} characters."),
        Text("Ringkas teksnya.", "Shorten the text."),
    ),
    "too_long": (
        Text("Paling banyak {max_length} butir.", "At most {max_length} items."),
        Text("Kurangi butirnya.", "Send fewer items."),
    ),
    "too_short": (
        Text("Paling sedikit {min_length} butir.", "At least {min_length} items."),
        Text("Tambahkan butirnya.", "Add items."),
    ),
    "greater_than_equal": (
        Text("Paling kecil {ge}.", "At least {ge}."),
        Text("Isi bilangan mulai dari {ge}.", "Give a number from {ge} up."),
    ),
    "less_than_equal": (
        Text("Paling besar {le}.", "At most {le}."),
        Text("Isi bilangan sampai {le}.", "Give a number up to {le}."),
    ),
    "string_pattern_mismatch": (
        Text("Bentuknya tidak sesuai.", "It does not have the expected form."),
        Text("Ikuti pola {pattern}.", "Follow the pattern {pattern}."),
    ),
}
_KINDS: dict[str, tuple[Text, Text]] = {
    "date": (
        Text("Bukan tanggal yang sah.", "Not a valid date."),
        Text("Tulis sebagai TTTT-BB-HH, misalnya 2026-03-31.", "Write it as YYYY-MM-DD, such as 2026-03-31."),
    ),
    "datetime": (
        Text("Bukan waktu yang sah.", "Not a valid instant."),
        Text("Tulis dengan zona, misalnya 2026-03-31T09:00:00Z.", "Write it with its zone, as 2026-03-31T09:00:00Z."),
    ),
    "timezone": (
        Text("Waktu tanpa zona.", "An instant without its zone."),
        Text("Tulis dengan zona, misalnya 2026-03-31T09:00:00Z.", "Write it with its zone, as 2026-03-31T09:00:00Z."),
    ),
    "int": (
        Text("Bukan bilangan bulat.", "Not a whole number."),
        Text("Tulis bilangan bulat tanpa tanda kutip.", "Write a whole number without quotes."),
    ),
    "bool": (
        Text("Bukan nilai benar atau salah.", "Not a yes or no."),
        Text("Tulis true atau false.", "Write true or false."),
    ),
    "uuid": (
        Text("Bukan UUID yang sah.", "Not a valid UUID."),
        Text("Pakai id persis seperti yang diberikan API.", "Use the id exactly as the API gave it."),
    ),
    "string": (Text("Bukan teks.", "Not a text."), Text("Tulis sebagai teks.", "Write it as text.")),
    "list": (Text("Bukan daftar.", "Not a list."), Text("Tulis sebagai daftar [ … ].", "Write a list [ … ].")),
    "model": (Text("Bukan objek.", "Not an object."), Text("Tulis sebagai objek { … }.", "Write an object { … }.")),
}


class Invalid(ValueError):
    """A rule of a schema that is broken, in both languages. Raise it inside a pydantic validator.

    `at` is the field the fault belongs to, where the validator sees more than one.
    """

    def __init__(self, code: str, message: Text, remedy: Text, at: str = "") -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.at = at


def faults_of(error: ValidationError | RequestValidationError, *, skip: int = 0) -> list[Fault]:
    """One fault per element, in the order met; `skip` leading steps (`body`, `query`) are left out of the pointer."""
    return [_fault(entry, entry["loc"][skip:], None) for entry in _entries(error)]


def problem_of(error: RequestValidationError) -> Problem:
    """422 when the payload is at fault; 400 when a path, query or header parameter is (`design.md` §4)."""
    entries = list(_entries(error))
    outside = [e for e in entries if e["loc"][0] != "body"]
    if outside:
        return BadRequest(errors=[_fault(e, (), str(e["loc"][-1])) for e in outside])
    return InvalidPayload(
        errors=[_fault(e, () if e["type"] == "json_invalid" else e["loc"][1:], None) for e in entries]
    )


def _entries(error: ValidationError | RequestValidationError) -> Iterable[Mapping[str, Any]]:
    return error.errors()


def _fault(entry: Mapping[str, Any], location: Sequence[Any], parameter: str | None) -> Fault:
    cause = (entry.get("ctx") or {}).get("error")
    if isinstance(cause, Invalid):
        code, message, remedy = cause.code, cause.message, cause.remedy
        location = (*location, *cause.at.split("/")) if cause.at else location
    else:
        code = str(entry["type"]).replace("_", "-")
        message, remedy = _messages(entry)
    pointer = None if parameter else "".join(f"/{step}" for step in location)
    return Fault(code, message, remedy, pointer=pointer, parameter=parameter)


def _messages(entry: Mapping[str, Any]) -> tuple[Text, Text]:
    kind = str(entry["type"])
    context = {key: str(value) for key, value in (entry.get("ctx") or {}).items()}
    if kind in MESSAGES:
        message, remedy = MESSAGES[kind]
        try:
            return message.format(**context), remedy.format(**context)
        except KeyError:
            return message, remedy
    for stem, found in _KINDS.items():
        if kind.startswith(stem):
            return found
    plain = str(entry["msg"])
    return Text(plain, plain), Text("Perbaiki nilainya.", "Correct the value.")
