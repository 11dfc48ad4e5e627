"""Statements on the bare driver: the same text and values as SQLAlchemy's own execution gives, and rows as it shows them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import asyncpg
import orjson
import pytest
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid, select, tuple_

from deploy.local.servers import Servers
from shared import statements
from shared.database import code_list
from shared.shown import Shown


class Kind(StrEnum):
    """A code list whose codes are not its names."""

    KUBE = "kube"
    ARISAN = "arisan"


class Note(BaseModel):
    """What the table below holds."""

    at: datetime
    id: UUID
    kind: Kind
    length: int


note = Table(
    "note", MetaData(), Column("id", Uuid, primary_key=True), Column("kind", code_list(Kind, "kind")),
    Column("at", DateTime(timezone=True)), Column("words", Text),
)  # fmt: skip
SHOWN = Shown(Note, note, length="length(note.words)")
IDS = [UUID(int=number) for number in range(4)]
AT = [datetime(2026, 3, 15, 8, 0, 0, us, UTC) for us in (0, 120_000, 1, 999_999)]


@pytest.fixture
async def driver(servers: Servers) -> AsyncIterator[asyncpg.Connection]:
    """A database with four notes, in another time zone."""
    await asyncio.to_thread(servers.postgres.create_database, "notes")
    connection = await asyncpg.connect(servers.dsn("notes"), server_settings={"timezone": "Asia/Jayapura"})
    await connection.execute("CREATE TABLE note (id uuid, kind text, at timestamptz, words text)")
    rows = [(id, Kind.KUBE if place % 2 else Kind.ARISAN, at, "a" * place) for place, (id, at) in enumerate(zip(IDS, AT, strict=True))]  # fmt: skip
    await connection.executemany("INSERT INTO note VALUES ($1, $2, $3, $4)", rows)
    yield connection
    await connection.close()
    await asyncio.to_thread(servers.postgres.drop_database, "notes")


async def test_each_execution_has_its_own_values_of_any_number(driver: asyncpg.Connection) -> None:
    async def found(*wanted: UUID, kind: Kind, after: datetime) -> list[UUID]:
        here = tuple_(note.c.at, note.c.id) > (after, IDS[0])
        statement = select(note.c.id).where(note.c.id.in_(wanted), note.c.kind == kind, here).order_by(note.c.id)
        return [row[0] for row in await statements.fetch(driver, statement.limit(3))]

    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    assert await found(*IDS, kind=Kind.KUBE, after=long_ago) == [IDS[1], IDS[3]]
    assert await found(IDS[1], IDS[2], kind=Kind.ARISAN, after=long_ago) == [IDS[2]]
    assert await found(IDS[0], kind=Kind.ARISAN, after=AT[0]) == []
    assert await found(kind=Kind.ARISAN, after=long_ago) == []


async def test_the_same_shape_is_written_once() -> None:
    texts = {statements.written(select(note.c.id).where(note.c.words == word))[0] for word in ("a", "b")}
    assert len(texts) == 1


async def test_rows_are_shown_as_their_model_writes_them(driver: asyncpg.Connection) -> None:
    rows = await statements.fetch(driver, select(SHOWN.item).select_from(note).order_by(note.c.id))
    told = [
        Note(at=at, id=id, kind=Kind.KUBE if place % 2 else Kind.ARISAN, length=place)
        for place, (id, at) in enumerate(zip(IDS, AT, strict=True))
    ]
    assert [orjson.loads(row[0]) for row in rows] == [orjson.loads(one.model_dump_json()) for one in told]


def test_a_model_that_the_table_cannot_show_is_refused() -> None:
    with pytest.raises(TypeError, match="length"):
        Shown(Note, note)
    with pytest.raises(TypeError, match="lenght"):
        Shown(Note, note, length="1", lenght="1")
