"""Statements that SQLAlchemy composes, run by the bare driver: written once for each shape, without a session.

For reading what is asked often. A session costs such a request more than the database does.
"""

from typing import Any

import asyncpg
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.util import LRUCache

_dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_written: LRUCache[Any, Any] = LRUCache(500)


async def fetch(driver: asyncpg.Connection, statement: ClauseElement) -> list[asyncpg.Record]:
    """The rows of a statement, in its columns' driver types. Raises the driver's errors."""
    text, values = written(statement)
    rows: list[asyncpg.Record] = await driver.fetch(text, *values)
    return rows


def written(statement: ClauseElement) -> tuple[str, list[Any]]:
    """A statement's text with `$1`, `$2` …, and its values in that order, as SQLAlchemy's own execution gives them."""
    # Not public, but what every execution begins with: there is no other way to its texts by shape of the statement.
    compiled: Any
    compiled, given, *_ = statement._compile_w_cache(_dialect, compiled_cache=_written, column_keys=[])
    values = compiled.construct_params(extracted_parameters=given, escape_names=False)
    text, order, processors = compiled.string, compiled.positiontup, compiled._bind_processors
    if compiled.literal_execute_params or compiled.post_compile_params:
        expanded = compiled._process_parameters_for_postcompile(values)
        text, order, processors = expanded.statement, expanded.positiontup, {**processors, **expanded.processors}
        values = expanded.parameters
    return text, [processors[name](values[name]) if name in processors else values[name] for name in order]
