"""Idempotency keys: the same POST twice has one effect and one answer, stored in the transaction of its effect.

The key belongs to the caller and the address. A second request with the same key waits on the first one's row until its
transaction ends; then it gets the first answer, or takes the key over if the first was rolled back. A stored answer is
given only to a caller who still may see what it could hold: the edge has checked the right, the area is checked here.

Bodies are known again by a digest under a key of the service's: a NIK could be guessed from a plain one.
"""

import hmac
from datetime import datetime, timedelta

import asyncpg
import orjson
from fastapi import Request, Response
from sqlalchemy import ARRAY, Column, DateTime, Integer, LargeBinary, Table, Text, delete, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared import walls
from shared.auth import Principal
from shared.database import shared_metadata
from shared.language import Text as Message
from shared.problems import BadRequest, InvalidPayload, NotFound

HEADER = "idempotency-key"
KEPT = timedelta(hours=48)
LONGEST = 200

idempotency_key = Table(
    "idempotency_key",
    shared_metadata,
    Column("caller", Text, primary_key=True),
    Column("address", Text, primary_key=True, comment="Method and path"),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the body"),
    Column("scope", ARRAY(Text), nullable=False, comment="What the caller could see then: areas, own institution"),
    Column("status", Integer, comment="Null while the first request is under way"),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
)


class KeyReused(InvalidPayload):
    slug = "idempotency-key-reused"
    title = Message("Idempotency-Key sudah dipakai untuk isi lain", "The Idempotency-Key was used for another body")


class KeyTooLong(BadRequest):
    slug = "idempotency-key-too-long"
    title = Message(
        f"Idempotency-Key paling panjang {LONGEST} karakter", f"An Idempotency-Key has at most {LONGEST} characters"
    )


_FORGET = "DELETE FROM idempotency_key WHERE caller = $1 AND address = $2 AND key = $3 AND created_at < $4"
_TAKE = """
    INSERT INTO idempotency_key (caller, address, key, scope, digest, created_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING RETURNING key
"""
_FIRST = """
    SELECT digest, scope, status, headers::text AS headers, body FROM idempotency_key
    WHERE caller = $1 AND address = $2 AND key = $3
"""
_STORE = """
    UPDATE idempotency_key SET status = $4, headers = $5, body = $6 WHERE caller = $1 AND address = $2 AND key = $3
"""

_EMPTY = text(
    "UPDATE idempotency_key SET digest = '', headers = '{}', body = '' WHERE position(CAST(:content AS bytea) IN body) > 0"
)


async def claim(driver: asyncpg.Connection, request: Request, principal: Principal, now: datetime) -> Response | None:
    """Takes the request's key; None if the caller goes on with the effect, else the first request's answer.

    Runs in the transaction of the effect. Raises KeyReused for the same key with another body, NotFound when the first
    answer was about an area that is no longer the caller's.
    """
    if not 0 < len(request.headers[HEADER]) <= LONGEST:
        raise KeyTooLong
    address = _address(request, principal)
    digest = hmac.digest(request.app.state.settings.digest_key, await request.body(), "sha256")
    await driver.execute(_FORGET, *address, now - KEPT)
    if await driver.fetchrow(_TAKE, *address, principal.scope, digest, now):
        return None
    (first,) = await driver.fetch(_FIRST, *address)
    if first["digest"] != digest:
        raise KeyReused(
            Message(
                "Kirim isi yang sama, atau pakai Idempotency-Key baru untuk isi yang baru.",
                "Send the same body, or use a new Idempotency-Key for a new body.",
            )
        )
    if not principal.still_holds(first["scope"]):
        raise NotFound
    headers = {**orjson.loads(first["headers"]), "Idempotency-Replayed": "true"}
    return Response(first["body"], first["status"], headers=headers)


async def store(driver: asyncpg.Connection, request: Request, principal: Principal, response: Response) -> None:
    """Keeps the answer with the key, in the transaction of its effect."""
    kept = {name: value for name, value in response.headers.items() if name != "content-length"}
    await driver.execute(
        _STORE, *_address(request, principal), response.status_code, orjson.dumps(kept).decode(), bytes(response.body)
    )


async def empty(session: AsyncSession, content: str) -> None:
    """Empties every kept answer that holds this text, such as an id. Its request sent again is refused as another body."""
    async with walls.lifted(session):  # whoever's it is
        await session.execute(_EMPTY, {"content": content.encode()})


async def forget(session: AsyncSession, now: datetime) -> None:
    """Deletes keys older than 48 hours."""
    await session.execute(delete(idempotency_key).where(idempotency_key.c.created_at < now - KEPT))


def _address(request: Request, principal: Principal) -> tuple[str, str, str]:
    """Caller, method and path, key."""
    caller = f"{principal.client}/{principal.subject}"
    return caller, f"{request.method} {request.url.path}", request.headers[HEADER]
