"""Writing a worked-out change: the regions as they are from its day on, what they were before, and an event of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.region_changes.places import Link, Place, Plan
from services.registry.regions import local_levels, naming, timeline
from services.registry.regions.models import RegionCode, RegionName, RegionParent, RegionSuccession
from services.registry.regions.timeline import Run, Timeline, among
from shared import outbox
from shared.codes import CodeSystem, Confidence
from shared.events import registry

_IDS = bindparam("ids", type_=ARRAY(Uuid))
# Codes may be exchanged, or go on to a new region: for a moment nobody has them.
_NO_CODES = text("UPDATE region SET code = '~' || id::text WHERE id = ANY(:ids)").bindparams(_IDS)
_ENDED = text("UPDATE region SET until = :day WHERE id = ANY(:ids)").bindparams(_IDS)


@dataclass(frozen=True, slots=True)
class Act:
    """By which decree, from which day on, and who applies it when; its number among the changes that were applied."""

    decree: str
    day: date
    by: str
    now: datetime
    number: int


async def write(session: AsyncSession, plan: Plan, act: Act) -> list[Region]:
    """Writes the touched regions and tells each as one event, parents first; gives their rows.

    The caller holds the table's lock. Runs in the caller's transaction.
    """
    rows = await _rows(session, plan)
    over_time = await _over_time(session, plan, act)
    recoded = [place.id for place in plan.touched if place.before and place.code != place.before.code]
    await session.execute(_NO_CODES, {"ids": recoded})
    await session.execute(_ENDED, {"ids": [place.id for place in plan.touched if place.ended], "day": act.day})
    ancestors = await _ancestors(session, plan)
    applied = registry.AppliedChange(number=act.number, regions=len(plan.touched))
    founded = []
    for place in plan.touched:
        if place.before is None:
            founded.append(_founded(place, ancestors[place.id], act))
        else:
            _change(rows[place.id], place, ancestors[place.id], act)
    for region in (*founded, *rows.values()):
        region.changes = [*region.changes, applied]
    with session.no_autoflush:
        told = [(region, over_time.state(region), _fact("founded", act)) for region in founded]
        await outbox.register_many(session, told)
        await _write_dated(session, plan, over_time, act)
        changed = [rows[place.id] for place in plan.touched if place.before]
        verbs = {place.id: place.verb or "corrected" for place in plan.touched}
        facts = [(region, over_time.state(region), _fact(verbs[region.id], act)) for region in changed]
    await outbox.record_many(session, facts)
    return [*founded, *changed]


def _fact(verb: str, act: Act) -> outbox.Fact:
    return outbox.Fact(verb, by=act.by, at=act.now, regions=None, reason=act.decree)


async def _rows(session: AsyncSession, plan: Plan) -> dict[UUID, Region]:
    ids = [place.id for place in plan.touched if place.before]
    statement = select(Region).where(among(Region.id, ids)).order_by(Region.id).with_for_update()
    return {region.id: region for region in await session.scalars(statement)}


async def _ancestors(session: AsyncSession, plan: Plan) -> dict[UUID, list[UUID]]:
    """The ids above each touched place after the change."""
    touched = {place.id for place in plan.touched}
    outside = [place.parent_id for place in plan.touched if place.parent_id and place.parent_id not in touched]
    stored = await session.execute(select(Region.id, Region.ancestors).where(among(Region.id, outside)))
    above = {id: ancestors for id, ancestors in stored}
    for place in plan.touched:  # parents first
        above[place.id] = [*above[place.parent_id], place.parent_id] if place.parent_id else []
    return above


def _founded(place: Place, ancestors: list[UUID], act: Act) -> Region:
    return Region(
        id=place.id, code=place.code, name=place.name, level=place.level, kind=place.kind, time_zone=place.time_zone,
        parent_id=place.parent_id, ancestors=ancestors, since=act.day, decree=act.decree, changes=[],
        search_name=naming.without_kind(place.name, place.kind), local_level=local_levels.local_level(place.code, place.kind),
    )  # fmt: skip


def _change(region: Region, place: Place, ancestors: list[UUID], act: Act) -> None:
    if place.ended:
        region.until = act.day
        region.decree = act.decree
        return
    region.code, region.name, region.kind, region.time_zone = place.code, place.name, place.kind, place.time_zone
    region.parent_id, region.ancestors = place.parent_id, ancestors
    region.search_name = naming.without_kind(place.name, place.kind)
    region.local_level = local_levels.local_level(place.code, place.kind)
    region.decree = act.decree


async def _over_time(session: AsyncSession, plan: Plan, act: Act) -> Timeline:
    """The timeline of all touched places as the change leaves it."""
    ids = {place.id for place in plan.touched if place.before}
    beside = {place.parent_id for place in plan.touched if place.parent_id} - {
        place.id for place in plan.touched if place.before is None
    }
    found = await timeline.read(session, ids | beside)
    for place in plan.touched:
        _add(found, place, act)
    for link in plan.links:
        successor = registry.Succession(
            region_id=link.after.id, kind=link.kind, on=act.day, confidence=Confidence.DECREED, decree=act.decree,
            rights_follow=link.rights_follow, takes_records=_takes_records(plan, link),
        )  # fmt: skip
        found.successors.setdefault(link.before.id, []).append(successor)
    return found


def _add(found: Timeline, place: Place, act: Act) -> None:
    before = place.before
    codes = found.codes.setdefault(place.id, [])
    if before is not None and (place.ended or place.code != before.code):
        codes = [_closed(code, act.day) if place.ended or _is_ours(code) else code for code in codes]
    if before is None or (not place.ended and place.code != before.code):
        new = registry.RegionCode(system=CodeSystem.KEMENDAGRI, code=place.code, since=act.day, decree=act.decree)
        codes = [*codes, new]
    found.codes[place.id] = timeline.ordered(codes)
    if before is not None and place.name != before.name:
        _end(found.earlier_names.setdefault(place.id, []), before.name, act.day)
    if before is not None and place.parent_id != before.parent_id:
        _end(found.earlier_parents.setdefault(place.id, []), before.parent_id, act.day)
    found.parents[place.id] = place.parent_id


def _takes_records(plan: Plan, link: Link) -> bool:
    return plan.heirs.get(link.before.id) is link.after


def _is_ours(code: registry.RegionCode) -> bool:
    return code.system is CodeSystem.KEMENDAGRI


def _closed(code: registry.RegionCode, day: date) -> registry.RegionCode:
    return code if code.until else code.model_copy(update={"until": day})


def _end(earlier: list[Run], value: Any, day: date) -> None:
    earlier.append(Run(value, earlier[-1].until if earlier else None, day))


async def _write_dated(session: AsyncSession, plan: Plan, over_time: Timeline, act: Act) -> None:
    ended = [place.id for place in plan.touched if place.ended]
    recoded = [
        place.id for place in plan.touched if place.before and not place.ended and place.code != place.before.code
    ]
    still = RegionCode.until.is_(None)
    await session.execute(update(RegionCode).where(among(RegionCode.region_id, ended), still).values(until=act.day))
    ours = (among(RegionCode.region_id, recoded), RegionCode.system == CodeSystem.KEMENDAGRI, still)
    await session.execute(update(RegionCode).where(*ours).values(until=act.day))
    given = [place for place in plan.touched if not place.ended and (place.before is None or place.id in set(recoded))]
    await _insert(session, RegionCode, (
        {"region_id": place.id, "system": CodeSystem.KEMENDAGRI, "code": place.code, "since": act.day, "decree": act.decree}
        for place in given
    ))  # fmt: skip
    await _insert(session, RegionName, (
        {"region_id": place.id, "name": run.value, "since": run.since, "until": run.until}
        for place in plan.touched if place.before and place.name != place.before.name
        for run in over_time.earlier_names[place.id][-1:]
    ))  # fmt: skip
    await _insert(session, RegionParent, (
        {"region_id": place.id, "parent_id": run.value, "since": run.since, "until": run.until}
        for place in plan.touched if place.before and place.parent_id != place.before.parent_id
        for run in over_time.earlier_parents[place.id][-1:]
    ))  # fmt: skip
    await _insert(session, RegionSuccession, (
        {
            "from_id": link.before.id, "from_code": link.before.before.code if link.before.before else link.before.code,
            "from_name": link.before.name, "to_id": link.after.id, "kind": link.kind, "effective_on": act.day,
            "decree": act.decree, "confidence": Confidence.DECREED, "rights_follow": link.rights_follow,
            "takes_records": _takes_records(plan, link),
        }
        for link in plan.links
    ))  # fmt: skip


async def _insert(session: AsyncSession, mapped: Any, rows: Iterable[dict[str, Any]]) -> None:
    found: Sequence[dict[str, Any]] = list(rows)
    await outbox.insert_many(session, mapped.__table__, found)
