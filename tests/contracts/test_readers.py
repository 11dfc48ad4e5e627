"""What front-end teams and integrators read the contracts with finds what is wrong; `make check` asks it of ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.contracts import http, npm, readers
from deploy.contracts.asyncapi import FILE as EVENTS


@pytest.fixture(scope="module", autouse=True)
def fetched() -> None:
    """The tools, or a loud skip where npm's registry cannot be reached."""
    try:
        for project in (npm.TOOLS, npm.TYPESCRIPT):
            npm.modules(project)
    except npm.Unavailable as error:
        pytest.skip(f"NOT CHECKED, npm's registry cannot be reached: {error}")


def _document(tmp_path: Path, **changes: Any) -> Path:
    file = tmp_path / "reporting.json"
    file.write_text(json.dumps(json.loads(http.file_of("reporting").read_text()) | changes))
    return file


def test_redocly_finds_a_tag_that_nobody_described(tmp_path: Path) -> None:
    (found,) = readers.linted(_document(tmp_path, tags=[{"name": "indicators"}]))
    assert "tag-description" in found


def test_asyncapi_s_parser_reads_the_schemas_that_the_document_refers_to(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    file = tmp_path / "deploy" / "asyncapi.json"
    file.write_text(EVENTS.read_text())
    (found,) = readers.parsed(file)
    assert "schemas/registry.region.v1.json" in found
    document = json.loads(EVENTS.read_text())
    channel = next(iter(document["channels"].values()))
    channel["messages"]["watermark"] = {"payload": {"type": "no type"}}
    file.write_text(json.dumps(document))
    assert "error" in readers.parsed(file)[0]


def test_a_client_that_reads_what_no_answer_holds_does_not_compile(tmp_path: Path) -> None:
    assert readers.generated(tmp_path, *readers.DOCUMENTS) == []
    wrong = tmp_path / "src" / "wrong.ts"
    wrong.write_text(
        'import { connect, isProblem } from "./client.ts";\n'
        'const { data, error } = await connect("", () => "").registry.GET("/v1/institutions");\n'
        "console.log(data?.items[0]?.nik);\n"
        'isProblem(error, "urn:wahana:problem:invented");\n'
    )
    (found,) = readers.compiled(tmp_path)
    assert "Property 'nik' does not exist" in found
    assert "urn:wahana:problem:invented" in found
    assert found.count("error TS") == 2
