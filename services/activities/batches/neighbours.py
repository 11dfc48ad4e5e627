"""Operations that are done together: each body as its single route reads it, and each result as a batch tells it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from services.activities.activities.answers import WarningOut
from services.activities.batches import refusals
from services.activities.batches.operations import OPERATIONS
from services.activities.batches.schemas import OperationIn
from services.activities.known.places import Warned
from shared import edge
from shared.auth import Principal, demand
from shared.language import Language
from shared.outbox import Subject
from shared.preconditions import IfMatch, required
from shared.problems import Problem

Outcome = dict[str, Any] | Problem
"""The result of an operation, or why it was refused."""
Body = TypeVar("Body", bound=BaseModel)
Given = TypeVar("Given")
Made = TypeVar("Made")


def read(operation: OperationIn, schema: type[Body], principal: Principal) -> Body | Problem:
    """The body of an operation, if the caller may do it; what is refused first is told, as by the single route."""
    wanted = OPERATIONS[operation.operation]
    try:
        demand(principal, edge.right_of(wanted.route))
        if wanted.about_a_record:
            version(operation)
        return schema.model_validate(operation.body)
    except ValidationError as error:
        return refusals.of_body(error, operation.body)
    except Problem as refused:
        return refused


def version(operation: OperationIn) -> IfMatch:
    """The version that a step is meant for. Raises PreconditionRequired."""
    return required(operation.precondition)


def each(given: Iterable[Given | Problem], make: Callable[[Given], Made]) -> list[Made | Problem]:
    """What is made of each that was not refused before; what raises a problem is refused."""
    made: list[Made | Problem] = []
    for one in given:
        try:
            made.append(one if isinstance(one, Problem) else make(one))
        except Problem as refused:
            made.append(refused)
    return made


def told(status: int, subjects: Sequence[Subject], warned: Sequence[Warned], language: Language) -> dict[str, Any]:
    """The result of an operation that is stored: its record comes first, then what changed with it."""
    return {
        "status": status,
        "id": str(subjects[0].id),
        "position": ",".join(f"activities/{one.id}@{one.sequence}" for one in subjects),
        "warnings": [WarningOut.of(one, language).model_dump() for one in warned],
    }
