"""What cannot stand after a region change, looked for in the tree as it would be. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from services.registry.region_changes import faults
from services.registry.region_changes.places import Place, Plan
from shared.codes import RegionLevel
from shared.problems import Fault


def found(plan: Plan, effective_on: date, held: Mapping[str, UUID | None]) -> Iterator[Fault]:
    """Regions without parents or children, codes that two would have, and days before what was changed last.

    `held` are the holders of the codes that the change gives, null for one that ended after its day.
    """
    standing = [place for place in plan.places.values() if not place.ended]
    given: dict[str, Place] = {}
    # Those that nothing happens to first: whoever takes their code is at fault.
    for place in sorted(standing, key=lambda p: (p.operation is not None, p.operation or 0, p.code)):
        first = given.setdefault(place.code, place)
        if place.verbs and (first is not place or _held_by_another(plan, place, held)):
            yield _at(faults.code_in_use(place.code), place.operation)
        yield from _misplaced(plan, place)
        latest = place.before.latest if place.before else None
        if place.verbs and latest is not None and effective_on <= latest:
            yield faults.before_earlier_change(place.code, latest)
    yield from _empty(plan, standing)


def _held_by_another(plan: Plan, place: Place, held: Mapping[str, UUID | None]) -> bool:
    """Whether a region that the change does not touch has the code; in the copy the codes are compared above."""
    if place.code not in held:
        return False
    holder = held[place.code]
    return holder is None or holder not in plan.places


def _misplaced(plan: Plan, place: Place) -> Iterator[Fault]:
    parent = plan.parent(place)
    if parent is None:
        if place.level is not RegionLevel.NATION:
            yield _at(faults.without_parent(place.code, place.name), place.operation)
    elif parent.ended:
        operation = parent.operation if place.operation is None else place.operation
        yield _at(faults.without_parent(place.code, place.name), operation)
    elif place.verbs and parent.level is not RegionLevel.NATION and not place.code.startswith(f"{parent.code}."):
        yield _at(faults.code_not_below_parent(place.code, parent.code), place.operation)


def _empty(plan: Plan, standing: list[Place]) -> Iterator[Fault]:
    """Regions above the villages that the change founds or leaves with nothing below them."""
    children = Counter(place.parent_id for place in standing)
    left = {
        place.before.parent_id
        for place in plan.places.values()
        if place.before is not None and (place.ended or place.parent_id != place.before.parent_id)
    }
    for place in standing:
        may_be_empty = place.before is None or place.id in left
        if may_be_empty and place.level is not RegionLevel.VILLAGE and not children[place.id]:
            yield _at(faults.without_children(place.code, place.name), place.operation)


def _at(fault: faults.Said, operation: int | None) -> Fault:
    return fault.at("/operations" if operation is None else f"/operations/{operation}")
