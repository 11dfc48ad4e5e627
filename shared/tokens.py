"""Access tokens: JWTs of an OAuth2 issuer, `typ: at+jwt` (RFC 9068), RS256 or ES256, checked against its JWKS.

Roles and area codes are claims; `shared.auth` says what they open.
"""

import asyncio
import math
import time
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request

from shared.areas import today
from shared.auth import RIGHTS, Principal
from shared.language import Text
from shared.problems import Unauthorized, Unavailable
from shared.region_codes import region_code
from shared.settings import SharedSettings

log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "ES256"]
LEEWAY = 30


@dataclass
class Tokens:
    """Checks access tokens. Keys are read from the configured address only, never from a token.

    A key the issuer withdrew is dropped when its keys are next read. An issuer that is away stops nobody for a day.
    """

    settings: SharedSettings
    _keys: KeySet | None = None
    _read_at: float = -math.inf
    _asked_at: float = -math.inf
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _checked: dict[str, tuple[float, Principal]] = field(default_factory=dict)

    READ_EVERY = 600.0
    """Seconds after which the keys are read again: how long a withdrawn key may be believed."""
    KEPT_FOR = 24 * 3600.0
    """Seconds for which keys are good while the issuer cannot be asked."""
    REFRESH_AT_MOST_EVERY = 30.0
    """Seconds between two questions while there are keys: neither strangers' tokens nor its absence busy the issuer."""
    RETRY_AT_MOST_EVERY = 1.0
    """Seconds between two questions while there is no key at all: requests must not queue for a silent issuer."""
    REMEMBERED = 1024

    async def principal(self, token: str) -> Principal:
        """The caller a token speaks for. Raises Unauthorized, or Unavailable when no keys can be had."""
        keys = await self._current_keys(refresh=False)
        known = self._checked.get(token)
        if known and known[0] > time.time():
            return known[1]
        claims = await self._claims(token, keys)
        principal = _principal(claims)
        if len(self._checked) >= self.REMEMBERED:
            self._checked.clear()
        self._checked[token] = (min(float(claims["exp"]), time.time() + 300), principal)
        return principal

    async def ready(self) -> None:
        """Returns once there are keys to check with. Raises Unavailable."""
        await self._current_keys(refresh=False)

    async def _claims(self, token: str, keys: KeySet) -> dict[str, Any]:
        for refreshed in (False, True):
            if refreshed:
                keys = await self._current_keys(refresh=True)
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError) as error:
                if refreshed or not _names_unknown_key(token, keys):
                    log.info("auth.refused", error=repr(error)[:200])
                    raise _refused("signature") from error
                continue
            self._check(decoded.header, decoded.claims)
            return decoded.claims
        raise _refused("signature")

    def _check(self, header: dict[str, Any], claims: dict[str, Any]) -> None:
        now = time.time()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
            raise _refused("typ")
        if claims.get("iss") != self.settings.auth_issuer:
            raise _refused("iss")
        if self.settings.auth_audience not in audiences:
            raise _refused("aud")
        if not isinstance(claims.get("exp"), int | float) or claims["exp"] < now - LEEWAY:
            raise _refused("exp")
        if isinstance(claims.get("nbf"), int | float) and claims["nbf"] > now + LEEWAY:
            raise _refused("nbf")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise _refused("sub")

    async def _current_keys(self, *, refresh: bool) -> KeySet:
        """The keys to check with; read again when they are old, or when `refresh` says that one is missing."""
        good_for = self.KEPT_FOR if self._lock.locked() else self.READ_EVERY  # longer while another request reads them
        if self._keys is not None and not refresh and self._young(good_for):
            return self._keys
        async with self._lock:
            if self._should_ask(refresh):
                await self._ask()
            if self._keys is None or not self._young(self.KEPT_FOR):
                raise Unavailable(
                    Text("Kunci penerbit token belum dapat dibaca.", "The token issuer's keys cannot be read yet."),
                    headers={"Retry-After": "5"},
                )
            return self._keys

    def _young(self, seconds: float) -> bool:
        return time.monotonic() - self._read_at <= seconds

    def _should_ask(self, refresh: bool) -> bool:
        since = time.monotonic() - self._asked_at
        if self._keys is None:
            return since > self.RETRY_AT_MOST_EVERY
        return (refresh or not self._young(self.READ_EVERY)) and since > self.REFRESH_AT_MOST_EVERY

    async def _ask(self) -> None:
        self._asked_at = time.monotonic()
        try:
            async with httpx.AsyncClient(timeout=5, follow_redirects=False) as client:
                answer = await client.get(self.settings.auth_jwks_url)
            keys = KeySet.import_key_set(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError, JoseError) as error:
            log.warning("auth.keys_unavailable", error=error)
            return
        if self._keys is None or {key.kid for key in keys.keys} != {key.kid for key in self._keys.keys}:
            self._checked.clear()  # what a withdrawn key had signed is believed no longer
        self._keys, self._read_at = keys, time.monotonic()


def _names_unknown_key(token: str, keys: KeySet) -> bool:
    """Whether the token names a key we have not read: the issuer may have changed its keys."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        return False
    kid = header.get("kid")
    return kid is not None and kid not in {key.kid for key in keys.keys}


def _refused(why: str) -> Unauthorized:
    return Unauthorized(
        Text(f"Token akses tidak diterima ({why}).", f"The access token is not accepted ({why})."),
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def _principal(claims: dict[str, Any]) -> Principal:
    claimed = claims.get("roles", [])
    if not isinstance(claimed, list):
        raise _refused("roles")
    roles = frozenset(role for role in claimed if isinstance(role, str) and role in RIGHTS)
    institution = claims.get("institution_id")
    try:
        institution_id = UUID(institution) if institution else None
    except (ValueError, TypeError, AttributeError) as error:
        raise _refused("institution_id") from error
    return Principal(
        subject=claims["sub"],
        client=str(claims.get("client_id", "")),
        roles=roles,
        areas=_areas(claims.get("areas", [])),
        institution_id=institution_id,
        rights=frozenset().union(*(RIGHTS[role] for role in roles)) if roles else frozenset(),
    )


def _areas(claimed: object) -> tuple[str, ...]:
    if not isinstance(claimed, list):
        raise _refused("areas")
    try:
        return tuple(region_code(str(area)) for area in claimed)
    except ValueError as error:
        raise _refused("areas") from error


async def authenticate(request: Request) -> Principal:
    """The caller of a request, with the areas that the token's codes mean today. Raises Unauthorized when there is no bearer token or it is not accepted."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(
            Text("Sertakan header Authorization: Bearer <token>.", "Send the header Authorization: Bearer <token>."),
            headers={"WWW-Authenticate": "Bearer"},
        )
    tokens: Tokens = request.app.state.tokens
    principal = await tokens.principal(token.strip())
    areas = await today(request, principal.areas)
    return principal if areas is principal.areas else replace(principal, areas=areas)
