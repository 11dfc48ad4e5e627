"""Regions over time: their runs of codes, names and parents, and what follows: the lineage, and the public state."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions.models import RegionCode, RegionName, RegionParent, RegionSuccession
from shared.codes import CodeSystem, Confidence
from shared.events import registry


class Run(NamedTuple):
    """A value while `[since, until)` lasts."""

    value: Any
    since: date | None = None
    until: date | None = None
    decree: str | None = None


def runs(today: Any, earlier: Sequence[Run]) -> list[Run]:
    """The earlier values, the oldest first, and today's, which began when the last of them ended."""
    return [*earlier, Run(today, earlier[-1].until if earlier else None)]


@dataclass(slots=True)
class Timeline:
    """What is known of some regions over time, by region id; the newest last.

    `codes` are of both systems. `earlier_names` and `earlier_parents` lack today's, which the region's row holds.
    `parents` are today's, of these regions and of all regions above them, now and before.
    """

    codes: dict[UUID, list[registry.RegionCode]] = field(default_factory=dict)
    earlier_names: dict[UUID, list[Run]] = field(default_factory=dict)
    parents: dict[UUID, UUID | None] = field(default_factory=dict)
    earlier_parents: dict[UUID, list[Run]] = field(default_factory=dict)
    successors: dict[UUID, list[registry.Succession]] = field(default_factory=dict)
    _lineages: dict[UUID, list[registry.Lineage]] = field(default_factory=dict)

    def lineage(self, id: UUID) -> list[registry.Lineage]:
        """The region's ancestors over time: cut wherever a parent of it or of one above it changed."""
        found = self._lineages.get(id)
        if found is None:
            found = self._lineages[id] = self._plain(id) or list(self._pieces(id))
        return found

    def _plain(self, id: UUID) -> list[registry.Lineage] | None:
        """The lineage of a region that, like nearly all, has always belonged where it does; None for another."""
        parent = self.parents.get(id)
        if parent is None or id in self.earlier_parents:
            return None
        above = self.lineage(parent)
        if len(above) != 1 or above[0].since is not None or above[0].until is not None:
            return None
        return [registry.Lineage(ancestors=[*above[0].ancestors, parent])]

    def _pieces(self, id: UUID) -> Iterable[registry.Lineage]:
        for parent, since, until, _ in runs(self.parents.get(id), self.earlier_parents.get(id, ())):
            if parent is None:
                yield registry.Lineage(ancestors=[], since=since, until=until)
                continue
            for above in self.lineage(parent):
                begins, ends = _latest(since, above.since), _earliest(until, above.until)
                if begins is None or ends is None or begins < ends:
                    yield registry.Lineage(ancestors=[*above.ancestors, parent], since=begins, until=ends)

    def state(self, row: Region) -> registry.Region:
        """The public state of a region as its events carry it."""
        earlier = self.earlier_names.get(row.id)
        return registry.Region(
            level=row.level,
            kind=row.kind,
            name=row.name,
            time_zone=row.time_zone,
            codes=self.codes[row.id],
            lineage=_within(self.lineage(row.id), row.since, row.until),
            since=row.since,
            until=row.until,
            local_level=row.local_level,
            names=[
                registry.RegionName(name=run.value, since=run.since, until=run.until, decree=run.decree)
                for run in runs(row.name, earlier)
            ]
            if earlier
            else [],
            successors=self.successors.get(row.id, []),
            changes=row.changes,
        )


def _within(lineage: list[registry.Lineage], since: date | None, until: date | None) -> list[registry.Lineage]:
    """The lineage of a region that has not always been there, or is no more."""
    if since is None and until is None:
        return lineage
    inside = [
        piece
        for piece in lineage
        if (until is None or piece.since is None or piece.since < until)
        and (since is None or piece.until is None or since < piece.until)
    ]
    first, last = inside[0], inside[-1]
    inside[0] = first.model_copy(update={"since": _latest(since, first.since)})
    last = inside[-1]
    inside[-1] = last.model_copy(update={"until": _earliest(until, last.until)})
    return inside


async def read(session: AsyncSession, ids: Collection[UUID]) -> Timeline:
    """What is stored of these regions over time."""
    found = Timeline()
    for code in await session.scalars(select(RegionCode).where(among(RegionCode.region_id, ids))):
        part = registry.RegionCode(
            system=code.system, code=code.code, since=code.since, until=code.until, decree=code.decree
        )
        found.codes.setdefault(code.region_id, []).append(part)
    found.codes = {id: ordered(codes) for id, codes in found.codes.items()}
    names = select(RegionName).where(among(RegionName.region_id, ids)).order_by(RegionName.until)
    for name in await session.scalars(names):
        found.earlier_names.setdefault(name.region_id, []).append(Run(name.name, name.since, name.until, name.decree))
    await _read_successors(session, ids, found)
    await _read_parents(session, ids, found)
    return found


async def _read_successors(session: AsyncSession, ids: Collection[UUID], found: Timeline) -> None:
    """Ambiguous ones are no part of the public state."""
    of = RegionSuccession
    sure = (among(of.from_id, ids), of.to_id.is_not(None), of.confidence != Confidence.AMBIGUOUS)
    for link in await session.scalars(select(of).where(*sure).order_by(of.effective_on, of.id)):
        if link.from_id is not None and link.to_id is not None:
            found.successors.setdefault(link.from_id, []).append(successor(link, link.to_id))


def successor(link: RegionSuccession, region_id: UUID) -> registry.Succession:
    """A succession as the event of the region that came before tells it."""
    return registry.Succession(
        region_id=region_id, kind=link.kind, on=link.effective_on, confidence=link.confidence, decree=link.decree,
        rights_follow=link.rights_follow, takes_records=link.takes_records,
    )  # fmt: skip


async def _read_parents(session: AsyncSession, ids: Collection[UUID], found: Timeline) -> None:
    wanted = set(ids)
    while wanted:
        rows = await session.execute(select(Region.id, Region.parent_id).where(among(Region.id, wanted)))
        found.parents.update({id: parent for id, parent in rows})
        earlier = select(RegionParent).where(among(RegionParent.region_id, wanted)).order_by(RegionParent.until)
        for row in await session.scalars(earlier):
            run = Run(row.parent_id, row.since, row.until, row.decree)
            found.earlier_parents.setdefault(row.region_id, []).append(run)
        above = {found.parents.get(id) for id in wanted}
        above |= {run.value for id in wanted for run in found.earlier_parents.get(id, ())}
        wanted = {id for id in above if id is not None and id not in found.parents}


def among(column: Any, ids: Collection[UUID]) -> ColumnElement[bool]:
    """That a column holds one of these ids, however many: one parameter."""
    condition: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(Uuid)))
    return condition


def ordered(codes: Iterable[registry.RegionCode]) -> list[registry.RegionCode]:
    """Codes with those of Kemendagri first and today's last of each system, as consumers read them."""
    return sorted(codes, key=lambda code: (code.system is CodeSystem.BPS, code.until is None, code.until or date.max))


def _latest(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
