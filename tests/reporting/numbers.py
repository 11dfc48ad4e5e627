"""What reporting holds, in a form that two databases can be compared by."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting.measures import GROUPS


async def numbers(engine: AsyncEngine) -> dict[str, set[Any]]:
    """Every cell, dossier and region change by the ids of regions, whose numbers depend on the order of arrival."""
    found: dict[str, set[Any]] = {}
    async with engine.connect() as connection:
        for group in GROUPS:
            columns = ", ".join(("id", "month", "dimension", "tree", *group.measures))
            rows = await connection.execute(
                text(f"SELECT {columns} FROM {group.table.name} JOIN region ON key = region_key")
            )
            found[group.table.name] = {tuple(row) for row in rows if any(row[4:])}
        rows = await connection.execute(text("SELECT subject_id, sequence FROM dossier WHERE sequence > 0"))
        found["dossier"] = {tuple(row) for row in rows}
        rows = await connection.execute(text("SELECT number, followed FROM region_change WHERE followed > 0"))
        found["region_change"] = {tuple(row) for row in rows}
    return found
