"""Why an operation of a batch was refused: the problems of its own, and those that the single request would be told."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from shared import validation
from shared.language import Text
from shared.problems import InvalidPayload, Problem


class ClientIdRepeated(InvalidPayload):
    slug = "client-id-repeated"
    title = Text("client_id ini sudah ada dalam kiriman yang sama", "The batch has this client_id already")


class ClientIdReused(InvalidPayload):
    slug = "client-id-reused"
    title = Text("client_id ini sudah dipakai untuk operasi lain", "This client_id was used for another operation")


REPEATED = ClientIdRepeated(
    Text(
        "Operasi pertama dengan client_id ini yang dikerjakan. Beri setiap operasi client_id sendiri.",
        "The first operation with this client_id counts. Give each operation a client_id of its own.",
    )
)
REUSED = ClientIdReused(
    Text(
        "Kirim operasi yang sama, atau pakai client_id baru untuk operasi yang baru.",
        "Send the same operation, or use a new client_id for a new operation.",
    )
)


def problem_of(error: Exception) -> Problem:
    """The problem that a single request would be answered with; our own failure for what no route should raise."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return validation.problem_of(error)
        case HTTPException():
            return validation.unreadable()
        case _:
            return Problem()


def of_body(error: ValidationError, body: Any) -> Problem:
    """The problem of a body that its schema refuses, as the route would find it."""
    found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
    return validation.problem_of(RequestValidationError(found, body=body))


def of_operation(error: ValidationError) -> Problem:
    """The problem of an operation that is none; pointers lead into the element of the batch."""
    return InvalidPayload(errors=validation.faults_of(error))
