"""Access tokens: JWTs of an OAuth2 issuer, `typ: at+jwt` (RFC 9068), RS256 or ES256, checked against its JWKS.

Roles and area codes are claims; `shared.auth` says what they open.
"""

import asyncio
import functools
import math
import ssl
import time
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey
from starlette.requests import Request

from shared import token_key_gauges
from shared.areas import today
from shared.auth import Principal
from shared.claims import check, refused
from shared.claims import principal as caller
from shared.language import Text
from shared.problems import Unauthorized, Unavailable
from shared.rates import Rates
from shared.settings import SharedSettings

log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "ES256"]
KEYS: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}
"""The key types of ALGORITHMS."""


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
    _waiting: int = 0

    READ_EVERY = 600.0
    """Seconds after which the keys are read again: how long a withdrawn key may be believed."""
    KEPT_FOR = 24 * 3600.0
    """Seconds for which keys are good while the issuer cannot be asked."""
    REFRESH_AT_MOST_EVERY = 30.0
    """Seconds between two questions while there are keys: neither strangers' tokens nor its absence busy the issuer."""
    RETRY_AT_MOST_EVERY = 1.0
    """Seconds between two questions while there is no key at all: requests must not queue for a silent issuer."""
    REMEMBERED = 1024

    LONGEST = 16 * 1024
    """Characters of a token: with every district of a province in it, it has 8 Ki."""
    WAITING = 8
    """Requests that wait for new keys at once: of those with keys nobody knows, more are asked to come again."""

    def believed(self, token: str) -> bool:
        """Whether the token was checked before and still holds."""
        known = self._checked.get(token)
        return known is not None and known[0] > time.time()

    async def principal(self, token: str) -> Principal:
        """The caller a token speaks for. Raises Unauthorized, or Unavailable when no keys can be had."""
        if len(token) > self.LONGEST:
            raise refused("size")
        keys = await self._current_keys(refresh=False)
        known = self._checked.get(token)
        if known and known[0] > time.time():
            return known[1]
        claims = await self._claims(token, keys)
        principal = caller(claims)
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
            except (JoseError, ValueError, RecursionError) as error:
                if refreshed or not _names_unknown_key(token, keys):
                    log.info("auth.refused", error=type(error).__name__)  # its text may repeat the token
                    raise refused("signature") from error
                continue
            check(decoded.header, decoded.claims, self.settings, time.time())
            return decoded.claims
        raise refused("signature")

    async def _current_keys(self, *, refresh: bool) -> KeySet:
        """The keys to check with; read again when they are old, or when `refresh` says that one is missing."""
        good_for = self.KEPT_FOR if self._lock.locked() else self.READ_EVERY  # longer while another request reads them
        if self._keys is not None and not refresh and self._young(good_for):
            return self._keys
        if refresh and self._keys is not None and not self._lock.locked() and not self._should_ask(refresh):
            return self._keys
        if refresh and self._waiting >= self.WAITING:
            raise _no_keys()
        self._waiting += 1
        try:
            return await self._asked(refresh)
        finally:
            self._waiting -= 1

    async def _asked(self, refresh: bool) -> KeySet:
        async with self._lock:
            if self._should_ask(refresh):
                await self._ask()
            if self._keys is None or not self._young(self.KEPT_FOR):
                raise _no_keys()
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
            hooks = {"response": [token_key_gauges.observe_certificate]}
            async with httpx.AsyncClient(
                timeout=5, follow_redirects=False, event_hooks=hooks, verify=authorities()
            ) as client:
                answer = await client.get(self.settings.auth_jwks_url)
            keys = imported(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError, JoseError) as error:
            log.warning("auth.keys_unavailable", error=error)
            return
        if self._keys is None or _material(keys) != _material(self._keys):
            self._checked.clear()  # what a withdrawn key had signed is believed no longer
        self._keys, self._read_at = keys, time.monotonic()
        token_key_gauges.observe(answer)


@functools.cache
def authorities() -> ssl.SSLContext:
    """Whom to trust of issuers. Reading it stops everything else of the process for a moment: once is enough."""
    return httpx.create_ssl_context()


def imported(document: Any) -> KeySet:
    """The keys that can check our algorithms' signatures; others an issuer may have beside them. Raises ValueError."""
    found: list[RSAKey | ECKey | OctKey | OKPKey] = []
    for one in document["keys"] if isinstance(document, dict) and isinstance(document.get("keys"), list) else ():
        try:
            if one["kty"] in ("RSA", "EC"):
                found.append(KEYS[one["kty"]].import_key(one))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            log.warning("auth.key_unreadable", error=repr(error)[:200])
    if not found:
        raise ValueError("no RSA or EC key in the JWKS")
    return KeySet(found)


def _material(keys: KeySet) -> set[tuple[str | None, str]]:
    """Each key by name and content: an issuer may give a new key the old one's name."""
    return {(key.kid, key.thumbprint()) for key in keys.keys}


def _no_keys() -> Unavailable:
    return Unavailable(
        Text("Kunci penerbit token belum dapat dibaca.", "The token issuer's keys cannot be read yet."),
        headers={"Retry-After": "5"},
    )


def _names_unknown_key(token: str, keys: KeySet) -> bool:
    """Whether the token names a key we have not read: the issuer may have changed its keys."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, RecursionError):
        return False
    kid = header.get("kid")
    return isinstance(kid, str) and kid not in {key.kid for key in keys.keys}


async def authenticate(request: Request) -> Principal:
    """The caller of a request, with the areas that the token's codes mean today. Raises Unauthorized when there is no bearer token or it is not accepted."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(
            Text("Sertakan header Authorization: Bearer <token>.", "Send the header Authorization: Bearer <token>."),
            headers={"WWW-Authenticate": "Bearer"},
        )
    tokens: Tokens = request.app.state.tokens
    rates: Rates = request.app.state.rates
    token = token.strip()
    if not tokens.believed(token):
        rates.check_refused(request)
    try:
        principal = await tokens.principal(token)
    except Unauthorized:
        rates.spend_refused(request)
        raise
    areas = await today(request, principal.areas)
    return principal if areas is principal.areas else replace(principal, areas=areas)
