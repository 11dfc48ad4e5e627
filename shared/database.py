"""Engines, sessions and transactions. The edge and the workers open and commit them; nothing inside ever commits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import partial
from typing import Any, cast

import asyncpg
import orjson
from sqlalchemy import Connection, Enum, MetaData, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from shared import walls
from shared.settings import ServiceSettings

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
shared_metadata = MetaData(naming_convention=NAMING)
"""Tables every service has: outbox, idempotency keys, positions. Each service's first migration creates those it uses."""


class Table(DeclarativeBase):
    """Root of a service's mapped tables; each service binds its own metadata."""

    __abstract__ = True


LONGEST_WAIT = {"lock_timeout": "10s"}
"""For requests: who waits longer for what another holds is told to try again (503)."""
FOR_WORKERS = {"transaction_timeout": "5min"}
"""Limits of workers. Of a client that vanished between the messages of one statement PostgreSQL takes the transaction for
active, and no other timeout ends it. Commands may take as long as they must."""
VANISHED = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
"""When PostgreSQL asks the network whether a silent client is still there; by itself it would after two hours."""
ANSWERED_WITHIN = 35.0
"""Seconds after which a database that says nothing at all is given up, and the connection with it: a network that swallows
everything, a server that stands still. Longer than a statement may take, so that the database's own word comes first."""
REACHED_WITHIN = 10.0
"""Seconds in which a connection must be made."""


def open_engine(
    settings: ServiceSettings,
    *,
    pool_size: int | None = None,
    schema: str | None = None,
    limits: dict[str, str] | None = None,
    patient: bool = False,
) -> AsyncEngine:
    """An engine whose statements end after 30 s and whose idle transactions after 60 s.

    `schema` puts that schema first in the search path (reporting's live and shadow tables). `limits` are
    `for_requests`, FOR_WORKERS, or none more. `patient`: for who lifts the limits of time, as a restore does.
    """
    options = _options(settings) | (limits or {})
    if schema:
        options["search_path"] = f"{schema}, public"
    engine = create_async_engine(
        settings.database,
        hide_parameters=True,  # errors are logged: a statement's values may be personal data
        json_serializer=_json,
        json_deserializer=orjson.loads,
        pool_size=pool_size or settings.database_pool_size,
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "server_settings": options,
            "connection_class": walls.Connection,
            "timeout": REACHED_WITHIN,
            "command_timeout": None if patient else ANSWERED_WITHIN,
        },
    )
    dialect: Any = engine.dialect
    dialect.do_savepoint = partial(_plainly, "SAVEPOINT")
    dialect.do_release_savepoint = partial(_plainly, "RELEASE SAVEPOINT")
    dialect.do_rollback_to_savepoint = partial(_plainly, "ROLLBACK TO SAVEPOINT")
    return engine


def _plainly(what: str, connection: Connection, name: str) -> None:
    """Says it without preparing it, as SQLAlchemy would: each savepoint has a name of its own, so that it is a round trip
    more and drives the statements that are needed again out of what is kept prepared."""
    adapted: Any = connection.connection.dbapi_connection
    if adapted._transaction is None:
        adapted.await_(adapted._start_transaction())
    adapted.run_async(lambda driver: driver.execute(f"{what} {name}"))


def for_requests(settings: ServiceSettings) -> dict[str, str]:
    """Limits of requests: no transaction lasts much longer than a request may, for the reason that FOR_WORKERS gives. The
    request's own end comes first and says why."""
    return LONGEST_WAIT | {"transaction_timeout": f"{(settings.request_seconds + 5) * 1000:.0f}ms"}


def _options(settings: ServiceSettings) -> dict[str, str]:
    return {
        "application_name": f"wahana-{settings.service}",
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "UTC",
        "jit": "off",
        **VANISHED,
    }


def _json(value: object) -> str:
    # As orjson writes it, letters as they are: Python's own writer makes three times as many bytes of some.
    return orjson.dumps(value).decode()


def code_list(members: type[StrEnum], name: str) -> Enum:
    """A column type that holds the codes of one list verbatim; the database refuses any other text."""
    return Enum(
        members, name=name, native_enum=False, create_constraint=True, values_callable=lambda e: [m.value for m in e]
    )


def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Makes sessions whose rows stay readable after the commit (answers are built from them)."""
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def transaction(maker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    """One transaction: committed at the end of the block, rolled back on any error."""
    async with maker() as session, session.begin():
        yield session


async def open_pool(settings: ServiceSettings) -> asyncpg.Pool:
    """The bare driver's connections, for the writes where every round trip counts; opened with the first of them."""
    return await asyncpg.create_pool(
        settings.driver_dsn,
        min_size=0,
        max_size=settings.database_pool_size,
        server_settings=_options(settings) | for_requests(settings),
        connection_class=walls.Connection,
        timeout=REACHED_WITHIN,
        command_timeout=ANSWERED_WITHIN,
        # Each is given back after a commit or a rollback: there is nothing to reset, and asking costs a round trip.
        reset=_leave,
    )


async def _leave(_: asyncpg.Connection) -> None:
    return None


async def driver(connection: AsyncConnection | AsyncSession) -> asyncpg.Connection:
    """The bare driver's connection under this one, for bulk statements in the same transaction."""
    if isinstance(connection, AsyncSession):
        connection = await connection.connection()
    if not connection.in_transaction():
        await connection.begin()
    raw = await connection.get_raw_connection()
    # SQLAlchemy begins the transaction with its own first statement; without it the driver's would each commit alone.
    # Not public, but what that statement does first: one of our own costs a round trip more.
    adapted: Any = raw.dbapi_connection
    if adapted._transaction is None:
        try:
            await adapted._start_transaction()
        except Exception:
            # Whatever it is, a statement of SQLAlchemy's own meets it too, tells it, and gives the connection up.
            await connection.execute(text("SELECT 1"))
            raise
    return cast(asyncpg.Connection, raw.driver_connection)


class NeedsSession(Exception):
    """What was met on the bare driver, seldom, is changed within a session: the request is handled anew in one.

    Raised where nothing is stored yet that a rollback would not take back (`shared.edge.Hot`).
    """


async def answers(engine: AsyncEngine) -> None:
    """Returns if the database answers. Raises the driver's error otherwise."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


TROUBLE = (OSError, DBAPIError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What a database that is away or crowded raises. The driver's own errors among them: they come unwrapped from bulk
statements and from every attempt to connect."""
TRANSIENT = ("40001", "40P01", "55P03", "57014", "25P03", "25P04")
"""SQLSTATEs after which the same transaction may succeed: serialisation, deadlock, lock and statement timeout, a
transaction that stood idle (a process that was stopped) or lasted too long."""
TRANSIENT_CLASSES = ("08", "53", "57P")
"""… and classes of them: connection, crowding, restart."""


WAITED = ("40P01", "55P03")
"""SQLSTATEs of those who waited for what another held: in a circle, or too long."""


def waited(error: BaseException) -> bool:
    """Whether it is others' work that was in the way, and no trouble of the database's own."""
    if isinstance(error, DBAPIError) and error.orig:
        error = error.orig.__cause__ or error
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in WAITED


def transient(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is tried again: the trouble lies in the database's state."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        cause: BaseException | None = error.orig.__cause__ if error.orig else None
        return cause is not None and transient(cause)
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state in TRANSIENT or state.startswith(TRANSIENT_CLASSES)
    if isinstance(error, asyncpg.InterfaceError):
        return "closed" in str(error)  # misuse has the same class
    return isinstance(error, OSError | PoolTimeout)
