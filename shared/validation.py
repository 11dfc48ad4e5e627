"""What is wrong with an input, element by element, in both languages: pydantic's errors as faults with a remedy."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from shared.fault_texts import texts_of
from shared.language import Text
from shared.problems import BadRequest, Fault, InvalidPayload, Problem


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


MOST = 100
"""Faults that one answer tells: a small body can be wrong in more places than anybody reads, or should be sent back."""


def faults_of(error: ValidationError | RequestValidationError, *, skip: int = 0) -> list[Fault]:
    """One fault per element, in the order met; `skip` leading steps (`body`, `query`) are left out of the pointer."""
    return [_fault(entry, entry["loc"][skip:], None) for entry in islice(_entries(error), MOST)]


def problem_of(error: RequestValidationError) -> Problem:
    """422 when the payload is at fault; 400 when a path, query or header parameter is (`design.md` §4)."""
    entries = list(_entries(error))
    outside = [e for e in entries if e["loc"][0] != "body"]
    if outside:
        return BadRequest(
            errors=[_fault(e, (), str(e["loc"][1] if len(e["loc"]) > 1 else e["loc"][0])) for e in outside[:MOST]]
        )
    return InvalidPayload(
        errors=[
            _fault(e, () if e["type"] == "json_invalid" else _without_tags(e["loc"][1:], error.body), None)
            for e in entries[:MOST]
        ],
        extra={"more_errors": len(entries) - MOST} if len(entries) > MOST else {},
    )


def _without_tags(location: Sequence[Any], body: Any) -> Sequence[Any]:
    """The steps that lead through the body: pydantic adds the tag of a tagged union, which is no step of it."""
    steps: list[Any] = []
    here = body
    for place, step in enumerate(location):
        is_tag = isinstance(here, dict) and step not in here and step in here.values() and place + 1 < len(location)
        if is_tag:
            continue
        steps.append(step)
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
    return steps


def unreadable() -> Problem:
    """422 for a body that is no JSON at all, or nested beyond what is read."""
    message, remedy = texts_of("json_invalid", {})
    return InvalidPayload(errors=[Fault("json-invalid", message, remedy, pointer="")])


def _entries(error: ValidationError | RequestValidationError) -> Iterable[Mapping[str, Any]]:
    return error.errors()


def _fault(entry: Mapping[str, Any], location: Sequence[Any], parameter: str | None) -> Fault:
    cause = (entry.get("ctx") or {}).get("error")
    if isinstance(cause, Invalid):
        code, message, remedy = cause.code, cause.message, cause.remedy
        location = (*location, *cause.at.split("/")) if cause.at else location
    else:
        code = str(entry["type"]).replace("_", "-")
        message, remedy = texts_of(str(entry["type"]), entry.get("ctx") or {})
    pointer = None if parameter else "".join(f"/{_escaped(step)}" for step in location)
    return Fault(code, message, remedy, pointer=pointer, parameter=parameter)


def _escaped(step: object) -> str:
    """A step of a JSON pointer (RFC 6901 §3)."""
    return str(step).replace("~", "~0").replace("/", "~1")
