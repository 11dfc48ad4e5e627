"""Whether an OpenAPI document may take the place of another that clients were written against.

Requests: whatever a client sends today must still be accepted. Answers: whatever is answered tomorrow must be understood
by a client of today that ignores fields it does not know, and takes a problem `type` it does not know for a problem of
its status. So an operation, a parameter, a field of an answer, a success and a problem type may be added; none may be
removed; a request may ask for nothing more, an answer may leave nothing out and hold no value that was not there before.
Operation ids are names in generated clients: they stay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deploy.contracts.http_schemas import Direction, Known, Place, breaks_of

Document = Mapping[str, Any]
_METHODS = ("get", "put", "post", "delete", "patch")
PROBLEMS = "ProblemType"
"""The list of problem types: open to new ones, none may go."""


def breaks(old: Document, new: Document) -> list[str]:
    """Why `new` may not replace `old`, one sentence each; empty if it may."""
    known: Known = {}
    found = [reason for path, method in _operations(old) for reason in _operation(old, new, known, path, method)]
    return [*dict.fromkeys(found), *_problem_types(old, new)]


def _operations(document: Document) -> Iterator[tuple[str, str]]:
    for path, item in document["paths"].items():
        yield from ((path, method) for method in _METHODS if method in item)


def _operation(old: Document, new: Document, known: Known, path: str, method: str) -> Iterator[str]:
    name = f"{method.upper()} {path}"
    before, after = old["paths"][path][method], new["paths"].get(path, {}).get(method)
    if after is None:
        yield f"{name}: removed"
        return
    if before["operationId"] != after["operationId"]:
        yield f"{name}: its operation id {before['operationId']} is now {after['operationId']}"
    if not before.get("security") and after.get("security"):
        yield f"{name}: needs a token now"
    yield from _parameters(Place(old, new, Direction.REQUEST, name, known), before, after)
    yield from _body(Place(old, new, Direction.REQUEST, name, known), before, after)
    yield from _answers(Place(old, new, Direction.ANSWER, name, known), before, after)


def _parameters(place: Place, before: Document, after: Document) -> Iterator[str]:
    had, has = _by_name(before), _by_name(after)
    for key, parameter in had.items():
        where = f"{place.name}: {parameter['in']} parameter {parameter['name']}"
        if key not in has:
            yield f"{where} removed"
            continue
        if has[key].get("required") and not parameter.get("required"):
            yield f"{where} became required"
        yield from breaks_of(parameter["schema"], has[key]["schema"], replace(place, name=where))
    for key, parameter in has.items():
        if key not in had and parameter.get("required"):
            yield f"{place.name}: new {parameter['in']} parameter {parameter['name']} is required"


def _by_name(operation: Document) -> dict[tuple[str, str], Document]:
    return {(p["in"], p["name"].lower()): p for p in operation.get("parameters", ())}


def _body(place: Place, before: Document, after: Document) -> Iterator[str]:
    had, has = before.get("requestBody", {}), after.get("requestBody", {})
    if has.get("required") and not had.get("required"):
        yield f"{place.name}: its body became required"
    for media, content in had.get("content", {}).items():
        if media not in has.get("content", {}):
            yield f"{place.name}: takes no {media} any more"
            continue
        inner = replace(place, name=f"{place.name}: body")
        yield from breaks_of(content["schema"], has["content"][media]["schema"], inner)


def _answers(place: Place, before: Document, after: Document) -> Iterator[str]:
    for status, told in before["responses"].items():
        had, has = _resolved(place.old, told), _resolved(place.new, after["responses"].get(status, {}))
        if not has:
            if status < "400":  # a problem that no longer happens breaks nobody
                yield f"{place.name}: answers no {status} any more"
            continue
        yield from (f"{place.name}: {status} has no {each} any more" for each in had.get("headers", {}).keys() - has.get("headers", {}).keys())  # fmt: skip
        for media, content in had.get("content", {}).items():
            if media not in has.get("content", {}):
                yield f"{place.name}: {status} is no {media} any more"
            elif "schema" in content:
                inner = replace(place, name=f"{place.name}: {status}")
                yield from breaks_of(content["schema"], has["content"][media].get("schema", {}), inner)
    for status in after["responses"].keys() - before["responses"].keys():
        if status < "400":  # a client reads what it does not expect as what it expects
            yield f"{place.name}: may answer {status} now"


def _resolved(document: Document, node: Document) -> Document:
    name = node.get("$ref", "").rpartition("/")[2]
    found: Document = document["components"]["responses"][name] if name else node
    return found


def _problem_types(old: Document, new: Document) -> list[str]:
    listed = [set(each["components"]["schemas"].get(PROBLEMS, {}).get("enum", ())) for each in (old, new)]
    return [f"{PROBLEMS}: {gone} removed" for gone in sorted(listed[0] - listed[1])]
