"""A region with all that is known of it over time, as it is answered over HTTP."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions import queries, timeline
from services.registry.regions.models import RegionSuccession
from services.registry.regions.resolution import Resolved
from services.registry.regions.schemas import (
    RegionCodeOut,
    RegionDetail,
    RegionLinkOut,
    RegionNameOut,
    RegionNoteOut,
    RegionOut,
    RegionParentOut,
    RegionThenOut,
)  # fmt: skip
from services.registry.regions.timeline import Run, runs
from shared.codes import CodeSystem
from shared.language import Language

Part = TypeVar("Part", RegionCodeOut, RegionNameOut, RegionParentOut)


async def detail(
    session: AsyncSession, found: Resolved, asked: str, on: date | None, language: Language
) -> tuple[RegionDetail, int]:
    """The answer about a region that was asked for by this code on this day; also its version."""
    region = found.region
    row = (await session.execute(queries.regions().where(Region.id == region.id))).one()
    over_time = await timeline.read(session, [region.id])
    answer = RegionDetail(
        **RegionOut.model_validate(row).model_dump(),
        codes=[RegionCodeOut(**code.model_dump()) for code in over_time.codes.get(region.id, ())],
        names=[RegionNameOut(name=name, since=since, until=until) for name, since, until, _ in _runs(region, region.name, over_time.earlier_names)],
        parents=await _parents(session, region, over_time),
        predecessors=await _links(session, RegionSuccession.to_id == region.id),
        successors=await _links(session, RegionSuccession.from_id == region.id, after=True),
    )  # fmt: skip
    if found.remark is not None:
        heir = found.heir
        today = region.code if region.until is None else heir.code if heir else None
        answer.note = RegionNoteOut(
            remark=found.remark, asked=asked, today=today, since=found.since, until=found.until,
            message=found.text(asked).to(language),
        )  # fmt: skip
    if on is not None:
        answer.then = _then(answer, on)
    return answer, row.sequence


def _runs(region: Region, today: Any, earlier: dict[Any, list[Run]]) -> list[Run]:
    """The values over time, within the time that the region existed."""
    *before, (value, since, _, decree) = runs(today, earlier.get(region.id, []))
    found = [*before, Run(value, since, region.until, decree)]
    first = found[0]
    return [first._replace(since=first.since or region.since), *found[1:]]


async def _parents(session: AsyncSession, region: Region, over_time: timeline.Timeline) -> list[RegionParentOut]:
    if region.parent_id is None:
        return []
    found = _runs(region, region.parent_id, over_time.earlier_parents)
    rows = await session.execute(
        select(Region.id, Region.code, Region.name).where(Region.id.in_({run.value for run in found}))
    )
    named = {row.id: row for row in rows}
    return [
        RegionParentOut(code=named[run.value].code, name=named[run.value].name, since=run.since, until=run.until)
        for run in found
    ]


async def _links(session: AsyncSession, condition: ColumnElement[bool], *, after: bool = False) -> list[RegionLinkOut]:
    statement = (
        select(RegionSuccession, Region.code, Region.name)
        .outerjoin(Region, Region.id == RegionSuccession.to_id)
        .where(condition)
        .order_by(RegionSuccession.effective_on, RegionSuccession.id)
    )
    return [
        RegionLinkOut(
            code=code if after else link.from_code, name=name if after else link.from_name, kind=link.kind,
            on=link.effective_on, decree=link.decree, confidence=link.confidence,
        )
        for link, code, name in await session.execute(statement)
    ]  # fmt: skip


def _then(answer: RegionDetail, day: date) -> RegionThenOut:
    code = _on([code for code in answer.codes if code.system is CodeSystem.KEMENDAGRI], day)
    name, parent = _on(answer.names, day), _on(answer.parents, day)
    return RegionThenOut(on=day, code=code and code.code, name=name and name.name, parent=parent and parent.code)


def _on(parts: Sequence[Part], day: date) -> Part | None:
    """What held on a day."""
    held = (p for p in parts if (p.since is None or p.since <= day) and (p.until is None or day < p.until))
    return next(held, None)
