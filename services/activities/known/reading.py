"""Reads the copies by id: what a request refers to, however many kinds of it, in one statement and one round trip.

Within a session, or on the bare driver where every round trip counts. What has not been announced is left out.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ARRAY, TextClause, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

Found = TypeVar("Found")
Reader = AsyncSession | asyncpg.Connection
"""A session, or the bare driver's connection in a transaction."""


@dataclass(frozen=True)
class Kind(Generic[Found]):
    """A kind of copy: the query that finds it by the ids in `{ids}`, and how one of its rows, as JSON, is understood."""

    query: str
    of: Callable[[dict[str, Any]], Found]


async def found(reader: Reader, kind: Kind[Found], ids: Collection[UUID]) -> list[Found]:
    """What is known of one kind, in the order in which its query gives it."""
    return (await found_each(reader, {kind: ids}))[kind]


async def found_each(reader: Reader, wanted: Mapping[Kind[Any], Collection[UUID]]) -> dict[Kind[Any], list[Any]]:
    """What is known of several kinds, by one statement; none if nothing is wanted."""
    asked = {kind: list(ids) for kind, ids in wanted.items() if ids}
    answers = await _answers(reader, tuple(asked), list(asked.values())) if asked else []
    told = dict(zip(asked, answers, strict=True))
    return {kind: [kind.of(row) for row in orjson.loads(told.get(kind) or "[]")] for kind in wanted}


async def _answers(reader: Reader, kinds: tuple[Kind[Any], ...], ids: list[list[UUID]]) -> Sequence[str | None]:
    if isinstance(reader, AsyncSession):
        named = {f"ids{place}": given for place, given in enumerate(ids)}
        return tuple((await reader.execute(_of_session(kinds), named)).one())
    (row,) = await reader.fetch(_written(kinds, "${}", 1), *ids)
    return tuple(row)


@cache
def _of_session(kinds: tuple[Kind[Any], ...]) -> TextClause:
    given = [bindparam(f"ids{place}", type_=ARRAY(Uuid)) for place in range(len(kinds))]
    return text(_written(kinds, ":ids{}", 0)).bindparams(*given)


@cache
def _written(kinds: tuple[Kind[Any], ...], parameter: str, first: int) -> str:
    parts = (
        f"(SELECT CAST(json_agg(found) AS text) FROM ({kind.query.format(ids=parameter.format(place))}) AS found)"  # noqa: S608  # our own texts
        for place, kind in enumerate(kinds, first)
    )
    return f"SELECT {', '.join(parts)}"
