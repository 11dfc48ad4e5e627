"""The issuer of access tokens: its keys can be read, are of use, and will be tomorrow."""

import base64
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from shared import tokens
from shared.claims import LEEWAY
from shared.clock import Clock
from shared.doctor.findings import TROUBLE, Finding, fault, graded, ok, reason, unknown, warning
from shared.settings import SharedSettings
from shared.tokens import ALGORITHMS

WITHIN = 8.0
SOON = timedelta(days=30)
"""Before this end of a key or certificate there is time to change it."""
RSA_BITS = 2048
CLOCK = (LEEWAY / 3, float(LEEWAY))
PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "k")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def checks(settings: SharedSettings, clock: Clock) -> AsyncIterator[Finding]:
    """All of it, by two questions over HTTP."""
    url = settings.auth_jwks_url
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
        yield warning(
            "issuer.address",
            "keys are read over http://: who stands between can give others",
            "Set AUTH_JWKS_URL to https://.",
        )
    async with httpx.AsyncClient(timeout=WITHIN, follow_redirects=False) as client:
        answer = await client.get(url)
        now = clock.now()
        if answer.status_code != 200:
            yield fault(
                "issuer.reach",
                f"AUTH_JWKS_URL answers {answer.status_code}",
                "Correct AUTH_JWKS_URL (redirects are not followed), or mend the issuer.",
            )
            return
        for finding in _keys(answer, now):
            yield finding
        if "date" in answer.headers:
            offset = (parsedate_to_datetime(answer.headers["date"]) - now).total_seconds()
            yield graded(
                "clock.issuer",
                f"{offset:+.0f} s against this machine (±1 s)",
                max(0.0, abs(offset) - 1),
                CLOCK,
                "Let both machines follow the same time servers; tokens are refused otherwise.",
            )
        async for finding in _metadata(client, settings):
            yield finding


def _keys(answer: httpx.Response, now: datetime) -> Iterator[Finding]:
    try:
        document = answer.json()
        entries = document["keys"]
        tokens.imported(document)  # as the services read it: keys they cannot read are passed over
    except (ValueError, KeyError, TypeError, JoseError) as error:
        yield fault(
            "issuer.keys",
            f"AUTH_JWKS_URL gives no key set: {reason(error)}",
            "Correct AUTH_JWKS_URL, or mend the issuer.",
        )
        return
    yield ok("issuer.reach", f"{len(entries)} keys")
    usable = [entry for entry in entries if not (why := _unusable(entry)) or why == "short"]
    if not usable:
        yield fault("issuer.keys", "none can check a token", f"Let the issuer sign with {' or '.join(ALGORITHMS)}.")
    if leaked := [entry.get("kid", "?") for entry in entries if any(part in entry for part in PRIVATE)]:
        yield fault(
            "issuer.keys",
            f"the private part of {leaked[0]} is public",
            "Change the issuer's keys at once: anybody can make tokens.",
        )
    if short := [entry.get("kid", "?") for entry in entries if _unusable(entry) == "short"]:
        yield warning(
            "issuer.keys", f"{', '.join(short)} is shorter than {RSA_BITS} bits", "Give the issuer a longer key."
        )
    kids = [entry.get("kid") for entry in usable]
    if len(usable) > 1 and (None in kids or len(set(kids)) < len(kids)):
        yield warning("issuer.keys", "keys share an id or have none", "Give each key of the issuer a kid of its own.")
    yield from _ends(usable, now)


def _unusable(entry: Mapping[str, Any]) -> str | None:
    """Why a key cannot check a token of ours; `short` if it can, but should not. What cannot be read is passed over."""
    try:
        return _read(entry)
    except (JoseError, ValueError, TypeError, KeyError):
        return "unreadable"


def _read(entry: Mapping[str, Any]) -> str | None:
    if entry.get("use", "sig") != "sig" or entry.get("alg", ALGORITHMS[0]) not in ALGORITHMS:
        return "use"
    if entry.get("kty") == "RSA":
        size = RSAKey.import_key(dict(entry)).public_key.key_size
        return "short" if size < RSA_BITS else None
    if entry.get("kty") == "EC":
        return None if ECKey.import_key(dict(entry)).curve_name == "P-256" else "curve"
    return "kty"


def _ends(entries: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[Finding]:
    """When the keys end, where they say so: by `exp`, or by the certificate beside them."""
    ends: dict[str, datetime] = {}
    for entry in entries:
        name = str(entry.get("kid", "?"))
        if isinstance(entry.get("exp"), int):
            ends[name] = datetime.fromtimestamp(entry["exp"], UTC)
        for written in entry.get("x5c", [])[:1]:
            try:
                end = x509.load_der_x509_certificate(base64.b64decode(written)).not_valid_after_utc
            except ValueError:
                yield warning("issuer.ends", f"the certificate of {name} cannot be read", "Mend the issuer's x5c.")
                continue
            ends[name] = min(end, ends.get(name, end))
    for name, end in ends.items():
        said = f"{name} ends {end:%Y-%m-%d}"
        if end <= now:
            yield fault(
                "issuer.ends", said, "Change the issuer's keys: add the new one, wait for ten minutes, sign with it."
            )
        elif end <= now + SOON:
            yield warning(
                "issuer.ends", said, "Change the issuer's keys: add the new one, wait for ten minutes, sign with it."
            )
        else:
            yield ok("issuer.ends", said)
    if not ends:
        yield unknown("issuer.ends", "the keys say no end")


async def _metadata(client: httpx.AsyncClient, settings: SharedSettings) -> AsyncIterator[Finding]:
    """What the issuer says of itself, if it does (OpenID Connect Discovery, RFC 8414)."""
    if urlsplit(settings.auth_issuer).scheme not in ("http", "https"):
        yield unknown("issuer.name", "AUTH_ISSUER is no address that could be asked")
        return
    try:
        answer = await client.get(f"{settings.auth_issuer.rstrip('/')}/.well-known/openid-configuration")
        said = answer.json() if answer.status_code == 200 else None
    except (*TROUBLE, ValueError):
        said = None
    if not isinstance(said, dict) or "issuer" not in said:
        yield unknown("issuer.name", "it says nothing of itself (no openid-configuration)")
    elif said["issuer"] != settings.auth_issuer:
        yield fault(
            "issuer.name",
            f"it calls itself {said['issuer']}",
            "Set AUTH_ISSUER to that, letter by letter: every token is refused otherwise.",
        )
    elif said.get("jwks_uri", settings.auth_jwks_url) != settings.auth_jwks_url:
        yield warning(
            "issuer.name",
            f"it keeps its keys at {said['jwks_uri']}",
            "Set AUTH_JWKS_URL to that, unless yours is a mirror of it.",
        )
    else:
        yield ok("issuer.name", "as AUTH_ISSUER says")
