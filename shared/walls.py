"""The second wall between areas: what a request's transaction tells PostgreSQL of its caller, for row security.

The statements say themselves which area they are about (`shared.auth.Principal.within`). Should one forget to, the
policies of the walled tables (the migrations `*_row_security`) still give no row of another area: they read the settings
`wahana.areas`, `wahana.institution` and `wahana.caller`, which a transaction sets in the very round trip that begins it and
which end with it. Without them nothing is seen. Workers and commands run as a role that is let through by name.

A wall may be wider than what its statement asks for, and is never narrower: what looks further on purpose says so by
`lifted`, or asks a function of the database that answers just that (`ids_taken`, `benefits_standing`).
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import NATION, Principal

AREAS = "wahana.areas"
INSTITUTION = "wahana.institution"
CALLER = "wahana.caller"
EVERYTHING = '{"","*"}'
"""All areas, and what is kept for other callers."""

_SAID: ContextVar[str] = ContextVar("said", default="")
"""What transactions of this task begin with, behind their BEGIN."""


class Connection(asyncpg.Connection):
    """A connection whose transactions begin by saying what `stand` was told, in one round trip."""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        """As the driver does it. Its transactions begin by this call, and so do SQLAlchemy's."""
        if not args and query.startswith("BEGIN"):
            query += _SAID.get()
        status: str = await super().execute(query, *args, timeout=timeout)
        return status


def stand(principal: Principal) -> None:
    """From now on, transactions of this task are the caller's."""
    institution = str(principal.institution_id) if principal.institution_id else ""
    _SAID.set(_said(areas(principal), institution, f"{principal.client}/{principal.subject}"))


@contextmanager
def open_to_all() -> Iterator[None]:
    """Transactions that begin in this block see everything: for what is read for nobody, such as counts for metrics."""
    token = _SAID.set(_said(EVERYTHING))
    try:
        yield
    finally:
        _SAID.reset(token)


@asynccontextmanager
async def lifted(session: AsyncSession) -> AsyncIterator[None]:
    """In this block the transaction sees everything: for a statement that must look further than its caller may, and says
    itself how far. An error ends the transaction, and with it what was lifted."""
    with session.no_autoflush:  # what is pending may be what needs it
        raised = select(func.current_setting(AREAS, True), func.set_config(AREAS, EVERYTHING, True))
        before = (await session.execute(raised)).one()[0]
    yield
    await session.flush()
    await session.execute(select(func.set_config(AREAS, before or "", True)))


def areas(principal: Principal) -> str:
    """The beginnings of the codes in the caller's areas, as PostgreSQL writes a list. The nation's is empty; an
    institution's operator has none: what is seen is its institution's."""
    return _list(() if principal.own_record_only else ("" if area == NATION else area for area in principal.areas))


def _list(texts: Iterable[str]) -> str:
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in escaped) + "}"


def _said(areas: str, institution: str = "", caller: str = "") -> str:
    told = ((AREAS, areas), (INSTITUTION, institution), (CALLER, caller))
    return "".join(f"; SET LOCAL {name} = {_literal(value)}" for name, value in told if value)


def _literal(text: str) -> str:
    """A token's words as SQL text. One with a zero byte names nothing that is stored: without it, it still does not."""
    quoted = text.replace("\0", "").replace("\\", "\\\\").replace("'", "''")
    return f"E'{quoted}'"
