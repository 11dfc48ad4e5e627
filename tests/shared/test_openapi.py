"""The OpenAPI document is a user interface: what a client generator and a reader find in it, for every service."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from fastapi.routing import iter_route_contexts

from deploy.contracts import http
from shared import edge
from shared.auth import Right
from tests.shared import trial

UNVERSIONED = "/v1/parked-events/"
"""What is no record: it never changes, it only goes."""
METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
APPLICATIONS = {service: http.application(service) for service in http.SERVICES}
APPLICATIONS["trial"] = trial.app("http://localhost")
DOCUMENTS: dict[str, dict[str, Any]] = {name: application.openapi() for name, application in APPLICATIONS.items()}
OPEN = {
    (name, method.lower(), found.path_format)
    for name, application in APPLICATIONS.items()
    for found in iter_route_contexts(application.routes)
    if not isinstance(found.original_route, edge.Route) or edge.right_of(found.original_route) is Right.OPEN
    for method in found.methods or ()
}

READS = {
    (name, method.lower(), found.path_format)
    for name, application in APPLICATIONS.items()
    for found in iter_route_contexts(application.routes)
    if isinstance(found.original_route, edge.ReadByPost)
    for method in found.methods or ()
}
"""POSTs that change no record and keep no answer."""


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


OPERATIONS = [
    pytest.param(name, path, method, operation, id=f"{name} {method} {path}")
    for name, document in DOCUMENTS.items()
    for path, method, operation in _operations(document)
]
SCHEMAS = [
    pytest.param(schema, id=f"{name} {title}")
    for name, document in DOCUMENTS.items()
    for title, schema in document["components"]["schemas"].items()
]


def _resolved(name: str, node: dict[str, Any]) -> dict[str, Any]:
    """What a node refers to, or itself."""
    _, _, reference = node.get("$ref", "").rpartition("components/")
    kind, _, title = reference.partition("/")
    found: dict[str, Any] = DOCUMENTS[name]["components"][kind][title] if reference else node
    return found


def _shows(schema: dict[str, Any]) -> bool:
    return any("examples" in option for option in (schema, *schema.get("anyOf", ())))


def _headers(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "header"}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _references(inner)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from _references(inner)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_operation_has_a_stable_name_of_its_own(name: str) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(DOCUMENTS[name])]
    assert len(names) == len(set(names))
    assert [found for found in names if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", found)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_schema_names_are_words_and_every_reference_is_there(name: str) -> None:
    schemas = DOCUMENTS[name]["components"]["schemas"]
    responses = DOCUMENTS[name]["components"]["responses"]
    assert [title for title in schemas if not re.fullmatch(r"([A-Z][a-z0-9]*)+", title)] == []
    assert "HTTPValidationError" not in schemas
    there = {
        f"#/components/{kind}/{one}" for kind, of in (("schemas", schemas), ("responses", responses)) for one in of
    }
    assert set(_references(DOCUMENTS[name])) <= there


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_tag_is_described_and_every_address_is_below_the_installation_s(name: str) -> None:
    document = DOCUMENTS[name]
    used = {tag for _, _, operation in _operations(document) for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"] if len(tag["description"]) > 10} == used
    assert document["servers"][0]["url"] == f"/{APPLICATIONS[name].state.settings.service}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_of_the_code_leaks(name: str) -> None:
    text = str(DOCUMENTS[name])
    assert not re.search(r"\bservices\.|\bshared\.(?!consumer)|HTTPValidationError|sqlalchemy|<class", text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_text_cites_what_its_reader_does_not_have(name: str) -> None:
    assert not re.findall(r"[\w-]+\.md\b|§", str(DOCUMENTS[name]))


@pytest.mark.parametrize(("name", "path", "method", "operation"), OPERATIONS)
def test_an_operation_says_what_it_does_and_what_can_go_wrong(
    name: str, path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["tags"]
    if not path.startswith("/v1/"):
        return
    assert operation["description"]
    expected = {"400", "414", "429", "503"}
    if (name, method, path) not in OPEN:
        expected |= {"401", "403"}
    if "{" in path:
        expected.add("404")
    if method != "get":
        expected.add("409")
    if "requestBody" in operation:
        expected |= {"408", "413", "415", "422"}
    assert expected <= operation["responses"].keys()
    for status, given in operation["responses"].items():
        response = _resolved(name, given)
        assert response["description"]
        if status >= "400":
            assert response["content"]["application/problem+json"] == PROBLEM, status
    if "requestBody" not in operation and method != "post":
        assert "422" not in operation["responses"]


@pytest.mark.parametrize(("name", "path", "method", "operation"), OPERATIONS)
def test_all_but_open_operations_ask_for_a_token(name: str, path: str, method: str, operation: dict[str, Any]) -> None:
    assert bool(operation["security"]) == ((name, method, path) not in OPEN)
    if operation["security"]:
        assert re.search(r"Needs the right `[a-z:-]+`", operation["description"])


@pytest.mark.parametrize(("name", "path", "method", "operation"), OPERATIONS)
def test_writes_take_their_headers(name: str, path: str, method: str, operation: dict[str, Any]) -> None:
    headers = _headers(operation)
    reads = (name, method, path) in READS
    assert ("Idempotency-Key" in headers) == (method == "post" and not reads)
    assert not (reads and "If-Match" in headers)
    step = (
        not reads
        and method == "post"
        and re.search(r"/\{[a-z_]+\}/[a-z-]+$", path)
        and not path.startswith(UNVERSIONED)
    )
    step = step and "201" not in operation["responses"]  # what makes a record under another changes no version of it
    if method in ("patch", "put", "delete") or step:
        assert headers["If-Match"]["required"] is True
        assert {"412", "428"} <= operation["responses"].keys()
    if "If-Match" not in headers:
        assert not {"412", "428"} & operation["responses"].keys()
    if method == "patch":
        assert list(operation["requestBody"]["content"]) == ["application/merge-patch+json"]


@pytest.mark.parametrize("name", http.SERVICES)
def test_every_parameter_is_told_and_shows_an_example(name: str) -> None:
    bare = [
        f"{method} {path} {parameter['name']}"
        for path, method, operation in _operations(DOCUMENTS[name])
        for parameter in operation.get("parameters", [])
        if not parameter.get("description") or not _shows(parameter["schema"])
    ]
    assert bare == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_was_made_is_linked_to_what_can_be_done_with_it(name: str) -> None:
    document = DOCUMENTS[name]
    operations = {operation["operationId"]: operation for _, _, operation in _operations(document)}
    links = [
        link
        for operation in operations.values()
        for link in operation["responses"].get("201", {}).get("links", {}).values()
    ]
    for link in links:
        places = {f"{p['in']}.{p['name']}" for p in operations[link["operationId"]].get("parameters", [])}
        assert link["parameters"].keys() <= places
    for service, made, then in (("registry", "register_institution", "submit_institution"),):
        if name == service:
            assert operations[made]["responses"]["201"]["links"][then]["parameters"] == {
                "path.id": "$response.body#/id", "header.If-Match": "$response.header.ETag"
            }  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_problems_that_can_be_answered_are_listed(name: str) -> None:
    listed = DOCUMENTS[name]["components"]["schemas"]["ProblemType"]["enum"]
    assert {"urn:wahana:problem:stale-etag", "urn:wahana:problem:not-found"} <= set(listed)
    assert [other for other in listed if not re.fullmatch(r"urn:wahana:problem:[a-z][a-z-]+", other)] == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_shows_an_example(schema: dict[str, Any]) -> None:
    if schema.keys() & {"examples", "example", "enum"}:
        return
    shown = {"examples", "example", "$ref", "enum", "items", "allOf"}
    bare = [
        name
        for name, field in schema.get("properties", {}).items()
        if not field.keys() & shown and not any(option.keys() & {"$ref", "items"} for option in field.get("anyOf", []))
    ]
    assert bare == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_examples_are_valid(name: str) -> None:
    document = DOCUMENTS[name]
    for schema in document["components"]["schemas"].values():
        for found in (schema, *schema.get("properties", {}).values()):
            for example in found.get("examples", []):
                jsonschema.validate(example, {**found, "components": document["components"]})


def test_a_page_is_named_after_what_it_lists() -> None:
    schemas = DOCUMENTS["trial"]["components"]["schemas"]
    assert schemas["VillagePage"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Village"}
