"""The OpenAPI document as a user interface: problems described on every operation, bearer security, no leaked internals."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared import edge
from shared.auth import Right

FAULT = {
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
_CHANGES = {"409": "The record's state does not allow it.", "412": "The record changed since it was read.",
            "413": "The body has over 1 MiB.", "422": "The body is not valid.", "428": "If-Match is missing."}  # fmt: skip


def document(app: FastAPI) -> None:
    """Makes `/openapi.json` the complete document."""

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app)
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _complete(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(Fault=FAULT, Problem=PROBLEM)
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for route in app.routes:
        if isinstance(route, edge.Route):
            for method in route.methods or ():
                _describe(schema["paths"][route.path_format][method.lower()], route, method)
    return schema


def _describe(operation: dict[str, Any], route: edge.Route, method: str) -> None:
    right = edge.right_of(route)
    problems = dict(_EVERYWHERE)
    if right is not Right.OPEN:
        problems |= _SECURED
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"{operation.get('description', '').strip()}\n\nNeeds the right `{right}`.".strip()
    if "{" in route.path:
        problems["404"] = "Not there, or not in the caller's area."
    if method in ("POST", "PATCH", "PUT", "DELETE"):
        problems |= _CHANGES
        if method == "POST":
            problems.pop("428")
            operation.setdefault("parameters", []).append(_IDEMPOTENCY)
    operation["responses"].pop("422", None)
    for status, text in sorted(problems.items()):
        operation["responses"].setdefault(
            status,
            {
                "description": text,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body again: the first answer, no second effect. Kept 48 hours.",
    "schema": {"type": "string", "maxLength": 200, "examples": ["9c7f1e2a-regis-2026-0001"]},
}
