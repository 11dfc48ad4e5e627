"""Bounds that pydantic writes with keywords of its own, which are no JSON Schema: of days, instants and decimal numbers."""

from typing import Any

_NUMBERS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
_OWN = {*_NUMBERS, "max_digits", "decimal_places"}


def in_words(node: Any) -> Any:
    """The document with those bounds as JSON Schema has them, or else told in the description."""
    if isinstance(node, list):
        return [in_words(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    kept = {key: in_words(inner) for key, inner in node.items() if key not in _OWN or isinstance(inner, dict)}
    if "format" in node and node.keys() & _NUMBERS.keys():  # JSON Schema has no bounds for days and instants
        return _told(kept, f"From {str(node.get('ge', '…'))[:10]} to {str(node.get('le', '…'))[:10]}.")
    kept |= {_NUMBERS[key]: node[key] for key in _NUMBERS.keys() & node.keys() if not isinstance(node[key], dict)}
    if isinstance(node.get("decimal_places"), int):
        places = node["decimal_places"]
        return _told(kept, f"Up to {node['max_digits'] - places} digits before the point and {places} after it.")
    return kept


def _told(schema: dict[str, Any], bounds: str) -> dict[str, Any]:
    return {**schema, "description": f"{schema['description']} {bounds}" if "description" in schema else bounds}
