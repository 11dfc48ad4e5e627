"""In which order the operations of a batch are done: alike ones together, as long as nobody could tell the difference.

An operation is done after those before it that are about the same record, and after all before it that may concern any
record. Pure.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.activities.batches.schemas import OperationIn


@dataclass(slots=True)
class Round:
    """Operations of one name, by their places in the batch, that are done after those of the rounds before."""

    name: str
    places: list[int] = field(default_factory=list)
    records: set[UUID] = field(default_factory=set)


def rounds(
    operations: Sequence[tuple[int, OperationIn]], apart: Collection[str], repeats: Collection[str]
) -> list[Round]:
    """The rounds, in their order. `apart` are operations that only concern the records which they name; those of `repeats`
    stay in their order, and are done together even if they name the same.
    """
    found: list[Round] = []
    first = 0
    for place, operation in operations:
        name, records = operation.operation, set(_records(operation))
        if name not in apart:
            # It may concern anything: nothing passes it by.
            found.append(Round(name, [place]))
            first = len(found)
            continue
        one = _round(found[first:], name, records, repeats)
        if one is None:
            one = Round(name)
            found.append(one)
        one.places.append(place)
        one.records |= records
    return found


def _round(found: Sequence[Round], name: str, records: set[UUID], repeats: Collection[str]) -> Round | None:
    """The first of these rounds in which an operation may be done."""
    earliest = None
    for one in reversed(found):
        shared = not records.isdisjoint(one.records)
        if one.name == name and (not shared or name in repeats):
            earliest = one
        if shared or (one.name == name and name in repeats):
            break
    return earliest


def _records(operation: OperationIn) -> Iterator[UUID]:
    """The records that an operation makes, changes or belongs to, as far as it names them."""
    if operation.at:
        yield operation.at
    body = operation.body
    sheet = _inside(_inside(body, "completion") or body, "attendance")
    for given in (body.get("id"), body.get("activity_id"), sheet.get("sheet_id")):
        try:
            yield UUID(given)
        except (TypeError, ValueError, AttributeError):
            continue


def _inside(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = body.get(name)
    return inner if isinstance(inner, dict) else {}
