"""The statements that insert new subjects of events, their first events and their first audit entries.

Made once for each mapped class. They say in SQL what the entry tells of the new row: it is not sent a second time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, TextClause, TypeDecorator, inspect, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeEngine

from shared import audit_columns

EVENT = ("event_id", "topic", "subject_id", "sequence", "type", "time", "data", "dataschema", "region_ids", "actor",
         "reason", "traceparent")  # fmt: skip
"""The columns that an event is inserted with."""
_dialect = PGDialect_asyncpg(json_serializer=lambda value: orjson.dumps(value).decode())  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


Columns = list[tuple[str, Callable[[Any], Any]]]
"""The attributes of a subject that are inserted, and how the value of each is given to the driver."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The statement that inserts a subject of each of some classes and their events.

    Its parameters are, for each subject in turn: those of its `columns`, those of its event (`EVENT`), and the verb, the
    operator, the client and the request's id.
    """

    statement: str
    columns: list[Columns]


@cache
def of(mapped: tuple[type, ...], beside: str = "") -> Registration:
    """How new subjects, one of each of these mapped classes, are inserted together.

    `beside`: one more statement that inserts what is no subject; it reads the first new row as `subject0`, and so on.
    """
    parts, columns, given = [], [], 0
    for number, one in enumerate(mapped):
        part, own = _inserted(one, number, given)
        parts.append(part)
        columns.append(own)
        given += len(own) + len(EVENT) + 4
    if beside:
        parts.append(f"beside AS ({beside})")
    return Registration(f"WITH {', '.join(parts)} SELECT", columns)


def _inserted(mapped: type, number: int, given: int) -> tuple[str, Columns]:
    """The parts of the statement that insert a subject, its event and its entry; `given` parameters come before."""
    mapper: Mapper[Any] = inspect(mapped)
    columns = [(name, key, _binder(kind)) for name, key, kind in written(mapper)]
    own = [f"${given + place}" for place in range(1, len(columns) + len(EVENT) + 5)]
    event = dict(zip(EVENT, own[len(columns) :], strict=False))
    verb, operator, client, request_id = (f"{place}::text" for place in own[-4:])
    entry = audit_columns.creations(
        mapper, first(mapper), f"subject{number} AS subject",
        at=f"{event['time']}::timestamptz", action=verb, actor=f"coalesce({operator}, {event['actor']})",
        reason=f"{event['reason']}::text", region_ids=f"{event['region_ids']}::uuid[]", client=client,
        request_id=request_id,
    )  # fmt: skip
    # PostgreSQL runs the parts that nothing reads from the last to the first: so the subject's own key is looked at first,
    # and only for a subject that is new is it found that its event was told before.
    return (
        f"event{number} AS (INSERT INTO outbox ({', '.join(EVENT)}) VALUES ({', '.join(event.values())})),"  # noqa: S608  # our names
        f" subject{number} AS (INSERT INTO {mapper.local_table} ({', '.join(name for name, _, _ in columns)})"
        f" VALUES ({', '.join(own[: len(columns)])}) RETURNING *), entry{number} AS ({entry})",
        [(key, bind) for _, key, bind in columns],
    )


def first(mapper: Mapper[Any]) -> list[Column[Any]]:
    """The columns that a registration writes: those marked `later` begin as the database's default says."""
    return [column for column in mapper.columns if not column.info.get("later")]


def written(mapper: Mapper[Any]) -> list[tuple[str, str, TypeEngine[Any]]]:
    """The same, each by its name in the table, the attribute that holds its value, and its type."""
    # A name that was given explicitly is a `quoted_name`, which the JSON writer takes for no string.
    return [(str(column.name), mapper.get_property_by_column(column).key, column.type) for column in first(mapper)]


def _binder(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """How a mapped value is given to the driver: as SQLAlchemy gives it."""
    processor: Callable[[Any], Any] | None = kind.dialect_impl(_dialect).bind_processor(_dialect)
    return processor or (lambda value: value)


def as_json(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """How a mapped value is written as JSON: as its own column type says, if it has one of ours."""
    if isinstance(kind, TypeDecorator):
        return lambda value: kind.process_bind_param(value, _dialect)
    return lambda value: value


@cache
def of_told(mapper: Mapper[Any]) -> TextClause:
    """The statement that inserts the first events of subjects which are stored already, and their first entries.

    Its parameters: `rows`, the events as JSON in order; `client`, `request_id` and `operator`.
    """
    events = ", ".join(EVENT)
    entries = audit_columns.creations(
        mapper, first(mapper), "told JOIN subject ON subject.id = told.subject_id ORDER BY told.place",
        at="told.time", action="split_part(told.type, '.', 3)", reason="told.reason",
        actor="coalesce(CAST(:operator AS text), told.actor)",
        region_ids="told.region_ids", client="CAST(:client AS text)", request_id="CAST(:request_id AS text)",
    )  # fmt: skip
    return text(
        "WITH told AS MATERIALIZED (SELECT row_number() OVER () AS place, given.*"  # noqa: S608  # our own names
        " FROM json_populate_recordset(CAST(NULL AS outbox), CAST(:rows AS json)) AS given),"
        f" event AS (INSERT INTO outbox ({events}) SELECT {events} FROM told ORDER BY place),"
        f" subject AS NOT MATERIALIZED (SELECT * FROM {mapper.local_table}) {entries}"
    )
