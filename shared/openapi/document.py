"""The OpenAPI document as a user interface: problems described on every operation, bearer security, no leaked internals."""

from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from shared import edge
from shared.auth import Right
from shared.openapi import parts
from shared.openapi.bounds import in_words
from shared.openapi.examples import exemplify, exemplify_parameters
from shared.openapi.links import link
from shared.openapi.problems import problem_types

_CHANGING = ("POST", "PUT", "PATCH", "DELETE")
_WAITING = "Wahana-At-Least"
"""The header that names positions to wait for; what has not arrived is told as 409 with `Retry-After`."""
NO_RECORD: dict[str, Any] = {"headers": {}}
"""Of a route's answer: it is no record with versions, it has no ETag and no position to wait for."""


def complete(app: FastAPI) -> None:
    """Makes `/openapi.json` the complete document."""

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app)
        return app.openapi_schema

    app.openapi = build  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _complete(app: FastAPI) -> dict[str, Any]:
    service = app.state.settings.service
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        license_info=parts.LICENSE,
        separate_input_output_schemas=app.separate_input_output_schemas,
        servers=[{"url": f"/{service}", "description": "Below the address of the installation."}],
    )
    schema = cast(dict[str, Any], in_words(_renamed(schema)))
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for found in schemas.values():
        exemplify(found)
    schemas.update(Fault=parts.FAULT, Problem=parts.PROBLEM, ProblemType=problem_types(service))
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    for found_route in iter_route_contexts(app.routes):
        route = found_route.original_route
        for method in getattr(route, "methods", None) or ():
            if operation := schema["paths"].get(found_route.path_format, {}).get(method.lower()):
                _describe(operation, route, method)
                exemplify_parameters(operation, schemas)
    link(schema)
    used = str(schema["paths"])
    components["responses"] = {
        name: _error(text, headers) for name, text, headers in parts.ERRORS.values() if f"/responses/{name}'" in used
    }
    schema["tags"] = _tags(app, schema)
    return schema


def _error(text: str, headers: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, **({"headers": headers} if headers else {}), "content": parts.PROBLEM_CONTENT}


def _tags(app: FastAPI, schema: dict[str, Any]) -> list[dict[str, str]]:
    """Every tag that an operation has, with what it is about."""
    used = {tag for item in schema["paths"].values() for operation in item.values() for tag in operation["tags"]}
    told = parts.TAGS | {tag["name"]: tag["description"] for tag in app.openapi_tags or ()}
    return [{"name": tag, "description": told.get(tag, "")} for tag in sorted(used)]


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


def _describe(operation: dict[str, Any], route: Any, method: str) -> None:
    right = edge.right_of(route) if isinstance(route, edge.Route) else Right.OPEN
    if right is Right.OPEN:
        operation["security"] = []
    else:
        operation["security"] = [{"bearer": []}]
        operation["description"] = f"{operation.get('description', '').strip()}\n\nNeeds the right `{right}`.".strip()
    if not isinstance(route, edge.Route):
        return
    parameters = operation.get("parameters", [])
    if method == "POST" and route.kept:
        operation["parameters"] = parameters = [*parameters, parts.IDEMPOTENCY]
    if any(_is_if_match(parameter) for parameter in parameters):
        operation["parameters"] = [parts.IF_MATCH if _is_if_match(p) else p for p in parameters]
    _answers(operation, method, _problems(operation, route, method))


def _problems(operation: dict[str, Any], route: edge.Route, method: str) -> list[str]:
    """The statuses of the problems that an operation can answer."""
    statuses = list(parts.EVERYWHERE)
    if edge.right_of(route) is not Right.OPEN:
        statuses += parts.SECURED
    if "{" in route.path:
        statuses.append("404")
    if method in _CHANGING or _WAITING in {parameter["name"] for parameter in operation.get("parameters", ())}:
        statuses.append("409")
    if "requestBody" in operation or method == "POST":
        statuses += parts.BODY
    if parts.IF_MATCH in operation.get("parameters", []):
        statuses += parts.VERSIONED
    return statuses


def _answers(operation: dict[str, Any], method: str, problems: list[str]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status in problems:
        responses.setdefault(status, {"$ref": f"#/components/responses/{parts.ERRORS[status][0]}"})
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    for status, response in responses.items():
        if "$ref" in response:
            continue
        if status >= "400":
            response.setdefault("content", parts.PROBLEM_CONTENT)
        elif method in _CHANGING:
            # A route that changes no record says so by headers of its own, or none (`NO_RECORD`).
            response.setdefault("headers", parts.RECORD_HEADERS | (parts.LOCATION if status == "201" else {}))
        elif "cursor" in names:
            response["headers"] = parts.LINK | (parts.SYNCED if "changed_since" in names else {})
    operation["responses"] = dict(sorted(responses.items()))


def _is_if_match(parameter: dict[str, Any]) -> bool:
    """FastAPI tells the header as optional: its absence is a problem of our own, 428."""
    return str(parameter["in"]) == "header" and str(parameter["name"]).lower() == "if-match"
