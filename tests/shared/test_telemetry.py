"""What logs say of errors: the error, and never the values that it was about."""

import logging
import sys
import traceback

import asyncpg
import orjson
import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, StatementError

from shared import error_texts, telemetry

NAME = "Siti Aminah"


class _Birth(BaseModel):
    year: int


def _raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def _of_schema() -> BaseException:
    with pytest.raises(ValidationError) as refused:
        _Birth.model_validate({"year": NAME})
    return refused.value


def _of_postgres(kind: type[asyncpg.PostgresError], message: str, detail: str) -> BaseException:
    error = kind(message)
    error.detail = detail
    return error


UNIQUE = _of_postgres(asyncpg.UniqueViolationError, 'violates unique constraint "pk_x"', "Key (name)=(Siti\nAminah)")
WRONG = asyncpg.DataError("invalid input for query argument $1: 'Siti Aminah' (expected int)")
WRAPPED = Exception("Siti Aminah")
WRAPPED.__cause__ = UNIQUE


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (_of_schema(), "ValidationError"),
        (ValueError("invalid literal for int(): 'Siti Aminah'"), "ValueError"),
        (KeyError("Siti Aminah"), "KeyError"),
        (UnicodeEncodeError("utf-8", "Siti Aminah\ud800", 11, 12, "surrogates not allowed"), "UnicodeEncodeError"),
        (UNIQUE, 'violates unique constraint "pk_x" (SQLSTATE 23505)'),
        (WRONG, "SQLSTATE 22000"),
        (DBAPIError("INSERT", {"name": "Siti Aminah"}, WRAPPED), 'violates unique constraint "pk_x"'),
        (StatementError("'Siti Aminah' is no code", "INSERT", {}, LookupError("Siti Aminah")), "LookupError"),
        (ExceptionGroup("two", [KeyError("Siti Aminah"), ValueError("Siti Aminah")]), "ExceptionGroup"),
        (AttributeError("'NoneType' object has no attribute 'code'"), "has no attribute 'code'"),
        (OSError(111, "Connection refused"), "Connection refused"),
    ],
)
def test_an_error_is_logged_with_its_place_and_without_what_it_was_about(error: BaseException, kept: str) -> None:
    outer = RuntimeError("the batch failed")
    outer.__cause__ = _raised(error)
    for event in ({"exc_info": outer}, {"exc_info": (type(outer), outer, None)}, {"error": error}):
        told = str(telemetry.without_values(None, "error", {"event": "x", **event}))
        assert kept.split(" (")[0] in told.replace("\\'", "'")
        assert "Siti" not in told
        assert "Aminah" not in told
    assert "in _raised" in telemetry.without_values(None, "error", {"exc_info": outer})["exception"]
    record = logging.LogRecord(
        "asyncio", logging.ERROR, "x", 1, f"failed\nfuture: {error!r}", (), (type(outer), outer, None)
    )
    line = orjson.loads(error_texts.Line().format(record))
    assert "Siti" not in str(line)
    assert (line["level"], line["logger"], line["event"]) == ("error", "asyncio", "failed")


def test_the_error_at_hand_is_logged_and_a_text_of_one_loses_its_details_to_the_end() -> None:
    try:
        raise KeyError(NAME)
    except KeyError:
        told = telemetry.without_values(None, "error", {"event": "x", "exc_info": True})
        assert sys.exc_info()[0] is KeyError
    assert "KeyError" in told["exception"]
    assert "Siti" not in told["exception"]
    text = "violates check constraint\nDETAIL:  Failing row contains (1, Jalan\n Melati, Siti Aminah)."
    for error in (text, repr(text)):
        told = telemetry.without_values(None, "error", {"event": "x", "error": error})
        assert "Siti" not in told["error"]
        assert "violates check constraint" in told["error"]
    assert telemetry.without_values(None, "info", {"event": "x"}) == {"event": "x"}


def test_a_message_that_is_a_traceback_tells_places_and_kinds() -> None:
    try:
        raise ValueError(NAME)
    except ValueError:
        message = traceback.format_exc()
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "x", 1, message, (), None)
    event = orjson.loads(error_texts.Line().format(record))["event"]
    assert "in test_a_message_that_is_a_traceback" in event
    assert event.splitlines()[-1] == "ValueError"
    assert "Siti" not in event
