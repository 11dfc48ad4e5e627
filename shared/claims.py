"""What an access token's claims say: whether it is meant for us and now, who calls, in which roles and where.

Claims are signed by the issuer, yet read as strictly as a body: a token that says nonsense opens nothing.
"""

from typing import Any
from uuid import UUID

from shared.auth import RIGHTS, Principal
from shared.language import Text
from shared.problems import Unauthorized
from shared.region_codes import region_code
from shared.settings import SharedSettings

LEEWAY = 30
FAR = 2.0**40
"""Seconds since 1970 beyond which no claim lies: some 34,000 years."""
LONGEST_NAME = 255


def check(header: dict[str, Any], claims: dict[str, Any], settings: SharedSettings, now: float) -> None:
    """Raises Unauthorized, with the claim in its words, for a token that is not for us, or not for `now` (since 1970)."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
        raise refused("typ")
    if "crit" in header:  # whatever its issuer means by it, we do not understand it
        raise refused("crit")
    if claims.get("iss") != settings.auth_issuer:
        raise refused("iss")
    if settings.auth_audience not in audiences:
        raise refused("aud")
    if _instant(claims, "exp", missing=0) < now - LEEWAY:
        raise refused("exp")
    for begins in ("nbf", "iat"):
        if _instant(claims, begins, missing=now) > now + LEEWAY:
            raise refused(begins)


def principal(claims: dict[str, Any]) -> Principal:
    """The caller; roles nobody here knows open nothing. Raises Unauthorized."""
    claimed = claims.get("roles", [])
    if not isinstance(claimed, list):
        raise refused("roles")
    roles = frozenset(role for role in claimed if isinstance(role, str) and role in RIGHTS)
    institution = claims.get("institution_id")
    try:
        institution_id = UUID(institution) if institution else None
    except (ValueError, TypeError, AttributeError) as error:
        raise refused("institution_id") from error
    return Principal(
        subject=_name(claims, "sub"),
        client=_name(claims, "client_id", missing=""),
        roles=roles,
        areas=_areas(claims.get("areas", [])),
        institution_id=institution_id,
        rights=frozenset().union(*(RIGHTS[role] for role in roles)) if roles else frozenset(),
    )


def _areas(claimed: object) -> tuple[str, ...]:
    if not isinstance(claimed, list) or not all(isinstance(area, str) for area in claimed):
        raise refused("areas")
    try:
        return tuple(region_code(area) for area in claimed)
    except ValueError as error:
        raise refused("areas") from error


def _instant(claims: dict[str, Any], name: str, *, missing: float) -> float:
    """A claim in seconds since 1970. Raises Unauthorized for what is no instant, such as NaN, true or a text."""
    value = claims.get(name, missing)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < FAR:
        raise refused(name)
    return float(value)


def _name(claims: dict[str, Any], claim: str, *, missing: str | None = None) -> str:
    """A claim that names somebody: it is stored, logged and compared. Raises Unauthorized for what cannot be."""
    value = claims.get(claim, missing)
    if (
        not isinstance(value, str)
        or len(value) > LONGEST_NAME
        or not (value.isprintable() and (value or missing == ""))
    ):
        raise refused(claim)
    return value


def refused(why: str) -> Unauthorized:
    """The answer to a token; `why` is the claim or part at fault."""
    return Unauthorized(
        Text(f"Token akses tidak diterima ({why}).", f"The access token is not accepted ({why})."),
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )
