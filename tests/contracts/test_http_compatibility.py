"""A document that would break clients of the last release is refused; one that only adds is not."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.contracts import http, http_compatibility, releases

Document = dict[str, Any]


def _schema(**fields: Any) -> Document:
    return {"type": "object", "properties": fields, "required": list(fields)}


def _document() -> Document:
    """One collection with a filter, a body, a nested list and a code list, as ours are written."""
    text = {"type": "string"}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/ThingOut"}}}
    return {
        "paths": {
            "/v1/things": {
                "get": {
                    "operationId": "list_things",
                    "security": [],
                    "parameters": [
                        {"name": "kind", "in": "query", "schema": {"$ref": "#/components/schemas/Kind"}},
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 200}},
                    ],
                    "responses": {"200": {"headers": {"Link": {"schema": text}}, "content": answer}},
                },
                "post": {
                    "operationId": "make_thing",
                    "security": [{"bearer": []}],
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingIn"}}}},
                    "responses": {"201": {"content": answer}, "409": {"$ref": "#/components/responses/Conflict"}},
                },
            }
        },
        "components": {
            "responses": {"Conflict": {"content": {"application/problem+json": {"schema": {"type": "object"}}}}},
            "schemas": {
                "Kind": {"type": "string", "enum": ["a", "b"]},
                "ProblemType": {"type": "string", "enum": ["urn:x:gone", "urn:x:stale"]},
                "ThingIn": _schema(name={**text, "maxLength": 200}, day={**text, "format": "date"})
                | {"required": ["name"], "additionalProperties": False},
                "ThingOut": _schema(
                    id={**text, "format": "uuid"},
                    kind={"$ref": "#/components/schemas/Kind"},
                    note={"anyOf": [text, {"type": "null"}]},
                    parts={"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                ),
                "Part": _schema(share={"type": "integer"}, whole={"anyOf": [{"$ref": "#/components/schemas/ThingOut"}, {"type": "null"}]}),
            },
        },
    }  # fmt: skip


def _operation(document: Document, method: str = "get") -> Document:
    found: Document = document["paths"]["/v1/things"][method]
    return found


def _fields(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]["properties"]
    return found


Change = Callable[[Document], Any]
BREAKS: dict[str, tuple[Change, str]] = {
    "an operation is removed": (lambda d: d["paths"]["/v1/things"].pop("post"), "POST /v1/things: removed"),
    "a path is removed": (lambda d: d["paths"].pop("/v1/things"), "GET /v1/things: removed"),
    "an operation id changes": (lambda d: _operation(d).update(operationId="find"), "list_things is now find"),
    "an open operation asks for a token": (lambda d: _operation(d).update(security=[{"bearer": []}]), "needs a token now"),
    "a parameter is removed": (lambda d: _operation(d)["parameters"].pop(), "query parameter limit removed"),
    "a parameter becomes required": (lambda d: _operation(d)["parameters"][0].update(required=True), "kind became required"),
    "a new parameter is required": (
        lambda d: _operation(d)["parameters"].append({"name": "q", "in": "query", "required": True, "schema": {}}),
        "new query parameter q is required",
    ),
    "a parameter is narrowed": (lambda d: _operation(d)["parameters"][1]["schema"].update(maximum=100), "limit: narrower"),
    "a code is taken out of a list": (lambda d: d["components"]["schemas"]["Kind"]["enum"].pop(), "Kind in requests: narrower"),
    "a code comes into answers": (lambda d: d["components"]["schemas"]["Kind"]["enum"].append("c"), "Kind in answers: wider"),
    "a body field is removed": (lambda d: _fields(d, "ThingIn").pop("day"), "ThingIn in requests /day: removed"),
    "a body field becomes required": (
        lambda d: d["components"]["schemas"]["ThingIn"]["required"].append("day"), "ThingIn in requests /day: required now"
    ),
    "a new body field is required": (
        lambda d: (_fields(d, "ThingIn").update(new={}), d["components"]["schemas"]["ThingIn"]["required"].append("new")),
        "ThingIn in requests /new: required now",
    ),
    "a body field is narrowed": (lambda d: _fields(d, "ThingIn")["name"].update(maxLength=100), "/name: narrower"),
    "a format changes": (lambda d: _fields(d, "ThingIn")["day"].update(format="date-time"), "/day: narrower"),
    "a body takes another media type": (
        lambda d: _operation(d, "post")["requestBody"].update(content={"text/csv": {"schema": {}}}),
        "takes no application/json any more",
    ),
    "a body becomes required": (lambda d: _operation(d, "post")["requestBody"].update(required=True), "body became required"),
    "a success is answered with another status": (
        lambda d: _operation(d)["responses"].update({"204": _operation(d)["responses"].pop("200")}), "answers no 200 any more"
    ),
    "a second success may be answered": (lambda d: _operation(d)["responses"].update({"202": {}}), "may answer 202 now"),
    "an answer's header goes": (lambda d: _operation(d)["responses"]["200"].pop("headers"), "200 has no Link any more"),
    "an answer is of another media type": (
        lambda d: d["components"]["responses"]["Conflict"].update(content={"application/json": {}}),
        "409 is no application/problem+json any more",
    ),
    "a field of an answer is removed": (lambda d: _fields(d, "ThingOut").pop("note"), "ThingOut in answers /note: removed"),
    "a field of an answer may be missing": (
        lambda d: d["components"]["schemas"]["ThingOut"]["required"].remove("id"), "ThingOut in answers /id: may be missing now"
    ),
    "a field of an answer may be null": (
        lambda d: _fields(d, "ThingOut").update(id={"anyOf": [_fields(d, "ThingOut")["id"], {"type": "null"}]}),
        "ThingOut in answers /id: may now be null",
    ),
    "a field deep in an answer is widened": (
        lambda d: _fields(d, "Part").update(share={"type": "number"}), "Part in answers /share: wider"
    ),
    "a problem type goes": (lambda d: d["components"]["schemas"]["ProblemType"]["enum"].pop(), "ProblemType: urn:x:stale removed"),
}  # fmt: skip
ADDITIONS: dict[str, Change] = {
    "nothing changes": lambda _: None,
    "an operation": lambda d: d["paths"].update({"/v1/more": {"get": {"operationId": "more", "responses": {}}}}),
    "an optional parameter": lambda d: _operation(d)["parameters"].append({"name": "q", "in": "query", "schema": {}}),
    "an optional body field": lambda d: _fields(d, "ThingIn").update(more={"type": "string"}),
    "a field of an answer": lambda d: _fields(d, "ThingOut").update(more={"type": "string"}),
    "a wider parameter": lambda d: _operation(d)["parameters"][1]["schema"].update(maximum=500),
    "a longer name in a body": lambda d: _fields(d, "ThingIn")["name"].update(maxLength=300),
    "a field of an answer that is never null any more": lambda d: _fields(d, "ThingOut").update(
        note={"type": "string"}
    ),
    "another problem": lambda d: _operation(d)["responses"].update({"429": {}}),
    "a problem that no longer happens": lambda d: _operation(d, "post")["responses"].pop("409"),
    "a problem type": lambda d: d["components"]["schemas"]["ProblemType"]["enum"].append("urn:x:new"),
    "an operation that needs no token any more": lambda d: _operation(d, "post").update(security=[]),
    "other words": lambda d: _fields(d, "ThingOut")["id"].update(description="The id.", examples=["x"]),
}


@pytest.mark.parametrize("what", BREAKS)
def test_a_break_is_refused_and_told_where_it_is(what: str) -> None:
    old = _document()
    new = copy.deepcopy(old)
    change, told = BREAKS[what]
    change(new)
    found = http_compatibility.breaks(old, new)
    assert any(told in reason for reason in found), found


@pytest.mark.parametrize("what", ADDITIONS)
def test_an_addition_is_taken(what: str) -> None:
    new = _document()
    ADDITIONS[what](new)
    assert http_compatibility.breaks(_document(), new) == []


@pytest.mark.parametrize("service", http.SERVICES)
def test_every_released_document_is_read_and_differs_in_nothing_from_itself(service: str) -> None:
    document = json.loads(http.file_of(service).read_text())
    assert http_compatibility.breaks(document, copy.deepcopy(document)) == []


def test_a_break_passes_only_if_it_is_declared_and_a_declaration_only_while_it_is_one(tmp_path: Path) -> None:
    releases.freeze("0.9.0", {"registry": "{}"}, tmp_path)
    released = releases.freeze("0.10.0", {"registry": json.dumps(_document())}, tmp_path)
    assert releases.newest(tmp_path) == released
    broken = _document()
    _operation(broken)["parameters"].pop()
    told, what_to_do = releases.refusals({"registry": broken}, tmp_path)
    assert told == "registry GET /v1/things: query parameter limit removed."
    assert "0.10.0" in what_to_do
    (tmp_path / releases.DELIBERATE).write_text(json.dumps({told.rstrip("."): "It was never of use."}))
    assert releases.refusals({"registry": broken}, tmp_path) == []
    (stale,) = releases.refusals({"registry": _document()}, tmp_path)
    assert "is no break any more" in stale
