"""Links of the OpenAPI document: from the answer that made a record to what can be done with that record."""

from typing import Any

_METHODS = ("get", "post", "patch", "put", "delete")


def link(schema: dict[str, Any]) -> None:
    """Links every POST on a collection that answers 201 with an `id` to the operations below `/{id}` of that collection.

    `If-Match` is the ETag of the same answer: it is the version that was just made.
    """
    for path, item in schema["paths"].items():
        made = item.get("post", {}).get("responses", {}).get("201")
        if made is None or not _has_id(made, schema["components"]["schemas"]):
            continue
        own = {name.strip("{}") for name in path.split("/") if name.startswith("{")}
        links = {
            operation["operationId"]: _link(operation, own)
            for below, others in schema["paths"].items()
            if below == f"{path}/{{id}}" or below.startswith(f"{path}/{{id}}/")
            for method, operation in others.items()
            if method in _METHODS and _names(operation, "path") <= own | {"id"}
        }
        if links:
            made["links"] = links


def _has_id(answer: dict[str, Any], schemas: dict[str, Any]) -> bool:
    reference = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    return "id" in schemas.get(reference.rpartition("/")[2], {}).get("properties", {})


def _link(operation: dict[str, Any], own: set[str]) -> dict[str, Any]:
    parameters = {f"path.{name}": f"$request.path.{name}" for name in sorted(own)}
    parameters["path.id"] = "$response.body#/id"
    if "If-Match" in _names(operation, "header"):
        parameters["header.If-Match"] = "$response.header.ETag"
    return {"operationId": operation["operationId"], "parameters": parameters}


def _names(operation: dict[str, Any], place: str) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == place}
