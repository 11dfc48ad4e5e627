"""Whom we believe, what they may do and where: forged tokens, the area scope, and default deny."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import APIRouter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import Column, MetaData, Table, Text, false, select, true
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from deploy.local.servers import Servers
from shared import edge, tokens
from shared.app import UndeclaredRight
from shared.auth import RIGHTS, Principal, Right
from tests.shared import trial
from tests.shared.authority import CountingIssuer, running


class Later:
    """The time of `shared.tokens`, moved on by `seconds`."""

    seconds = 0.0

    def time(self) -> float:
        return time.time() + self.seconds

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Set `seconds` to let time pass for checked tokens and keys."""
    moved = Later()
    monkeypatch.setattr(tokens, "time", moved)
    return moved


@pytest.fixture
async def authority() -> AsyncIterator[CountingIssuer]:
    """An issuer of this test's own, on a real port."""
    async with running() as found:
        yield found


async def _ask(application: Any, token: str | None, path: str = "/v1/whoami") -> httpx.Response:
    async with trial.client(application, token) as client:
        return await client.get(path)


async def test_a_good_token_tells_who_calls_and_where(authority: CountingIssuer) -> None:
    answer = await _ask(trial.app(authority.url), authority.sign(authority.claims(areas=["3204052001", " 32.05 "])))
    assert answer.json() == {
        "subject": "operator-1", "roles": ["village-operator"], "areas": ["32.04.05.2001", "32.05"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://elsewhere"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "wahan"]},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": 2**33},
        {"sub": None},
        {"sub": ""},
        {"areas": ["32.4"]},
        {"areas": ["3204"], "institution_id": "mine"},
        {"areas": ["%"]},
        {"areas": [""]},
        {"areas": ["32.04.05.2001", "Bandung"]},
        {"areas": "32"},
        {"areas": {"32": True}},
        {"roles": "ministry"},
        {"roles": 7},
    ],
    ids=lambda changes: ",".join(f"{name}={value}" for name, value in changes.items()),
)
async def test_wrong_claims_are_refused(authority: CountingIssuer, changes: dict[str, Any]) -> None:
    answer = await _ask(trial.app(authority.url), authority.sign(authority.claims(**changes)))
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:wahana:problem:unauthorized"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def _by_hand(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    signed = ".".join(_coded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_coded(hmac.digest(secret, signed.encode(), hashlib.sha256)) if secret else ''}"


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


async def test_forged_tokens_are_refused(authority: CountingIssuer) -> None:
    claims, kid = authority.claims(), authority.key.kid
    public = authority.key.as_pem(private=False)
    stranger = RSAKey.generate_key(2048)
    good = authority.sign(claims)
    head, body, signature = good.split(".")
    forged = {
        "alg none": _by_hand({"alg": "none", "typ": "at+jwt", "kid": kid}, claims, None),
        "the public key as a secret": _by_hand({"alg": "HS256", "typ": "at+jwt", "kid": kid}, claims, public),
        "the public key as a secret, no kid": _by_hand({"alg": "HS256", "typ": "at+jwt"}, claims, public),
        "a stranger's key under our kid": authority.sign(claims, stranger),
        "a key inside the token": authority.sign(claims, stranger, jwk=stranger.as_dict(private=False)),
        "another algorithm": authority.sign(claims, ECKey.generate_key("P-256"), "ES256"),
        "an ID token": authority.sign(claims, typ="JWT"),
        "claims exchanged": f"{head}.{_coded(json.dumps({**claims, 'areas': ['ID']}).encode())}.{signature}",
        "no signature": f"{head}.{body}.",
        "no token": "abc",
        "five parts": f"{good}.x.y",
    }
    application = trial.app(authority.url)
    for name, token in forged.items():
        assert (await _ask(application, token)).status_code == 401, name
    assert (await _ask(application, good)).status_code == 200


async def test_a_request_without_a_token_is_told_how_to_bring_one(authority: CountingIssuer) -> None:
    application = trial.app(authority.url)
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}):
        async with trial.client(application, **headers) as client:
            answer = await client.get("/v1/whoami")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert authority.asked == 0


async def test_keys_we_do_not_know_do_not_busy_the_issuer(authority: CountingIssuer) -> None:
    application = trial.app(authority.url)
    stranger = RSAKey.generate_key(2048)
    tokens = [authority.sign(authority.claims(), stranger, kid=f"stranger-{n}") for n in range(20)]
    answers = await asyncio.gather(*(_ask(application, token) for token in tokens))
    assert {answer.status_code for answer in answers} == {401}
    assert authority.asked == 1


async def test_a_key_the_issuer_changed_to_is_read_after_half_a_minute(authority: CountingIssuer, later: Later) -> None:
    application = trial.app(authority.url)
    assert (await _ask(application, authority.sign(authority.claims()))).status_code == 200
    authority.key = RSAKey.generate_key(2048, auto_kid=True)
    token = authority.sign(authority.claims(sub="operator-2"))
    later.seconds = 25
    assert ((await _ask(application, token)).status_code, authority.asked) == (401, 1)
    later.seconds = 31
    assert ((await _ask(application, token)).status_code, authority.asked) == (200, 2)


async def test_a_key_the_issuer_withdrew_is_believed_for_ten_minutes_at_most(
    authority: CountingIssuer, later: Later
) -> None:
    application = trial.app(authority.url)
    far = int(time.time()) + 3600
    tokens = [authority.sign(authority.claims(sub=who, exp=far)) for who in ("operator-1", "operator-2")]
    assert (await _ask(application, tokens[0])).status_code == 200
    authority.key = RSAKey.generate_key(2048, auto_kid=True)
    later.seconds = 599
    assert ((await _ask(application, tokens[0])).status_code, authority.asked) == (200, 1)
    later.seconds = 601
    assert [(await _ask(application, token)).status_code for token in tokens] == [401, 401]
    assert authority.asked == 2


async def test_keys_are_good_for_a_day_while_the_issuer_is_away(authority: CountingIssuer, later: Later) -> None:
    application = trial.app(authority.url)
    assert (await _ask(application, authority.sign(authority.claims()))).status_code == 200
    authority.broken = True
    for hours, status in ((1, 200), (23, 200), (25, 503)):
        later.seconds = 3600 * hours
        token = authority.sign(authority.claims(exp=int(time.time()) + 3600 * (hours + 1)))
        assert (await _ask(application, token)).status_code == status, hours


async def test_while_the_issuer_is_away_the_caller_is_asked_to_come_again(authority: CountingIssuer) -> None:
    answer = await _ask(trial.app("http://127.0.0.1:9"), authority.sign(authority.claims()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


async def test_a_token_that_was_believed_expires(authority: CountingIssuer, later: Later) -> None:
    application = trial.app(authority.url)
    token = authority.sign(authority.claims(exp=int(time.time()) + 100))
    assert (await _ask(application, token)).status_code == 200
    later.seconds = 200
    assert (await _ask(application, token)).status_code == 401


@pytest.mark.parametrize("roles", [[], ["emperor"], ["public"], [{"role": "ministry"}]], ids=str)
async def test_who_lacks_the_right_is_refused_by_its_name(authority: CountingIssuer, roles: list[Any]) -> None:
    answer = await _ask(trial.app(authority.url), authority.sign(authority.claims(roles=roles)), "/v1/villages")
    assert answer.status_code == 403
    assert "«records:read»" in answer.json()["detail"]


async def test_an_open_route_asks_for_no_token(authority: CountingIssuer) -> None:
    assert (await _ask(trial.app(authority.url), None, "/v1/greeting")).json() == {"to": "anybody"}
    assert authority.asked == 0


def test_each_role_of_the_design_has_rights_and_the_public_reads_regions_and_public_postings_only() -> None:
    assert RIGHTS["public"] == {Right.READ_REGIONS, Right.READ_EXCHANGE}
    assert not any(Right.OPEN in rights for rights in RIGHTS.values())
    checkers = {role for role, rights in RIGHTS.items() if Right.VERIFY in rights}
    assert checkers == {"district-facilitator", "regency-officer", "province-officer", "ministry"}


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    async def unguarded() -> None: ...

    silent = APIRouter(route_class=edge.Route)
    silent.add_api_route("/v1/secrets", unguarded)
    plain = APIRouter()
    plain.add_api_route("/v1/secrets", unguarded)
    nested = APIRouter(route_class=edge.Route)
    nested.include_router(plain)
    for routers, reason in (((silent,), "declares no right"), ((plain,), "edge.Route"), ((nested,), "edge.Route")):
        with pytest.raises(UndeclaredRight, match=reason):
            trial.app("http://localhost", routers=routers)


CODES = sorted(
    {"ID", "", "3", "32", "32.", "32/", "320", "32.0", "32.04", "32.040", "32.04.", "32.04/", "32.041", "32.05", "33",
     "32.04.05", "32.04.050", "32.04.05.2001", "32.04.05.20010", "32.04.05.2002", "32.04.06", "32.04.06.1001", "32-04",
     "32.04é", "32.04.é", "31.71.01.1001", "9", "94.01.01", "id", "i"}
)  # fmt: skip
"""Codes and what might be mistaken for one: siblings that share a beginning, neighbours of `.` and `/`."""
areas = st.lists(st.sampled_from(["ID", "32", "32.04", "32.04.05", "32.04.05.2001", "31", "94.01.01"]), max_size=3)
place = Table("place", MetaData(), Column("code", Text(collation="C"), primary_key=True))


@pytest.fixture(scope="module")
def places(servers: Servers) -> str:
    """The address of a database whose table `place` holds CODES, ordered as the services' code columns are."""
    servers.postgres.create_database("scope")

    async def fill() -> None:
        connection = await asyncpg.connect(servers.dsn("scope"))
        await connection.execute('CREATE TABLE place (code text COLLATE "C" PRIMARY KEY)')
        await connection.executemany("INSERT INTO place VALUES ($1)", [(code,) for code in CODES])
        await connection.close()

    asyncio.run(fill())
    return servers.dsn("scope").replace("postgresql://", "postgresql+asyncpg://")


@pytest.fixture
async def engine(places: str) -> AsyncIterator[AsyncEngine]:
    opened = create_async_engine(places)
    yield opened
    await opened.dispose()


def _principal(*areas: str, role: str = "regency-officer") -> Principal:
    return Principal("someone", "", frozenset({role}), areas)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(areas)
async def test_the_area_in_sql_is_the_area_in_python(engine: AsyncEngine, areas: list[str]) -> None:
    caller = _principal(*areas)
    async with engine.connect() as connection:
        inside = (await connection.scalars(select(place.c.code).where(caller.within(place.c.code)))).all()
    assert sorted(inside) == [code for code in CODES if caller.covers(code)]


async def test_a_sibling_that_begins_alike_is_outside(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        found = await connection.scalars(select(place.c.code).where(_principal("32.04").within(place.c.code)))
        inside = set(found.all())
    assert {"32.04", "32.04.05", "32.04.05.2001", "32.04.06.1001"} <= inside
    assert not {"32", "32.0", "32.040", "32.041", "32.05", "32-04", "32.04/"} & inside


def test_without_an_area_nothing_is_inside_and_the_nation_holds_all() -> None:
    assert str(_principal().within(place.c.code)) == str(false())
    assert str(_principal("31", "ID").within(place.c.code)) == str(true())
    assert not _principal().covers("32")


def test_an_institutions_operator_sees_its_own_record_only() -> None:
    operator = _principal("ID", role="institution-operator")
    own = place.c.code == "mine"
    assert str(operator.within(place.c.code)) == str(false())
    assert str(operator.within(place.c.code, institutions=own)) == str(false())  # it has none
    assert replace(operator, institution_id=UUID(int=1)).within(place.c.code, institutions=own) is own
