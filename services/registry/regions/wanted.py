"""What the shipped data say of each region: its columns and its timeline. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.registry.regions import history, identity, local_levels, naming, table
from services.registry.regions.timeline import Run, Timeline
from shared.codes import CodeSystem, SuccessionKind
from shared.events import registry

COLUMNS = (
    "code", "name", "level", "kind", "time_zone", "parent_id", "ancestors", "search_name", "since", "local_level",
)  # fmt: skip
"""What a load decides of a region's row."""


@dataclass(slots=True)
class Wanted:
    """The regions of a table, in its order, by id; their timeline; and the successions between them."""

    regions: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=Timeline)
    successions: list[dict[str, Any]] = field(default_factory=list)

    def dated(self, id: UUID) -> set[tuple[object, ...]]:
        """What is dated about a region, or of the other system, as `dated.stored` reads it."""
        over_time = self.timeline
        if len(over_time.codes[id]) == 1 and not (
            _says_more(over_time.codes[id][0])
            or id in over_time.earlier_names
            or id in over_time.earlier_parents
            or id in over_time.successors
        ):
            return set()
        codes = {("code", c.system, c.code, c.since, c.until) for c in over_time.codes[id] if _says_more(c)}
        names = {("name", "", run.value, run.since, run.until) for run in over_time.earlier_names.get(id, ())}
        parents = {
            ("parent", "", str(run.value), run.since, run.until) for run in over_time.earlier_parents.get(id, ())
        }
        after = {("successor", s.kind, str(s.region_id), s.on, None) for s in over_time.successors.get(id, ())}
        return codes | names | parents | after


def _says_more(code: registry.RegionCode) -> bool:
    return code.system is not CodeSystem.KEMENDAGRI or code.since is not None or code.until is not None


def wanted(rows: Iterable[table.RegionRow], lineage: history.History, stored: Mapping[str, UUID]) -> Wanted:
    """What a table and a lineage say. `stored` are the ids of the regions that exist by today's code.

    A region that is stored under the code it had before is the same region. What names a region that neither the table
    nor the store holds is left out: a part of the country may be loaded.
    """
    return _Reading({row.code: row for row in rows}, lineage, stored).read()


class _Reading:
    def __init__(
        self, rows: Mapping[str, table.RegionRow], lineage: history.History, stored: Mapping[str, UUID]
    ) -> None:
        self._rows = rows
        self._lineage = lineage
        self._stored = stored
        self._ids: dict[str, UUID] = {}
        self._ancestors: dict[str, list[UUID]] = {}
        self._found = Wanted()

    def read(self) -> Wanted:
        """Everything, in the order of the rows."""
        for row in self._rows.values():
            id = self._id(row.code)
            self._place(row.code)
            self._found.regions[id] = self._values(row)
            self._found.timeline.codes[id] = self._codes(row)
            past = self._lineage.past.get(row.code)
            if past and past.name and naming.letters(past.name.value) != naming.letters(row.name):
                self._found.timeline.earlier_names[id] = [Run(past.name.value, None, past.name.until)]
        for link in self._lineage.successions:
            self._succeed(link)
        return self._found

    def _id(self, code: str) -> UUID:
        id = self._ids.get(code)
        if id is None:
            id = self._stored.get(code)
            past = self._lineage.past.get(code)
            if id is None and past and past.code and past.code.value not in self._rows:
                id = self._stored.get(past.code.value)
            id = self._ids[code] = id or identity.region_id(code)
        return id

    def _place(self, code: str) -> list[UUID]:
        """The ids above a code, from the nation down; shared by all children, not to be changed."""
        parent = identity.parent_code(code)
        over_time = self._found.timeline
        over_time.parents[self._id(code)] = None if parent is None else self._id(parent)
        past = self._lineage.past.get(code)
        if past and past.parent and self._known(past.parent.value):
            before = past.parent.value
            self._above(before)
            over_time.earlier_parents[self._id(code)] = [Run(self._id(before), None, past.parent.until)]
        return [] if parent is None else self._above(parent)

    def _above(self, parent: str) -> list[UUID]:
        """The ids above the children of a code."""
        found = self._ancestors.get(parent)
        if found is None:
            found = self._ancestors[parent] = [*self._place(parent), self._id(parent)]
        return found

    def _known(self, code: str) -> bool:
        return code in self._rows or code in self._stored

    def _values(self, row: table.RegionRow) -> dict[str, Any]:
        ancestors = [] if row.parent is None else self._above(row.parent)
        return {
            "code": row.code, "name": row.name, "level": row.level, "kind": row.kind, "time_zone": row.time_zone,
            "parent_id": ancestors[-1] if ancestors else None, "ancestors": ancestors,
            "search_name": naming.without_kind(row.name, row.kind), "since": history.FOUNDED.get(row.code),
            "local_level": local_levels.local_level(row.code, row.kind),
        }  # fmt: skip

    def _codes(self, row: table.RegionRow) -> list[registry.RegionCode]:
        past = self._lineage.past.get(row.code)
        since = past.code_since if past else None
        decree = history.DECREES[since] if since else table.DECREE
        codes = [registry.RegionCode(system=CodeSystem.KEMENDAGRI, code=row.code, since=since, decree=decree)]
        if past and past.code:
            earlier = registry.RegionCode(system=CodeSystem.KEMENDAGRI, code=past.code.value, until=past.code.until)
            codes.insert(0, earlier)
        if bps := self._lineage.bps.get(row.code):
            codes.append(registry.RegionCode(system=CodeSystem.BPS, code=bps))
        return codes

    def _succeed(self, link: history.Link) -> None:
        """Takes a succession over if the place it is about is there."""
        place = link.code or link.old_code[:2]
        if not self._known(place):
            return
        is_split = link.kind is SuccessionKind.SPLIT
        from_id = self._id(link.old_code) if is_split and self._known(link.old_code) else None
        to_id = self._id(link.code) if link.code else None
        decree = history.DECREES[link.until] if is_split else None
        self._found.successions.append(
            {
                "from_id": from_id, "from_code": link.old_code, "from_name": link.old_name, "to_id": to_id,
                "kind": link.kind, "effective_on": link.until, "decree": decree, "confidence": link.confidence,
                "rights_follow": False, "takes_records": False,
            }
        )  # fmt: skip
        if from_id is not None and to_id is not None:
            successor = registry.Succession(
                region_id=to_id, kind=link.kind, on=link.until, confidence=link.confidence, decree=decree
            )
            self._found.timeline.successors.setdefault(from_id, []).append(successor)
