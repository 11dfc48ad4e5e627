"""Tokens that nobody should believe, shown to all three services."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc.jwk import ECKey, OctKey, RSAKey

from deploy.local.servers import Servers
from services.reporting.settings import Settings
from shared.clock import SettableClock
from shared.tokens import Tokens
from tests.house import SERVICES, House
from tests.reporting.publishing import NOON
from tests.shared.authority import CountingIssuer, running

pytestmark = pytest.mark.asyncio(loop_scope="module")
ADDRESSES = {"registry": "/v1/institutions", "activities": "/v1/activities", "reporting": "/v1/populations"}
CURVE = ECKey.generate_key("P-256", {"kid": "curve"})
SECRET = OctKey.generate_key(256, {"kid": "secret"})
STRANGER = RSAKey.generate_key(2048)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def authority() -> AsyncIterator[CountingIssuer]:
    """An issuer whose JWKS also holds an elliptic key, a symmetric one, and one of a kind that is yet to be invented."""
    async with running() as found:
        found.others = (
            {**CURVE.as_dict(private=False), "use": "sig"}, SECRET.as_dict(), {"kty": "AKP", "kid": "later", "pub": "AA"},
            {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
        )  # fmt: skip
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def trusting(servers: Servers, templates: dict[str, str], authority: CountingIssuer) -> AsyncIterator[House]:
    """The three APIs, which trust that issuer."""
    async with House(servers, templates, authority, SettableClock(NOON), workers=()) as running_house:
        yield running_house


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _secretly(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    signed = ".".join(_coded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_coded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def _verbatim(authority: CountingIssuer, claims: bytes, header: bytes | None = None) -> str:
    """Signed by the issuer's own key, with bytes that no library would write."""
    head = header or json.dumps({"alg": "RS256", "typ": "at+jwt", "kid": authority.key.kid}).encode()
    signed = f"{_coded(head)}.{_coded(claims)}"
    signature = authority.key.private_key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr]
    return f"{signed}.{_coded(signature)}"


def _claims(authority: CountingIssuer, **raw: str) -> bytes:
    """Good claims as JSON, with some written as given."""
    good = {name: json.dumps(value) for name, value in authority.claims().items()}
    return ("{" + ",".join(f'"{name}":{value}' for name, value in (good | raw).items()) + "}").encode()


def _forged(of: CountingIssuer) -> dict[str, str]:
    claims, kid = of.claims(areas=["ID"], roles=["ministry"]), of.key.kid
    head = {"typ": "at+jwt", "kid": kid}
    public = of.key.as_pem(private=False)
    good, nobody = of.sign(claims), _coded(json.dumps(claims).encode())
    first, second, third = good.split(".")
    algorithms: list[Any] = ["none", "None", "NONE", "nOnE", "", " none", None, [], "RS256"]
    unsigned = {f"alg {alg!r}": f"{_coded(json.dumps({**head, 'alg': alg}).encode())}.{nobody}." for alg in algorithms}
    named: dict[str, Any] = {
        "jwk": STRANGER.as_dict(private=False), "jku": f"{of.url}/.well-known/jwks.json", "x5u": "http://127.0.0.1:9/x",
        "x5c": [base64.b64encode(b"x").decode()], "x5t": "x",
    }  # fmt: skip
    foreign = {name: of.sign(claims, STRANGER, **{name: value}) for name, value in named.items()}
    return unsigned | {f"a key in {name}": token for name, token in foreign.items()} | {
        "the public key as a secret": _secretly({**head, "alg": "HS256"}, claims, public),
        "the public key as a secret, in DER": _secretly({**head, "alg": "HS256"}, claims, of.key.as_der(private=False)),
        "a secret of the JWKS": _secretly({**head, "alg": "HS256", "kid": "secret"}, claims, SECRET.get_op_key("sign")),
        "a secret of nothing": _secretly({**head, "alg": "HS256", "kid": "secret"}, claims, b""),
        "a stranger's key under our name": of.sign(claims, STRANGER),
        "an elliptic signature under the RSA key's name": of.sign(claims, CURVE, "ES256"),
        "an RSA signature under the elliptic key's name": of.sign(claims, of.key, "RS256", kid="curve"),
        "the elliptic key with RS256": _coded(json.dumps({**head, "alg": "RS256", "kid": "curve"}).encode()) + f".{nobody}.{third}",
        "another RSA algorithm": _coded(json.dumps({**head, "alg": "PS256"}).encode()) + f".{second}.{third}",
        "a signature of zeros": f"{first}.{second}.{_coded(bytes(256))}",
        "an elliptic signature of zeros": f"{_coded(json.dumps({**head, 'alg': 'ES256', 'kid': 'curve'}).encode())}.{second}.{_coded(bytes(64))}",
        "other claims": f"{first}.{_coded(json.dumps(of.claims(areas=['ID'], sub='x')).encode())}.{third}",
        "another header": f"{_coded(json.dumps({**head, 'alg': 'RS256', 'x': 1}).encode())}.{second}.{third}",
        "critical things nobody knows": _verbatim(of, _claims(of), json.dumps({**head, "alg": "RS256", "crit": ["x"], "x": 1}).encode()),
        "critical nothing": _verbatim(of, _claims(of), json.dumps({**head, "alg": "RS256", "crit": []}).encode()),
        "two algorithms": _verbatim(of, _claims(of), f'{{"alg":"RS256","alg":"none","typ":"at+jwt","kid":"{kid}"}}'.encode()),
        "a header of the wrong kind": _verbatim(of, _claims(of), b"[]"),
        "a header that is huge": _verbatim(of, _claims(of), json.dumps({**head, "alg": "RS256", "x": "a" * 20_000}).encode()),
        "a header that is deep": f"{_coded(b'[' * 10_000)}.{second}.{third}",
        "claims that are deep": _verbatim(of, b"[" * 10_000),
        "a huge token": f"{first}.{_coded(b'a' * 20_000)}.{third}",
        "a huge token that is signed": of.sign({**claims, "x": "a" * 20_000}),
        "no parts": "abc", "two parts": f"{first}.{second}", "five parts": f"{good}.x.y", "an encrypted one": "a.b.c.d.e",
        "padding": f"{first}=.{second}==.{third}=", "a line more": f"{good}\t{good}", "a comma": f"{good},{good}",
    }  # fmt: skip


def _meant_for_others(of: CountingIssuer) -> dict[str, str]:
    now = int(time.time())
    wrong: dict[str, dict[str, Any]] = {
        "another audience": {"aud": "another"}, "an audience that begins alike": {"aud": "wahana-web"},
        "no audience": {"aud": None}, "audiences that are none of ours": {"aud": ["a", "b"]}, "an audience that is an object": {"aud": {"wahana": 1}},
        "another issuer": {"iss": "https://evil.example"}, "an issuer with a slash": {"iss": f"{of.url}/"}, "no issuer": {"iss": None}, "several issuers": {"iss": [of.url]},
        "expired": {"exp": now - 31}, "no end": {"exp": None}, "an end that is text": {"exp": str(now + 600)}, "an end that is true": {"exp": True},
        "an end that is a list": {"exp": [now + 600]}, "an end below zero": {"exp": -1}, "an end beyond all": {"exp": 10**400},
        "not yet": {"nbf": now + 3600}, "a beginning that is text": {"nbf": "tomorrow"}, "a beginning that is null": {"nbf": float(10**300)},
        "issued tomorrow": {"iat": now + 86_400}, "issued at a text": {"iat": "now"}, "issued at a list": {"iat": []},
        "no subject": {"sub": None}, "an empty subject": {"sub": ""}, "a subject that is a number": {"sub": 7}, "a subject that is an object": {"sub": {"a": 1}},
        "a subject with a null": {"sub": "a\0b"}, "a subject with lines": {"sub": "a\nb"}, "a subject that is turned around": {"sub": "a\u202eb"}, "a huge subject": {"sub": "a" * 300},
        "a client that is an object": {"client_id": {"a": 1}}, "a client with a null": {"client_id": "a\0"}, "a huge client": {"client_id": "a" * 300},
        "areas as text": {"areas": "ID"}, "areas as an object": {"areas": {"ID": True}}, "areas of numbers": {"areas": [32]}, "areas within areas": {"areas": [["ID"]]},
        "an area of wide digits": {"areas": ["\uff13\uff12"]}, "an area of Arabic digits": {"areas": ["\u0663\u0662"]}, "an area with a hidden letter": {"areas": ["32\u200b"]},
        "the nation with a letter that looks alike": {"areas": ["\u0131d"]}, "an area with a null": {"areas": ["32\0"]}, "an area with a wildcard": {"areas": ["32%"]}, "an area with a fullwidth dot": {"areas": ["32\uff0e04"]},
        "an area of nothing": {"areas": [""]}, "an area that is a true": {"areas": [True]},
        "roles as text": {"roles": "ministry"}, "roles as an object": {"roles": {"ministry": True}},
        "an institution that is none": {"institution_id": "mine"}, "an institution that is a number": {"institution_id": 7}, "an institution that is a list": {"institution_id": ["a"]},
    }  # fmt: skip
    return {name: of.sign(of.claims(**changes)) for name, changes in wrong.items()} | {
        "an ID token": of.sign(of.claims(), typ="JWT"),
        "a token of no type": _verbatim(of, _claims(of), json.dumps({"alg": "RS256", "kid": of.key.kid}).encode()),
        "a refresh token": of.sign(of.claims(), typ="Refresh"),
        "an end that is no number": _verbatim(of, _claims(of, exp="NaN")),
        "an end without end": _verbatim(of, _claims(of, exp="Infinity")),
        "an end of very many digits": _verbatim(of, _claims(of, exp="9" * 5000)),
        "a beginning that is no number": _verbatim(of, _claims(of, nbf="NaN")),
        "a subject with half a letter": _verbatim(of, _claims(of, sub='"\\ud800"')),
        "a key named by a list": _verbatim(of, _claims(of), b'{"alg":"RS256","typ":"at+jwt","kid":["a"]}'),
        "a key named by an object": _verbatim(of, _claims(of), b'{"alg":"RS256","typ":"at+jwt","kid":{"a":1}}'),
        "claims that are a list": _verbatim(of, b"[]"),
        "claims that are no UTF-8": _verbatim(of, b"\xff\xfe"),
        "claims that are cut off": _verbatim(of, _claims(of)[:-1]),
        "two audiences, the last one another's": _verbatim(of, _claims(of)[:-1] + b',"aud":"another"}'),
    }


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", [_forged, _meant_for_others], ids=["forged", "meant for others"])
async def test_no_service_believes_a_token_that_is(
    trusting: House, authority: CountingIssuer, service: str, kind: Callable[[CountingIssuer], dict[str, str]]
) -> None:
    told: dict[str, Any] = {}
    async with httpx.AsyncClient(base_url=trusting.url(service), trust_env=False, timeout=30) as client:
        for name, token in kind(authority).items():
            header = [(b"Authorization", b"Bearer " + token.encode("latin-1"))]
            answer = await client.get(ADDRESSES[service], headers=header)
            if answer.status_code != 401 or answer.headers["WWW-Authenticate"] != 'Bearer error="invalid_token"':
                told[name] = (answer.status_code, answer.text[:300])
            assert token[-40:] not in answer.text
        assert told == {}
        good = {
            "Authorization": f"Bearer {authority.sign(authority.claims(roles=['regency-officer'], areas=['32.04']))}"
        }
        assert (await client.get(ADDRESSES[service], headers=good)).status_code == 200
        curved = authority.sign(authority.claims(roles=["regency-officer"]), CURVE, "ES256", kid="curve")
        assert (await client.get(ADDRESSES[service], headers={"Authorization": f"Bearer {curved}"})).status_code == 200


async def test_roles_hidden_in_other_claims_open_nothing(trusting: House, authority: CountingIssuer) -> None:
    hidden: dict[str, Any] = {
        "roles": [["ministry"], {"role": "ministry"}, "Ministry", "ministry ", "ministry\u200b", None, 1],
        "realm_access": {"roles": ["ministry"]}, "scope": "records:read", "rights": ["records:read"], "role": "ministry",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {authority.sign(authority.claims(areas=['ID'], **hidden))}"}
    for service in SERVICES:
        async with httpx.AsyncClient(base_url=trusting.url(service), trust_env=False) as client:
            assert (await client.get(ADDRESSES[service], headers=headers)).status_code == 403


async def test_several_authorizations_are_one_or_none(trusting: House, authority: CountingIssuer) -> None:
    good = authority.sign(authority.claims()).encode()
    evil = authority.sign(authority.claims(areas=["ID"], roles=["ministry"]), STRANGER).encode()
    async with httpx.AsyncClient(base_url=trusting.url("registry"), trust_env=False) as client:
        for first, second in ((evil, good), (good, evil)):
            answer = await client.get(
                ADDRESSES["registry"], headers=[(b"Authorization", b"Bearer " + one) for one in (first, second)]
            )
            assert answer.status_code in (200, 401)
            if answer.status_code == 200:
                assert first == good
        for scheme in (b"Basic ", b"bearer", b"Token ", b""):
            assert (
                await client.get(ADDRESSES["registry"], headers=[(b"Authorization", scheme + good)])
            ).status_code == 401
        assert (await client.get(f"{ADDRESSES['registry']}?access_token={good.decode()}")).status_code in (400, 401)


async def test_a_flood_of_unknown_keys_asks_the_issuer_once_and_stops_nobody(
    trusting: House, authority: CountingIssuer
) -> None:
    asked = authority.asked
    believed = authority.sign(authority.claims(roles=["regency-officer"], areas=["32.04"], sub="lama"))
    tokens = [authority.sign(authority.claims(), STRANGER, kid=f"stranger-{number}") for number in range(60)]
    for service in SERVICES:
        async with httpx.AsyncClient(
            base_url=trusting.url(service),
            trust_env=False,
            timeout=60,
            limits=httpx.Limits(max_keepalive_connections=0),
        ) as client:

            async def sent(token: str, client: httpx.AsyncClient = client, service: str = service) -> int:
                return (await client.get(ADDRESSES[service], headers={"Authorization": f"Bearer {token}"})).status_code

            assert await sent(believed) == 200
            statuses = await asyncio.gather(*(sent(token) for token in tokens), *(sent(believed) for _ in range(20)))
            assert set(statuses[:60]) <= {401, 503}
            assert statuses[60:] == [200] * 20
            # A token nobody has seen yet, under a known key, is checked in the middle of it all.
            fresh = authority.sign(authority.claims(roles=["regency-officer"], areas=["32.04"], sub=f"baru-{service}"))
            assert await sent(fresh) == 200
    assert authority.asked - asked <= len(SERVICES)


async def test_what_is_remembered_of_tokens_has_an_end(trusting: House, authority: CountingIssuer) -> None:
    tokens = Tokens(trusting.settings("registry"))
    tokens.REMEMBERED = 10
    for number in range(50):
        await tokens.principal(authority.sign(authority.claims(sub=f"orang-{number}")))
        assert len(tokens._checked) <= 10


async def test_a_key_that_takes_an_old_ones_name_ends_what_the_old_one_signed(authority: CountingIssuer) -> None:
    """What was checked before a key was replaced is believed no longer, also under the same name."""
    tokens = Tokens(_settings(authority))
    signed = authority.sign(authority.claims())
    await tokens.principal(signed)
    assert tokens.believed(signed)
    old, authority.key = authority.key, RSAKey.generate_key(2048, {"kid": str(authority.key.kid)})
    try:
        tokens._asked_at = tokens._read_at = -float("inf")
        await tokens.principal(authority.sign(authority.claims()))
        assert not tokens.believed(signed)
    finally:
        authority.key = old


def _settings(authority: CountingIssuer) -> Settings:
    return Settings.model_validate(
        {"REPORTING_DATABASE_URL": "postgresql://a:b@localhost:9/c", "kafka_bootstrap_servers": "localhost:9",
         "auth_issuer": authority.url, "auth_jwks_url": f"{authority.url}/.well-known/jwks.json"}
    )  # fmt: skip
