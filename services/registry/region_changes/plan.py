"""What a region change would do to the tree of regions, operation by operation. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

from services.registry.region_changes import contradictions, faults
from services.registry.region_changes.operations import (
    FoundedRegion,
    Operation,
    RegionMerge,
    RegionRecode,
    RegionRename,
    RegionSplit,
    RegionStatus,
    RegionTransfer,
)
from services.registry.region_changes.places import DEPTH, Known, Link, Place, Plan
from services.registry.regions import identity, table
from shared.codes import RegionKind, RegionLevel, SuccessionKind

MOST_FAULTS = 50
"""As many are told: one wrong code of a province has thousands."""


def plan(
    operations: Sequence[Operation],
    known: Iterable[Known],
    effective_on: date,
    *,
    held: Mapping[str, UUID | None],
    used_ids: frozenset[UUID] = frozenset(),
) -> Plan:
    """Works out the operations on the regions that are known: those named, all above them, and all below them.

    `held` are the holders of codes that the change gives, null for one that ended after the change's day; `used_ids` the
    ids that regions had already.
    """
    planned = _Planning(operations, known, effective_on, used_ids).worked_out()
    if not planned.faults:
        planned.faults += islice(contradictions.found(planned, effective_on, held), MOST_FAULTS)
    return planned


class _Planning:
    def __init__(
        self,
        operations: Sequence[Operation],
        known: Iterable[Known],
        effective_on: date,
        used_ids: frozenset[UUID],
    ) -> None:
        self._operations = operations
        self._effective_on = effective_on
        self._used_ids = used_ids
        self._plan = Plan(places={one.id: _place(one) for one in known})
        self._today = {place.code: place for place in self._plan.places.values()}
        self._founded: dict[str, Place] = {}
        self._said: set[tuple[UUID, str]] = set()
        self._coded: set[UUID] = set()

    def worked_out(self) -> Plan:
        """Foundings first: transfers may name what they found."""
        for number, operation in enumerate(self._operations):
            if isinstance(operation, RegionSplit):
                self._split(number, operation)
            elif isinstance(operation, RegionMerge):
                self._merge(number, operation)
        self._settle()
        for number, operation in enumerate(self._operations):
            match operation:
                case RegionRename():
                    self._rename(number, operation)
                case RegionRecode() | RegionStatus():
                    self._recode(number, operation)
                case RegionTransfer():
                    self._transfer(number, operation)
        self._recode_below()
        self._plan.touched = sorted(
            (place for place in self._plan.places.values() if place.verbs), key=lambda p: (DEPTH[p.level], p.code)
        )
        return self._plan

    def _split(self, number: int, split: RegionSplit) -> None:
        mother = self._existing(split.region, number, "region")
        if mother is None or not self._once(mother, "split", number, "region"):
            return
        mother.verbs.add("split")
        parts = [self._found(part, mother, number, f"into/{place}") for place, part in enumerate(split.into)]
        codes = {part.code for part in split.into}
        for place, code in enumerate(split.rights_follow):
            if code not in codes:
                self._fault(faults.not_founded_here(code), number, f"rights_follow/{place}")
        self._plan.links += [
            Link(mother, part, SuccessionKind.SPLIT, part.code in split.rights_follow) for part in parts if part
        ]
        if split.continues:
            if split.records_to is not None:
                self._fault(faults.records_stay(), number, "records_to")
            return
        mother.ended = True
        if len(split.into) < 2:
            self._fault(faults.split_into_one(), number, "into")
        heir = next((part for part in parts if part and part.code == split.records_to), None)
        if heir is None:
            self._fault(faults.records_need_a_place(), number, "records_to")
        else:
            self._plan.heirs[mother.id] = heir

    def _merge(self, number: int, merge: RegionMerge) -> None:
        ending = [self._existing(code, number, f"regions/{place}") for place, code in enumerate(merge.regions)]
        first = next((place for place in ending if place), None)
        if first is None:
            return
        if merge.name is not None:
            into = self._found(FoundedRegion(code=merge.into, name=merge.name), first, number, "into")
        else:
            into = self._existing(merge.into, number, "into")
        if into is None:
            return
        for place, region in enumerate(ending):
            at = f"regions/{place}"
            if region is into:
                self._fault(faults.merged_into_itself(), number, at)
            elif region is not None and region.level is not into.level:
                self._fault(faults.wrong_level(region.code, region.level, into.level), number, at)
            elif region is not None and self._once(region, "merge", number, at):
                region.ended = True
                region.verbs.add("merged")
                self._plan.links.append(Link(region, into, SuccessionKind.MERGE, rights_follow=True))
                self._plan.heirs[region.id] = into

    def _rename(self, number: int, rename: RegionRename) -> None:
        region = self._existing(rename.region, number, "region")
        if region is None or not self._once(region, "rename", number, "region"):
            return
        if region.name == rename.name:
            self._fault(faults.nothing_changes(region.name), number, "name")
        region.name = rename.name
        region.verbs.add("renamed")

    def _recode(self, number: int, recode: RegionRecode | RegionStatus) -> None:
        region = self._existing(recode.region, number, "region")
        if region is None:
            return
        is_village = region.level is RegionLevel.VILLAGE
        if isinstance(recode, RegionStatus) and not is_village:
            self._fault(faults.status_of_villages_only(region.code), number, "region")
        self._give_code(region, recode.code, number, other_kind=isinstance(recode, RegionStatus))
        region.verbs.add("recoded")

    def _transfer(self, number: int, transfer: RegionTransfer) -> None:
        region = self._existing(transfer.region, number, "region")
        parent = self._founded.get(transfer.parent) or self._existing(transfer.parent, number, "parent", touch=False)
        if region is None or parent is None or not self._once(region, "transfer", number, "region"):
            return
        if DEPTH[parent.level] != DEPTH[region.level] - 1:
            self._fault(faults.parent_of_wrong_level(parent.code, parent.level, region.level), number, "parent")
        elif parent.id == region.parent_id:
            self._fault(faults.nothing_changes(parent.code), number, "parent")
        region.parent_id = parent.id
        region.time_zone = parent.time_zone
        region.verbs.add("transferred")
        self._give_code(region, transfer.code, number, other_kind=None)

    def _give_code(self, region: Place, code: str, number: int, *, other_kind: bool | None) -> None:
        """Gives a region an explicit code; `other_kind`: whether the kind must change, null if either will do."""
        if not self._once(region, "code", number, "region"):
            return
        if region.code == code:
            self._fault(faults.nothing_changes(code), number, "code")
        elif table.level_of(code) is not region.level:
            self._fault(faults.wrong_level(code, table.level_of(code), region.level), number, "code")
        elif (kind := self._kind(code, number, "code")) is not None:
            if other_kind is not None and (kind is not region.kind) is not other_kind:
                self._fault(faults.kind_changes(region.kind, kind), number, "code")
            region.kind = kind
            region.code = code
            self._coded.add(region.id)

    def _found(self, part: FoundedRegion, origin: Place, number: int, at: str) -> Place | None:
        if table.level_of(part.code) is not origin.level:
            self._fault(faults.wrong_level(part.code, table.level_of(part.code), origin.level), number, f"{at}/code")
            return None
        if part.code in self._founded:
            self._fault(faults.said_twice(part.code), number, f"{at}/code")
            return None
        kind = self._kind(part.code, number, f"{at}/code")
        if kind is None:
            return None
        id = identity.region_id(part.code)
        if id in self._used_ids:
            # Another region was first loaded under this code: code and day are the identity.
            id = identity.region_id(f"{part.code}/{self._effective_on}")
        place = Place(id, part.code, part.name, kind, origin.time_zone, origin.parent_id, operation=number)
        place.verbs.add("founded")
        self._founded[part.code] = self._plan.places[id] = place
        return place

    def _settle(self) -> None:
        """Puts what was founded below the region whose code its own begins with, if there is one."""
        for place in self._founded.values():
            above = identity.parent_code(place.code) or ""
            parent = self._founded.get(above) or self._today.get(above)
            if parent is not None:
                place.parent_id, place.time_zone = parent.id, parent.time_zone

    def _recode_below(self) -> None:
        """Regions follow the code of their parent, from the province down."""
        for place in sorted(self._plan.places.values(), key=lambda p: DEPTH[p.level]):
            parent = self._plan.places.get(place.parent_id) if place.parent_id else None
            if (
                place.before is None
                or place.id in self._coded
                or place.ended
                or parent is None
                or parent.before is None
            ):
                continue
            was, now = parent.before.code, parent.code
            if was != now and place.code.startswith(f"{was}."):
                place.code = now + place.code[len(was) :]
                place.time_zone = parent.time_zone
                place.verbs.add("recoded")
                place.operation = parent.operation

    def _existing(self, code: str, number: int, at: str, *, touch: bool = True) -> Place | None:
        place = self._today.get(code)
        if place is None:
            self._fault(faults.unknown(code), number, at)
        elif place.level is RegionLevel.NATION and touch:
            self._fault(faults.nation_stays(), number, at)
            return None
        elif touch and place.operation is None:
            place.operation = number
        return place

    def _kind(self, code: str, number: int, at: str) -> RegionKind | None:
        try:
            return table.kind_of(code)
        except ValueError as error:
            self._fault(faults.no_kind(code, str(error)), number, at)
            return None

    def _once(self, place: Place, aspect: str, number: int, at: str) -> bool:
        if (place.id, aspect) in self._said:
            self._fault(faults.said_twice(place.code), number, at)
            return False
        self._said.add((place.id, aspect))
        return True

    def _fault(self, fault: faults.Said, number: int, at: str) -> None:
        self._plan.faults.append(fault.at(f"/operations/{number}/{at}"))


def _place(known: Known) -> Place:
    return Place(known.id, known.code, known.name, known.kind, known.time_zone, known.parent_id, before=known)
