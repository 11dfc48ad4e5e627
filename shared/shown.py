"""Rows as the database itself writes them for an answer: no model and no value of Python for each of them.

    SHOWN = Shown(InstitutionOut, Institution.__table__, village="institution.village_code", …)
    select(SHOWN.item).select_from(Institution.__table__).where(…)      # → pagination.page_of

The model stays the contract that the API's document tells, and what single records are answered by. Whoever shows rows
so has a test that both ways say the same about any record.
"""

from pydantic import BaseModel
from sqlalchemy import ColumnElement, DateTime, FromClause, Text, literal_column


class Shown:
    """How the rows of a table show as a model: one JSON text for each row, all fields of the model in their order."""

    def __init__(self, model: type[BaseModel], table: FromClause, **written: str) -> None:
        """Fields are the columns of their names, but for those whose SQL is `written`.

        Raises TypeError when a field is neither, or when SQL is written for a field that the model does not have.
        """
        wrong = [name for name in model.model_fields if name not in written and name not in table.c]
        if wrong or (wrong := sorted(written.keys() - model.model_fields.keys())):
            raise TypeError(f"{model.__name__} cannot be shown from {table}: {', '.join(wrong)}")
        fields = {name: written.get(name) or _column(table, name) for name in model.model_fields}
        row = ", ".join(f'{sql} AS "{name}"' for name, sql in fields.items())
        self.item: ColumnElement[str] = literal_column(
            f"(SELECT row_to_json(shown) FROM (SELECT {row}) AS shown)::text",  # noqa: S608  # our own names
            Text,
        )


def instant(sql: str) -> str:
    """SQL of an instant as an answer tells it: in UTC, ending in `Z`, microseconds only if there are any."""
    written = f"""to_char({sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f"replace({written}, '.000000Z', 'Z')"


def _column(table: FromClause, name: str) -> str:
    column = f"{table}.{name}"
    return instant(column) if isinstance(table.c[name].type, DateTime) else column
