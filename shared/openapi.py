"""The OpenAPI document as a user interface: problems described on every operation, bearer security, no leaked internals."""

from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from shared import edge, synced
from shared.auth import Right

FAULT = {
    "title": "Fault",
    "type": "object",
    "required": ["code", "message", "remedy"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body.", "examples": ["/planned_until"]},
        "parameter": {"type": "string", "description": "Query, path or header parameter.", "examples": ["period"]},
        "code": {"type": "string", "examples": ["end-before-start"]},
        "message": {"type": "string", "examples": ["Selesai sebelum mulai."]},
        "remedy": {"type": "string", "examples": ["Perbaiki salah satu tanggal."]},
    },
}
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457 problem details, in Indonesian or by `Accept-Language: en` in English.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:wahana:problem:invalid-payload"]},
        "title": {"type": "string", "examples": ["Isi permintaan tidak sah"]},
        "status": {"type": "integer", "examples": [422]},
        "detail": {"type": "string", "examples": ["Isi permintaan tidak sah"]},
        "instance": {"type": "string", "examples": ["/v1/institutions"]},
        "request_id": {"type": "string", "examples": ["5f0c9b7a8f6f4f9b8f6f4f9b8f6f4f9b"]},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
_EVERYWHERE = {"400": "A parameter or header is wrong.", "503": "The database is away; try again."}
_SECURED = {"401": "No accepted access token.", "403": "A right is missing."}
_BODY = {"413": "The body has over 1 MiB.", "415": "The body is not JSON.", "422": "The body is not valid."}
_VERSIONED = {"412": "The record changed since it was read.", "428": "If-Match is missing."}
_CHANGING = ("POST", "PUT", "PATCH", "DELETE")
NO_RECORD: dict[str, Any] = {"headers": {}}
"""Of a route's answer: it is no record with versions, it has no ETag and no position to wait for."""
_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body again: the first answer, no second effect. Kept 48 hours.",
    "schema": {"type": "string", "maxLength": 200, "examples": ["9c7f1e2a-regis-2026-0001"]},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "`ETag` of the version you read. `*` changes whichever version there is.",
    "schema": {"type": "string", "examples": ['"3"']},
}
_FORMATS = {
    "date": "2026-03-31",
    "date-time": "2026-03-31T02:15:00Z",
    "uuid": "0195a1c4-7e20-7b64-8c3f-52d1e9a4b710",
}


def document(app: FastAPI) -> None:
    """Makes `/openapi.json` the complete document."""

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app)
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _complete(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        license_info=_LICENSE,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    schema = _renamed(schema)
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for found in schemas.values():
        _exemplify(found)
    schemas.update(Fault=FAULT, Problem=PROBLEM)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for found_route in iter_route_contexts(app.routes):
        route = found_route.original_route
        if isinstance(route, edge.Route):
            for method in route.methods or ():
                _describe(schema["paths"][found_route.path_format][method.lower()], route, method)
    return schema


def _renamed(schema: dict[str, Any]) -> dict[str, Any]:
    """Schemas named by their titles (`InstitutionPage`), not by the generic or the module they come from.

    Where an event's part and a body's part bear one title, the event's, which answers show, is `…Out`.
    """
    schemas = schema.get("components", {}).get("schemas", {})
    titles = {key: str(found.get("title", key)) for key, found in schemas.items()}
    names = {
        key: f"{title}Out" if key != title and key.startswith("shared__events__") else title
        for key, title in titles.items()
    }
    if len(set(names.values())) < len(names):
        raise ValueError(f"two schemas would bear one name: {sorted(names.values())}")
    schemas = {names[key]: {**found, "title": names[key]} for key, found in schemas.items()}
    schema.setdefault("components", {})["schemas"] = dict(sorted(schemas.items()))
    return cast(dict[str, Any], _referring(schema, names))


def _referring(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_referring(inner, names) for inner in node]
    if not isinstance(node, dict):
        return node
    prefix, _, key = str(node.get("$ref", "")).rpartition("/")
    if key in names:
        return {**node, "$ref": f"{prefix}/{names[key]}"}
    return {name: _referring(inner, names) for name, inner in node.items()}


def _describe(operation: dict[str, Any], route: edge.Route, method: str) -> None:
    right = edge.right_of(route)
    problems = dict(_EVERYWHERE)
    if right is not Right.OPEN:
        problems |= _SECURED
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"{operation.get('description', '').strip()}\n\nNeeds the right `{right}`.".strip()
    if "{" in route.path:
        problems["404"] = "Not there, or not in the caller's area."
    if method in _CHANGING:
        problems["409"] = "The record's state does not allow it."
    if method == "POST" and route.kept:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY)
    if "requestBody" in operation or method == "POST":
        problems |= _BODY
    parameters = operation.get("parameters", [])
    if any(_is_if_match(parameter) for parameter in parameters):
        operation["parameters"] = [_IF_MATCH if _is_if_match(p) else p for p in parameters]
        problems |= _VERSIONED
    operation["responses"].pop("422", None)
    for status, text in problems.items():
        operation["responses"].setdefault(status, {"description": text})
    for status, response in operation["responses"].items():
        if status >= "400":
            response.setdefault("content", _PROBLEM_CONTENT)
        elif method in _CHANGING:
            # A route that changes no record says so by headers of its own, or none (`NO_RECORD`).
            response.setdefault("headers", _RECORD_HEADERS | (_LOCATION if status == "201" else {}))
        elif any(parameter["name"] == "cursor" for parameter in parameters):
            response["headers"] = _LINK | (_SYNCED if _pulled(parameters) else {})
    operation["responses"] = dict(sorted(operation["responses"].items()))


_RECORD_HEADERS = {
    "ETag": {
        "description": "Version of the record, for `If-Match`.",
        "schema": {"type": "string", "examples": ['"4"']},
    },
    "Wahana-Position": {
        "description": "Where this write stands, for `at_least=` and `Wahana-At-Least`; on published records only.",
        "schema": {"type": "string", "examples": ["registry/0195a1c4-7e20-7b64-8c3f-52d1e9a4b710@4"]},
    },
}
_LOCATION = {
    "Location": {
        "description": "Address of the new record.",
        "schema": {"type": "string", "examples": ["/v1/institutions/0195a1c4-7e20-7b64-8c3f-52d1e9a4b710"]},
    }
}
_LINK = {
    "Link": {
        "description": 'The next page, `rel="next"` (RFC 8288); absent on the last one.',
        "schema": {"type": "string", "examples": ['</v1/institutions?cursor=WyI4ZG>; rel="next"']},
    }
}
_SYNCED = {
    synced.HEADER: {
        "description": "On the first page of what changed since an instant: give it as `changed_since` next time, once you "
        "have read all pages, and you miss nothing. What you have already comes again; compare `id` and `sequence`. "
        "Sort by `changed_at`, with `voided=any` where there is such a parameter.",
        "schema": {"type": "string", "format": "date-time", "examples": ["2026-03-15T11:59:45Z"]},
    }
}
_PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def _pulled(parameters: list[dict[str, Any]]) -> bool:
    return any(parameter["name"] == "changed_since" for parameter in parameters)


def _is_if_match(parameter: dict[str, Any]) -> bool:
    """FastAPI tells the header as optional: its absence is a problem of our own, 428."""
    return str(parameter["in"]) == "header" and str(parameter["name"]).lower() == "if-match"


def _exemplify(schema: dict[str, Any]) -> None:
    """Gives fields whose examples follow from their kind one: dates, instants, ids, codes, yes or no."""
    for field in schema.get("properties", {}).values():
        if not field.keys() & {"examples", "example", "$ref"} and (example := _example(field)) is not None:
            field["examples"] = [example]


def _example(field: dict[str, Any]) -> Any:
    for option in field.get("anyOf", [field]):
        if option.get("examples"):
            return option["examples"][0]
        if option.get("type") == "boolean":
            return bool(field.get("default", True))
        if "const" in option:
            return option["const"]
        if "enum" in option:
            return option["enum"][0]
        if option.get("format") in _FORMATS:
            return _FORMATS[option["format"]]
    return None
