"""What goes wrong is told as RFC 9457 says, in the caller's language, and nothing internal with it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from deploy.local.issuer import Issuer
from shared import problems
from shared.bounds import LARGEST_BODY
from shared.language import Text
from shared.problems import Fault, Problem
from tests.shared import trial


def _family(root: type[Problem]) -> Iterator[type[Problem]]:
    yield root
    for heir in root.__subclasses__():
        yield from _family(heir)


@pytest.fixture
def application(issuer: Issuer) -> FastAPI:
    """The trial application, trusting the session's issuer."""
    return trial.app(issuer.url)


@pytest.fixture
def token(issuer: Issuer) -> str:
    """A village operator's token."""
    return issuer.mint("village-operator", "32.04.05.2001")


@pytest.mark.parametrize("problem", list(_family(Problem)), ids=lambda problem: problem.slug)
def test_every_problem_has_a_stable_name_and_both_languages(problem: type[Problem]) -> None:
    assert problem.slug == problem.slug.lower().strip("-")
    assert problem.title.id != problem.title.en
    document = problem().render("en", "/v1/x")
    assert document["type"] == f"urn:wahana:problem:{problem.slug}"
    assert document["status"] == problem.status
    assert document["title"] == document["detail"] == problem.title.en


def test_one_name_means_one_thing_in_a_service() -> None:
    meanings: dict[tuple[str, str], set[Text]] = {}
    for problem in _family(Problem):
        service = ".".join(problem.__module__.split(".")[:2])
        meanings.setdefault((service, problem.slug), set()).add(problem.title)
    assert [where for where, meant in meanings.items() if len(meant) > 1] == []


def test_a_fault_names_a_place_in_the_body_or_a_parameter() -> None:
    text = Text("Salah.", "Wrong.")
    assert "parameter" not in Fault("x", text, text, pointer="").render("id")
    assert Fault("x", text, text, parameter="limit").render("en") == {
        "parameter": "limit", "code": "x", "message": "Wrong.", "remedy": "Wrong.",
    }  # fmt: skip


def test_a_problem_may_say_more_of_its_own() -> None:
    document = problems.Conflict(extra={"subject": "17"}).render("id", "/v1/x")
    assert document["subject"] == "17"
    assert "errors" not in document


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        (None, "id", "Isi permintaan tidak sah"),
        ("en-GB, id;q=0.8", "en", "The request body is not valid"),
        ("id;q=0.9, en;q=0.8", "id", "Isi permintaan tidak sah"),
        ("fr", "id", "Isi permintaan tidak sah"),
    ],
)
async def test_a_problem_speaks_the_callers_language_and_says_which(
    application: FastAPI, token: str, accepted: str | None, language: str, title: str
) -> None:
    headers = {"Accept-Language": accepted} if accepted else {}
    async with trial.client(application, token, **headers) as client:
        answer = await client.post("/v1/villages", json={"code": "32.04.05.2001", "people": -1})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (language, "Accept-Language")
    document = answer.json()
    assert (document["title"], document["instance"]) == (title, "/v1/villages")
    assert document["request_id"] == answer.headers["X-Request-Id"]
    assert document["errors"][0]["pointer"] == "/people"


async def test_a_method_that_is_not_offered_is_answered_with_all_that_are(application: FastAPI, token: str) -> None:
    async with trial.client(application, token) as client:
        answers = [await client.delete(path) for path in ("/v1/villages", "/v1/villages/32", "/livez")]
    assert [answer.headers["Allow"] for answer in answers] == ["GET, POST", "PATCH", "GET"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "slug"),
    [
        ("GET", "/v1/nothing", None, 404, "not-found"),
        ("DELETE", "/v1/villages", None, 405, "method-not-allowed"),
        ("GET", "/v1/villages?limit=0", None, 400, "bad-request"),
        ("GET", "/v1/villages?colour=red", None, 400, "unknown-parameter"),
        ("POST", "/v1/villages", b"{", 422, "invalid-payload"),
        ("POST", "/v1/villages", b"\xff\xfe", 422, "invalid-payload"),
        ("POST", "/v1/villages", b"[" * 100_000, 422, "invalid-payload"),
        ("POST", "/v1/villages", b'{"people": ' + b"9" * 5000 + b"}", 422, "invalid-payload"),
        ("POST", "/v1/villages", b"", 422, "invalid-payload"),
    ],
)
async def test_whatever_is_wrong_with_a_request_is_a_problem(
    application: FastAPI, token: str, method: str, path: str, body: bytes | None, status: int, slug: str
) -> None:
    async with trial.client(application, token) as client:
        answer = await client.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    document: dict[str, Any] = answer.json()
    assert document["type"] == f"urn:wahana:problem:{slug}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert all(fault["message"] and fault["remedy"] for fault in document.get("errors", []))


async def test_a_body_that_is_not_json_is_told_what_to_send(application: FastAPI, token: str) -> None:
    async with trial.client(application, token) as client:
        answer = await client.post("/v1/villages", data={"code": "32.04.05.2001"})
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:wahana:problem:unsupported-media-type")
    assert "application/json" in answer.json()["detail"]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "streamed"])
async def test_a_body_over_a_mebibyte_is_refused_by_what_arrives(
    application: FastAPI, token: str, declared: bool
) -> None:
    async def pieces() -> Any:
        for _ in range(LARGEST_BODY // 65536 + 1):
            yield b" " * 65536

    content = b" " * (LARGEST_BODY + 1) if declared else pieces()
    async with trial.client(application, token) as client:
        answer = await client.post("/v1/villages", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:wahana:problem:body-too-large")


async def test_the_metrics_count_a_made_up_method_under_one_name(application: FastAPI, token: str) -> None:
    async with trial.client(application, token) as client:
        for number in range(3):
            assert (await client.request(f"BREW{number}", "/v1/villages")).status_code == 405
        metrics = (await client.get("/metrics")).text
    assert "BREW" not in metrics
    assert 'wahana_http_request_seconds_count{method="other"' in metrics


async def test_a_database_that_is_away_is_503_and_says_when_to_come_again(application: FastAPI, token: str) -> None:
    async with trial.client(application, token) as client:
        answer = await client.get("/v1/villages")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "127.0.0.1" not in answer.text


async def test_a_change_needs_the_version_that_was_read(application: FastAPI, token: str) -> None:
    async with trial.client(application, token, **{"Content-Type": "application/merge-patch+json"}) as client:
        missing = await client.patch("/v1/villages/x", json={"people": 8})
        stale = await client.patch("/v1/villages/x", json={"people": 8}, headers={"If-Match": '"2"'})
        weak = await client.patch("/v1/villages/x", json={"people": 8}, headers={"If-Match": 'W/"3"'})
        right = await client.patch("/v1/villages/x", json={"people": 8}, headers={"If-Match": '"1", "3"'})
        whichever = await client.patch("/v1/villages/x", json={"people": 9}, headers={"If-Match": "*"})
    assert (missing.status_code, missing.json()["type"]) == (428, "urn:wahana:problem:etag-required")
    assert (stale.status_code, stale.headers["ETag"], weak.status_code) == (412, '"3"', 412)
    assert (right.status_code, right.json()["people"]) == (200, 8)
    assert (right.headers["ETag"], right.headers["Wahana-Position"]) == ('"4"', "registry/x@4")
    assert (whichever.status_code, whichever.json()["people"]) == (200, 9)


async def test_a_patch_that_removes_what_is_needed_is_refused_at_its_field(application: FastAPI, token: str) -> None:
    async with trial.client(application, token, **{"If-Match": "*"}) as client:
        removed = await client.patch("/v1/villages/x", json={"people": None})
        untouched = await client.patch("/v1/villages/x", json={})
    assert (removed.status_code, removed.json()["errors"][0]["pointer"]) == (422, "/people")
    assert untouched.json()["people"] == 7
