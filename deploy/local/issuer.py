"""A token issuer for trying Wahana out on one machine. It gives anybody any role: NEVER FOR PRODUCTION.

    tokens = Issuer(url="http://127.0.0.1:8000", key_file=Path(".wahana/issuer-key.json"))   # key made at the first use
    tokens.mint("village-operator", "32.04.01.2001")              # the access token; `areas` may be a list
    create_app(tokens)                    # /token, /.well-known/jwks.json, /.well-known/openid-configuration

A token is a JWT of RFC 9068 (`at+jwt`, RS256), as `shared.auth` expects it from a real issuer.
"""

import json
import os
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ROLES = (
    "village-operator",
    "district-facilitator",
    "regency-officer",
    "province-officer",
    "ministry",
    "institution-operator",
    "integration",
    "public",
)
LIFETIME = 8 * 3600
CLIENT = "wahana-local-trial"
_AREA = re.compile(r"ID|\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
_NO_STORE = {"Cache-Control": "no-store"}


class Refused(ValueError):
    """The wish for a token makes no sense; the message says why."""


class Issuer:
    """One RSA key and the tokens signed with it. Without `key_file` the key lives as long as the object (tests)."""

    def __init__(self, url: str, key_file: Path | None = None, audience: str = "wahana") -> None:
        self.url = url
        self.audience = audience
        self.key = _key(key_file)

    def mint(
        self,
        role: str | Iterable[str],
        areas: str | Iterable[str],
        *,
        sub: str | None = None,
        institution: UUID | str | None = None,
        lifetime: int = LIFETIME,
    ) -> str:
        """An access token for one or more roles in one or more areas (Kemendagri codes, `ID` is the nation).

        `sub` defaults to one per role and area, so that a maker and a checker differ. A negative `lifetime`
        (seconds) gives an expired token. **Raises** Refused.
        """
        roles = [role] if isinstance(role, str) else list(role)
        codes = [areas] if isinstance(areas, str) else list(areas)
        if unknown := [name for name in roles if name not in ROLES]:
            raise Refused(f"unknown role {unknown[0]!r}; one of: {', '.join(ROLES)}")
        if wrong := [code for code in codes if not _AREA.fullmatch(code)]:
            raise Refused(f"{wrong[0]!r} is not an area code: ID, 32, 32.04, 32.04.01 or 32.04.01.2001")
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.url,
            "aud": self.audience,
            "sub": sub or f"{'+'.join(roles)}@{'+'.join(codes)}",
            "client_id": CLIENT,
            "iat": now,
            "exp": now + lifetime,
            "jti": str(uuid4()),
            "roles": roles,
            "areas": codes,
        }
        if institution:
            try:
                claims["institution_id"] = str(UUID(str(institution)))
            except ValueError as error:
                raise Refused(f"institution is not a UUID: {institution!r}") from error
        return jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": self.key.kid}, claims, self.key)

    def jwks(self) -> Any:
        """The public key, as services read it."""
        return {"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "RS256"}]}

    def metadata(self) -> dict[str, Any]:
        """What OpenID Connect discovery answers."""
        return {
            "issuer": self.url,
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }


def _key(file: Path | None) -> RSAKey:
    if file is not None and file.exists():
        return RSAKey.import_key(json.loads(file.read_text()))
    key = RSAKey.generate_key(2048, auto_kid=True, private=True)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.{os.getpid()}")
        unfinished.touch(0o600)
        unfinished.write_text(json.dumps(key.as_dict(private=True)))
        unfinished.rename(file)
    return key


def routes(issuer: Issuer) -> list[Route]:
    """The issuer's three addresses, to be served alone or by the gateway."""

    async def jwks(_: Request) -> Response:
        """The public key, as services read it."""
        return JSONResponse(issuer.jwks())

    async def metadata(_: Request) -> Response:
        """What OpenID Connect discovery answers."""
        return JSONResponse(issuer.metadata())

    async def token(request: Request) -> Response:
        body = await request.body()
        fields = {name: values[-1] for name, values in parse_qs(body.decode(errors="replace")).items()}
        try:
            minted = issuer.mint(
                fields.get("role", ""),
                re.split(r"[ ,]+", fields.get("area", "")),
                sub=fields.get("sub"),
                institution=fields.get("institution"),
            )
        except Refused as error:
            problem = {"error": "invalid_request", "error_description": str(error)}
            return JSONResponse(problem, 400, headers=_NO_STORE)
        answer = {"access_token": minted, "token_type": "Bearer", "expires_in": LIFETIME}
        return JSONResponse(answer, headers=_NO_STORE)

    return [
        Route("/.well-known/jwks.json", jwks),
        Route("/.well-known/openid-configuration", metadata),
        Route("/token", token, methods=["POST"]),
    ]


def create_app(issuer: Issuer) -> Starlette:
    """The issuer alone, as an ASGI application."""
    return Starlette(routes=routes(issuer))
