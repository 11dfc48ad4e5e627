"""The edge of a request behind a proxy."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from shared import edge


@pytest.mark.parametrize(
    ("prefix", "expected"), [("/registry", "/registry/v1/institutions/7"), ("", "/v1/institutions/7")]
)
def test_an_address_in_an_answer_bears_the_prefix_its_reader_needs(prefix: str, expected: str) -> None:
    request = Request({"type": "http", "root_path": prefix, "headers": []})
    answer = Response(headers={"Location": "/v1/institutions/7", "Content-Location": "/v1/institutions/7"})
    edge._reachable(request, answer)
    assert answer.headers["Location"] == answer.headers["Content-Location"] == expected
