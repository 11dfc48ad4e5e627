"""Requests that are well-formed HTTP and meant badly: too large, too deep, too many, for what is not there."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared import bounds, nesting
from tests.attacks import raw
from tests.house import House
from tests.registry.institutions import VILLAGE, record, registration

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"Content-Type": "application/json"}
PERSON = {"name": "Warga Uji", "nik_absence": "belum_punya", "sex": "P", "birth_date": "1980-05-01", "village": VILLAGE}


@pytest.fixture
def operator(edge_house: House) -> httpx.AsyncClient:
    return edge_house.client("registry", "village-operator", VILLAGE)


async def _endless() -> AsyncIterator[bytes]:
    yield b'{"name": "'
    for _ in range(bounds.LARGEST_BODY // 65536 + 1):
        yield b"a" * 65536


NESTED = b'{"name":' + b"[" * 40 + b"]" * 40 + b"}"
BODIES: dict[str, tuple[Any, dict[str, str], int, str]] = {
    "chunks without end": (_endless, JSON, 413, "body-too-large"),
    "over a mebibyte": (b" " * (bounds.LARGEST_BODY + 1), JSON, 413, "body-too-large"),
    "compressed": (gzip.compress(b"{}"), JSON | {"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
    "compressed twice": (b"x", JSON | {"Content-Encoding": "identity, br"}, 415, "unsupported-media-type"),
    "deep lists": (NESTED, JSON, 422, "invalid-payload"),
    "deep without end": (b"[" * 200_000, JSON, 422, "invalid-payload"),
    "deep objects": (b'{"a":' * 40 + b"1" + b"}" * 40, JSON, 422, "invalid-payload"),
    "brackets hidden by quotation marks": (b'{"a":"\\"' + b"[" * 40 + b'"}', JSON, 422, "invalid-payload"),
    "very many values": (b"[" + b"0," * nesting.WIDEST + b"0,0]", JSON, 413, "body-too-large"),
    "another encoding": ('{"name":"x"}'.encode("utf-16"), JSON, 422, "invalid-payload"),
    "a form": (b"name=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
    "a file": (b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 415, "unsupported-media-type"),
    "XML": (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", {"Content-Type": "text/xml"}, 415, "unsupported-media-type"),
    "no type": (b"{}", {}, 415, "unsupported-media-type"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "headers", "status", "slug"), BODIES.values(), ids=BODIES)
async def test_a_body_nobody_should_read_is_refused_as_what_it_is(
    operator: httpx.AsyncClient, body: Any, headers: dict[str, str], status: int, slug: str
) -> None:
    content = body() if callable(body) else body
    answer = await operator.post("/v1/institutions", content=content, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:wahana:problem:{slug}"), answer.text[:500]


@pytest.mark.parametrize("address", ["/v1/institutions", "/v1/person-lookups"])
async def test_a_body_with_very_many_mistakes_gets_a_short_answer(operator: httpx.AsyncClient, address: str) -> None:
    wrong = {f"salah_{number}": 0 for number in range(20_000)}
    answer = await operator.post(address, json=wrong)
    told = answer.json()
    assert (answer.status_code, len(told["errors"]), told["more_errors"] >= 19_900) == (422, 100, True)
    assert len(answer.content) < 50_000
    several: list[tuple[str, Any]] = [("region", "x")] * 90
    again = await operator.get("/v1/institutions", params=several)
    assert (again.status_code, len(again.content) < 10_000) == (400, True)


async def test_addresses_without_end_are_refused(operator: httpx.AsyncClient) -> None:
    long = await operator.get("/v1/institutions", params={"q": "a" * bounds.LONGEST_ADDRESS})
    assert (long.status_code, long.json()["type"]) == (414, "urn:wahana:problem:address-too-long")
    many = await operator.get("/v1/institutions?" + "&".join(f"p{number}=" for number in range(101)))
    assert (many.status_code, many.json()["type"]) == (400, "urn:wahana:problem:too-many-parameters")


async def test_no_spelling_of_a_path_leads_to_anything_else(edge_house: House, operator: httpx.AsyncClient) -> None:
    there = record(await operator.post("/v1/institutions", json=registration()), 201)["id"]
    bearer = f"Authorization: {operator.headers['Authorization']}"
    for path in (
        "/v1/institutions/../people", "/v1/institutions/%2e%2e/people", "/v1/institutions/..%2fpeople",
        f"/v1/institutions/{there}%2fhistory", f"/v1/institutions/{there}/../{there}", f"//v1/institutions/{there}",
        f"/v1//institutions/{there}", f"/v1/institutions/{there}%00", f"/v1/institutions/{there};a=b",
        f"/v1/institutions/{there}%0d%0aX-A:b", "/v1/institutions/%ff%fe", "/v1/institutions/{there}.json",
        "/etc/passwd", "/static/../../etc/passwd", "/v1/%2e%2e/livez", "/V1/institutions", "/v1/institutions\\..\\people",
    ):  # fmt: skip
        async with raw.connected(edge_house.url("registry")) as wire:  # a client library would put the path in order
            await wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{bearer}\r\n\r\n".encode())
            answer = await wire.end()
        assert raw.statuses(answer) in ([400], [404]), (path, answer)
        assert b"application/problem+json" in answer, path


async def test_a_method_is_what_the_request_line_says(operator: httpx.AsyncClient) -> None:
    made = record(await operator.post("/v1/institutions", json=registration()), 201)
    there = record(await operator.get(f"/v1/institutions/{made['id']}"))
    pretended = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "PATCH", "X-HTTP-Method": "PUT"}
    answer = await operator.get(f"/v1/institutions/{there['id']}", headers=pretended)
    assert (answer.status_code, answer.json()) == (200, there)
    for method in ("PUT", "DELETE", "TRACE", "OPTIONS", "HEAD", "PROPFIND", "CONNECT"):
        refused = await operator.request(method, f"/v1/institutions/{there['id']}")
        assert refused.status_code in (400, 405), (method, refused.status_code)
    assert record(await operator.get(f"/v1/institutions/{there['id']}")) == there


async def test_nothing_a_caller_says_of_itself_is_told_back_in_headers(operator: httpx.AsyncClient) -> None:
    for _ in range(2):
        record(await operator.post("/v1/institutions", json=registration()), 201)
    lied = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "//evil.example",
            "X-Request-Id": "a\tb<script>", "Forwarded": "host=evil.example"}  # fmt: skip
    page = await operator.get("/v1/institutions", params={"limit": "1"}, headers=lied)
    made = await operator.post("/v1/institutions", json=registration(), headers=lied)
    for answer in (page, made):
        assert "evil" not in str(answer.headers) + answer.text
        assert answer.headers["X-Request-Id"].isalnum()
    assert page.headers["Link"].startswith("</v1/")
    assert made.headers["Location"].startswith("/v1/")


async def test_every_answer_keeps_browsers_from_keeping_and_guessing(
    edge_house: House, operator: httpx.AsyncClient
) -> None:
    async with httpx.AsyncClient(base_url=edge_house.url("registry"), trust_env=False) as stranger:
        answers = {
            "a person": await operator.post("/v1/people", json=PERSON),
            "a list of people": await operator.get("/v1/people"),
            "nothing there": await operator.get("/nowhere"),
            "a wrong body": await operator.post("/v1/people", content=b"x", headers=JSON),
            "a stranger": await stranger.get("/v1/people"),
            "too long": await stranger.get("/v1/people", params={"q": "a" * bounds.LONGEST_ADDRESS}),
            "health": await stranger.get("/livez"),
        }
    for name, answer in answers.items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Cache-Control"] == "no-store", name
        assert "Strict-Transport-Security" not in answer.headers
        assert not any(header.startswith("access-control-") for header in answer.headers), name
    assert answers["a person"].status_code == 201
    kept = await operator.get("/v1/code-lists")
    assert kept.headers["Cache-Control"] == "public, max-age=3600"


async def test_scripts_of_other_sites_may_not_call(operator: httpx.AsyncClient) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for answer in (await operator.options("/v1/people", headers=asks), await operator.get("/v1/people", headers=asks)):
        assert not any(header.startswith("access-control-") for header in answer.headers)


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize(
    "narrow_house",
    [{"cors_origins": "https://wahana.example.go.id", "hsts_seconds": 31_536_000, "docs_pages": False}],
    indirect=True, ids=["set"],
)  # fmt: skip
async def test_settings_open_one_origin_close_the_pages_and_demand_tls(narrow_house: House) -> None:
    client = narrow_house.client("registry", "village-operator", VILLAGE)
    ours, theirs = {"Origin": "https://wahana.example.go.id"}, {"Origin": "https://wahana.example.go.id.evil.example"}
    wants = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,if-match"}
    before = await client.options("/v1/institutions/x", headers=ours | wants)
    assert (before.status_code, before.headers["Access-Control-Allow-Origin"]) == (200, ours["Origin"])
    read = await client.get("/v1/institutions", headers=ours)
    assert read.headers["Access-Control-Allow-Origin"] == ours["Origin"]
    assert "ETag" in read.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in read.headers
    assert (await client.options("/v1/institutions/x", headers=theirs | wants)).status_code == 400
    assert "Access-Control-Allow-Origin" not in (await client.get("/v1/institutions", headers=theirs)).headers
    assert read.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    for page in ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"):
        assert (await client.get(page)).status_code == 404, page


@pytest.mark.asyncio(loop_scope="function")
@pytest.mark.parametrize("narrow_house", [{}], indirect=True, ids=["plain"])
async def test_a_failure_tells_nothing_of_the_inside(narrow_house: House) -> None:
    client = narrow_house.client("registry", "village-operator", VILLAGE)
    await narrow_house.execute("registry", "ALTER TABLE institution RENAME TO away")
    for answer in (await client.get("/v1/institutions"), await client.post("/v1/institutions", json=registration())):
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
        told = json.loads(answer.text)
        assert set(told) == {"type", "title", "status", "detail", "instance", "request_id"}
        for inside in ("institution ", "away", "SELECT", "asyncpg", "Traceback", ".py", "127.0.0.1"):
            assert inside not in answer.text.replace(told["instance"], ""), inside
