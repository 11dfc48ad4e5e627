"""What logs say of an error: its kind and where it was raised, and its message only if that cannot hold anybody's data.

Messages of errors are made of what was wrong: a NIK that is no number, the name that a column would not take, the whole
body that a schema refused. Our own are written without values; of others' only the kinds below tell names of code,
tables, files and machines. PostgreSQL's own message names constraints and columns, but for the class of wrong data (22);
its details (`DETAIL`, `CONTEXT`) are the values of rows and are never told.
"""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import asyncpg
import orjson
import structlog
from aiokafka.errors import KafkaError
from sqlalchemy.exc import SQLAlchemyError, StatementError

OURS = ("shared.", "services.", "deploy.")
TELL_NO_VALUES = (
    OSError, AttributeError, NameError, ImportError, TypeError, RuntimeError, MemoryError, BaseExceptionGroup,
    SQLAlchemyError, asyncpg.InterfaceError, KafkaError,
)  # fmt: skip
NOT_TOLD = "(its message is not logged: it may hold somebody's data)"
_KIND = re.compile(r"[A-Za-z_.]+(?:Error|Exception|Group|Exit)(?=:|$)")


def told(error: BaseException) -> str:
    """An error in one line: its class, and what may be told of its message."""
    if isinstance(error, StatementError):
        cause = error.orig and (error.orig.__cause__ or error.orig)
        return f"{_named(error)}: {told(cause)}" if cause is not None else _named(error)
    if isinstance(error, asyncpg.PostgresError):
        state = str(error.sqlstate or "")
        message = NOT_TOLD if state.startswith("22") else str(error.args[0] if error.args else "")
        return f"{_named(error)}: {message} (SQLSTATE {state})"
    known = type(error).__module__.startswith(OURS) or (
        isinstance(error, TELL_NO_VALUES) and not isinstance(error, ValueError)
    )
    return f"{_named(error)}: {error if known else NOT_TOLD}"


def traced(error: BaseException) -> str:
    """An error and those that it came of, the first one first, each with where it was raised."""
    return "\n".join(f"{''.join(traceback.format_tb(each.__traceback__))}{told(each)}" for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _chain(before)
    yield error
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _chain(each)


def _named(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")


class Line(logging.Formatter):
    """What libraries log, as JSON lines: of a message the first line, since errors are repeated in those that follow.

    `said` stands in each line: which process of which service this is.
    """

    def __init__(self, said: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._said = said or {}

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        error = record.exc_info[1] if record.exc_info else None
        said = {
            **self._said, **structlog.contextvars.get_contextvars(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(), "logger": record.name,
            "event": _without_repeated_error(record.getMessage()), **({"exception": traced(error)} if error else {}),
        }  # fmt: skip
        return orjson.dumps(said, default=str).decode()


def _without_repeated_error(message: str) -> str:
    """A message's first line; of one that is a traceback (as uvicorn tells a failed start) the places and the kinds too."""
    first, *more = message.strip().split("\n")
    return "\n".join([first, *filter(None, map(_place_or_kind, more if first.startswith("Traceback") else ()))])


def _place_or_kind(line: str) -> str:
    return line if line.startswith('  File "') else (_KIND.match(line) or [""])[0]
