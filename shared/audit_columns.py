"""What audit entries show of a row: its columns as JSON, and of what is personal only that there is something."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Column, LargeBinary, TypeDecorator
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.orm import Mapper

HIDDEN = "•••"
"""Stands for a value that the audit trail does not hold."""
TECHNICAL = frozenset({"sequence", "changed_at", "sort_name", "search_name", "search_text"})
"""Columns that an entry leaves out: it says the first two by itself, the others repeat the name as it is searched."""


def creations(mapper: Mapper[Any], written: Collection[Column[Any]], source: str, **values: str) -> str:
    """The statement that writes the first entries of new rows where these stand in SQL: in `source`, as `subject`.

    `written` are the columns that were given a value; `values` are SQL, by column of the entry. It costs a registration
    less than to send the row a second time.
    """
    names = {column.name for column in written}
    shown = ", ".join(_shown(column) for column in audited(mapper) if column.name in names)
    return (
        f"INSERT INTO audit_entry (record_type, record_id, sequence, after, {', '.join(values)})"  # noqa: S608  # our own names
        f" SELECT '{mapper.local_table}', CAST(subject.id AS text), 1,"
        f" (SELECT row_to_json(shown) FROM (SELECT {shown}) AS shown), {', '.join(values.values())} FROM {source}"
    )


def _shown(column: "Audited") -> str:
    if column.personal or column.hidden:
        return f"CASE WHEN subject.{column.name} IS NOT NULL THEN '{HIDDEN}' END AS {column.name}"
    return f"subject.{column.name}"


@dataclass(frozen=True, slots=True)
class Audited:
    """A column as entries show it. `hidden` are the members of its JSON that are personal, if it is not as a whole."""

    name: str
    key: str
    personal: bool
    hidden: frozenset[str]
    type: Any

    def shown(self, value: Any) -> Any:
        """A value as JSON; of what is personal only whether there is one."""
        if value is None:
            return None
        if self.personal:
            return HIDDEN
        if isinstance(self.type, TypeDecorator):
            value = self.type.process_bind_param(value, _dialect)
        if self.hidden and isinstance(value, dict):
            return {name: HIDDEN if name in self.hidden else member for name, member in value.items()}
        return _json(value)


def _json(value: Any) -> Any:
    """What the database's JSON writer takes: ids (the driver's own kind of UUID too), ranges and the like as text."""
    if isinstance(value, list):
        return [_json(one) for one in value]
    return value if value is None or isinstance(value, str | int | float | dict | date) else str(value)


_dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@cache
def audited(mapper: Mapper[Any]) -> tuple[Audited, ...]:
    """The columns of a mapped class that its entries tell."""
    return tuple(
        Audited(
            # A name that was given explicitly is a `quoted_name`, which the JSON writer takes for no string.
            str(column.name),
            mapper.get_property_by_column(column).key,
            _is_personal(column),
            _hidden(column),
            column.type,
        )
        for column in mapper.columns
        if column.name not in TECHNICAL and column.info.get("audited", True)
    )


def _is_personal(column: Column[Any]) -> bool:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return column.info.get("personal") is True or isinstance(kind, LargeBinary)


def _hidden(column: Column[Any]) -> frozenset[str]:
    marked = column.info.get("personal")
    return frozenset() if marked is None or marked is True else frozenset(marked)
