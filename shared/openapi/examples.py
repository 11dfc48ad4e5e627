"""Examples of the OpenAPI document that follow from what a field or a parameter is; others stand where it is declared."""

from typing import Any

_FORMATS = {
    "date": "2026-03-31",
    "date-time": "2026-03-31T02:15:00Z",
    "uuid": "0195a1c4-7e20-7b64-8c3f-52d1e9a4b710",
}
_PARAMETERS = {"limit": 50, "cursor": "WyI4ZjQ", "count": False}
"""Of parameters that mean the same everywhere."""


def exemplify(schema: dict[str, Any]) -> None:
    """Gives fields whose examples follow from their kind one: dates, instants, ids, codes, yes or no, lists of them."""
    for field in schema.get("properties", {}).values():
        if not field.keys() & {"examples", "example", "$ref"} and (example := _example(field)) is not None:
            field["examples"] = [example]


def exemplify_parameters(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Gives every parameter of an operation an example, and an id in its path what it is."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["schema"].get("format") == "uuid":
            parameter.setdefault("description", "Id of the record.")
        schema = parameter["schema"]
        if "examples" in schema or any("examples" in option for option in schema.get("anyOf", ())):
            continue
        example = _PARAMETERS.get(parameter["name"], schema.get("default"))
        example = _example(schema, schemas) if example is None else example
        if example is not None:
            parameter["schema"] = {**schema, "examples": [example]}


def _example(field: dict[str, Any], schemas: dict[str, Any] | None = None) -> Any:
    for option in field.get("anyOf", [field]):
        if schemas and "$ref" in option:
            option = schemas[option["$ref"].rpartition("/")[2]]  # what it refers to
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
        if "minimum" in option:
            return option["minimum"]
        if "items" in option and (one := _example(option["items"], schemas)) is not None:
            return [one]
    return None
