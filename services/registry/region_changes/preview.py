"""What a region change would affect, before it is applied: regions, records, and the areas in people's tokens."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, column, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.region_changes.codes import pairs
from services.registry.region_changes.operations import Operation, RegionTransfer
from services.registry.region_changes.places import Place, Plan
from services.registry.region_changes.schemas import AffectedCountOut, AreaDecisionOut, AreaRightsOut, MovedRegionOut
from services.registry.regions.timeline import among
from shared.codes import SuccessionKind
from shared.pagination import Order


class AffectedRecord(StrEnum):
    """Records that are listed; those about people are counted only."""

    INSTITUTION = "institution"
    NETWORK = "network"
    CULTURAL_VALUE = "cultural-value"
    PARTNER = "partner"


_RECORDS = {
    "network_place": ("network", "network_id"),
    "practice_place": ("cultural-value", "cultural_value_id"),
}
"""Tables that hold the places of another record: what it is, and where its id stands."""


def affected(plan: Plan) -> list[Place]:
    """The places whose records are seen from elsewhere after the change: recoded, moved, split or ended."""
    return [place for place in plan.touched if place.before and place.verbs != {"renamed"}]


async def counts(session: AsyncSession, plan: Plan) -> list[AffectedCountOut]:
    """How many records of each kind name an affected place, by kind; kinds without any are left out."""
    ids = [place.id for place in affected(plan)]
    conditions: dict[str, list[Any]] = {}
    keys: dict[str, Any] = {}
    for table, id, _ in pairs():
        noun, key = _RECORDS.get(table.name, (table.name, "id"))
        conditions.setdefault(noun, []).append(among(id, ids))
        keys[noun] = table.c[key]
    found = []
    for noun, alternatives in sorted(conditions.items()):
        number = await session.scalar(select(func.count(keys[noun].distinct())).where(or_(*alternatives)))
        if number:
            found.append(AffectedCountOut(record=noun, count=number))
    return found


def records(plan: Plan, record: AffectedRecord) -> tuple[Select[Any], Order]:
    """The records of a kind that name an affected place: id, and the code of the place before and after."""
    rows = [{"id": place.id, "code": _code_after(plan, place)} for place in affected(plan)]
    named = {_RECORDS.get(pair.table.name, (pair.table.name, "id"))[0]: pair for pair in pairs()}
    table, id, code = named[record.value]
    key = table.c[_RECORDS.get(table.name, ("", "id"))[1]]
    now = _recordset(rows, id=Uuid, code=Text)
    statement = select(key.label("id"), code.label("before"), now.c.code.label("after")).join(now, now.c.id == id)
    return statement, Order([key, code])


def regions(plan: Plan) -> tuple[Select[Any], Order]:
    """The touched regions as rows, by the code they have before, or get."""
    rows = [
        {
            "id": place.id, "fact": place.verb, "code": place.before.code if place.before else place.code,
            "name": place.before.name if place.before else None,
            "code_after": None if place.ended else place.code, "name_after": None if place.ended else place.name,
            "parent_after": None if place.ended else _parent_code(plan, place),
        }
        for place in plan.touched
    ]  # fmt: skip
    found = _recordset(
        rows,
        id=Uuid,
        fact=Text,
        code=Text(collation="C"),
        name=Text,
        code_after=Text,
        name_after=Text,
        parent_after=Text,
    )
    return select(*found.c), Order([found.c.code, found.c.id])


def _recordset(rows: Iterable[Mapping[str, Any]], **columns: Any) -> Any:
    """Rows of ours as a table that a statement may read: lists page through them as through any other."""
    function = func.json_to_recordset(literal(list(rows), JSON))
    return function.table_valued(*(column(name, kind) for name, kind in columns.items())).render_derived(
        name="planned", with_types=True
    )


def rights(plan: Plan, operations: Iterable[Operation]) -> AreaRightsOut:
    """What becomes of areas in tokens: which follow by themselves, and where rights do not follow unless decided."""
    touched = affected(plan)
    follow = sum(1 for place in touched if place.before and not place.ended and place.code != place.before.code)
    mothers: dict[UUID, list[Any]] = {}
    for link in plan.links:
        if link.kind is SuccessionKind.SPLIT:
            mothers.setdefault(link.before.id, []).append(link)
    decisions = [
        AreaDecisionOut(
            area=mother.before.code if mother.before else mother.code,
            name=mother.name,
            keeps=[] if mother.ended else [mother.code],
            follows=sorted(link.after.code for link in links if link.rights_follow),
            does_not_follow=sorted(link.after.code for link in links if not link.rights_follow),
        )
        for links in mothers.values()
        for mother in [links[0].before]
    ]
    merged = sum(1 for link in plan.links if link.kind is SuccessionKind.MERGE)
    today = {place.before.code: place for place in plan.places.values() if place.before}
    moved = [
        MovedRegionOut(
            region=operation.region, code_after=operation.code, out_of=_area(plan, today, operation.region),
            into=operation.parent,
        )
        for operation in operations
        if isinstance(operation, RegionTransfer) and operation.region in today
    ]  # fmt: skip
    return AreaRightsOut(areas_that_follow=follow + merged, decisions=decisions, moved=moved)


def _area(plan: Plan, today: Mapping[str, Place], code: str) -> str:
    before = today[code].before
    parent = plan.places.get(before.parent_id) if before and before.parent_id else None
    return parent.before.code if parent and parent.before else ""


def _code_after(plan: Plan, place: Place) -> str:
    return plan.heirs[place.id].code if place.id in plan.heirs else place.code


def _parent_code(plan: Plan, place: Place) -> str | None:
    parent = plan.parent(place)
    return parent.code if parent else None
