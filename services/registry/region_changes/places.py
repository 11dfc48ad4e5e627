"""The copy of the part of the region tree that a change touches, on which it is worked out. Pure."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.registry.regions import table
from shared.codes import RegionKind, RegionLevel, SuccessionKind
from shared.problems import Fault

DEPTH = {level: depth for depth, level in enumerate(RegionLevel)}
_VERBS = ("merged", "split", "founded", "transferred", "recoded", "renamed")
"""The fact that a region's event is called by is the first of these that happened to it."""


class Known(NamedTuple):
    """A region as it is before the change. `latest`: first day of what was last changed about it."""

    id: UUID
    code: str
    name: str
    kind: RegionKind
    time_zone: str
    parent_id: UUID | None
    latest: date | None = None


@dataclass(slots=True, eq=False)
class Place:
    """A region in the copy; `before` is null for one that the change founds. `operation` is the first that touches it;
    what lies below it is touched by the same one."""

    id: UUID
    code: str
    name: str
    kind: RegionKind
    time_zone: str
    parent_id: UUID | None
    before: Known | None = None
    operation: int | None = None
    ended: bool = False
    verbs: set[str] = field(default_factory=set)

    @property
    def level(self) -> RegionLevel:
        """The level that its code says."""
        return table.level_of(self.code)

    @property
    def verb(self) -> str | None:
        """The fact that its event tells; None if nothing happens to it."""
        return next((verb for verb in _VERBS if verb in self.verbs), None)


class Link(NamedTuple):
    """A succession that the change decides."""

    before: Place
    after: Place
    kind: SuccessionKind
    rights_follow: bool


@dataclass(slots=True)
class Plan:
    """What a change would do: the places it touches, parents first; who succeeds whom; what is wrong with it.

    `heirs`: who takes what is registered in a region that ends.
    """

    touched: list[Place] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    heirs: dict[UUID, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    places: dict[UUID, Place] = field(default_factory=dict)

    def parent(self, place: Place) -> Place | None:
        """The parent of a place in the copy, as it would be after the change."""
        return self.places.get(place.parent_id) if place.parent_id else None
