"""The codes that records hold beside the ids of their regions, by which the area scope is decided: they follow a region.

Every table that has `village_id` and `village_code`, or `region_id` and `region_code`, with whatever stands before, is
found by itself. What holds a code in its JSON is listed here.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import Column, Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.mapping import RegistryTable


class Pair(NamedTuple):
    """Two columns of a table that name one region."""

    table: Table
    id: "Column[UUID]"
    code: "Column[str]"


def pairs() -> Iterator[Pair]:
    """All of them in registry."""
    for table in RegistryTable.metadata.sorted_tables:
        for column in table.c:
            if column.name.endswith(("village_code", "region_code")):
                id = table.c.get(f"{column.name.removesuffix('code')}id")
                if id is not None:
                    yield Pair(table, id, column)


_BY_ID = "json_to_recordset(CAST(:codes AS json)) AS now (id uuid, code text)"
_SEATS = text(f"""
    UPDATE institution SET seats = (
        SELECT jsonb_agg(CASE WHEN now.id IS NULL THEN seat ELSE seat || jsonb_build_object('village', now.code) END ORDER BY place)
        FROM jsonb_array_elements(seats) WITH ORDINALITY AS kept (seat, place)
        LEFT JOIN {_BY_ID} ON now.id = CAST(seat ->> 'village_id' AS uuid)
    )
    WHERE EXISTS (
        SELECT FROM jsonb_array_elements(seats) AS kept (seat) JOIN {_BY_ID} ON now.id = CAST(seat ->> 'village_id' AS uuid)
        WHERE seat ->> 'village' <> now.code
    )
""")  # noqa: S608  # our own names
_BY_CODE = "json_to_recordset(CAST(:codes AS json)) AS now (before text, code text)"
_OF_REQUESTS = tuple(
    text(f"UPDATE change_request SET {column} = now.code FROM {_BY_CODE} WHERE {column} = now.before")  # noqa: S608  # our own names
    for column in ("village_code", "target_village_code")
)
_IN_REQUESTS = tuple(
    text(
        f"UPDATE change_request SET changes = jsonb_set(changes, '{{village,{side}}}', to_jsonb(now.code))"  # noqa: S608  # our own names
        f" FROM {_BY_CODE} WHERE changes #>> '{{village,{side}}}' = now.before"
        " AND NOT voided AND verification NOT IN ('terverifikasi', 'ditolak')"
    )
    for side in ("before", "after")
)


async def rewrite(session: AsyncSession, by_id: Mapping[UUID, str], by_code: Mapping[str, str]) -> None:
    """Gives records the codes that their regions have now, by the regions' ids, or by the codes they had before.

    No event: the public state of a record names its region by id. In the caller's transaction.
    """
    now = {"codes": orjson.dumps([{"id": id, "code": code} for id, code in by_id.items()]).decode()}
    for table, id, code in pairs():
        await session.execute(
            text(
                f"UPDATE {table.name} SET {code.name} = now.code FROM {_BY_ID}"  # noqa: S608  # our own names
                f" WHERE {table.name}.{id.name} = now.id AND {table.name}.{code.name} <> now.code"
            ),
            now,
        )
    await session.execute(_SEATS, now)
    now = {"codes": orjson.dumps([{"before": before, "code": code} for before, code in by_code.items()]).decode()}
    for statement in (*_OF_REQUESTS, *_IN_REQUESTS):
        await session.execute(statement, now)
