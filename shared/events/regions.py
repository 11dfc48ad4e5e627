"""What registry publishes about regions: dated codes, names and ancestors, and who took over from whom."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes import CodeSystem, Confidence, RegionKind, RegionLevel, SuccessionKind
from shared.events.envelope import Part, State


class RegionCode(Part):
    """A dated code of a region. `since` null: since before the records begin; `until` null: still in use."""

    system: CodeSystem
    code: Annotated[str, Field(examples=["11.01.01.2001"])]
    since: date | None = None
    until: date | None = None
    decree: str | None = None


class Lineage(Part):
    """The ancestors of a region, from the nation down to its parent, while `[since, until)` lasts."""

    ancestors: list[UUID]
    since: date | None = None
    until: date | None = None


class RegionName(Part):
    """A dated name of a region. `since` null: since before the records begin; `until` null: still in use."""

    name: str
    since: date | None = None
    until: date | None = None
    decree: str | None = None


class Succession(Part):
    """A region that took over from this one, wholly or in part."""

    region_id: UUID
    kind: SuccessionKind
    on: date
    confidence: Confidence
    decree: str | None = None
    rights_follow: Annotated[
        bool, Field(description="The people responsible for the former region are responsible for this one too.")
    ] = False
    takes_records: Annotated[
        bool, Field(description="What lay in the former region when it ended is this one's since.")
    ] = False


class AppliedChange(Part):
    """A region change that touched a region: its number, in the order of application without gaps, and how many regions
    it touched in all."""

    number: Annotated[int, Field(ge=1, le=1_000_000, examples=[3])]
    regions: Annotated[int, Field(ge=1, le=1_000_000, examples=[280])]


class Region(State):
    """A region with its dated codes and ancestors. Its subject id stays the same when it is recoded or renamed."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "region"
    FACTS: ClassVar[tuple[str, ...]] = (
        "loaded", "renamed", "recoded", "transferred", "split", "merged", "founded", "corrected",
    )  # fmt: skip

    level: RegionLevel
    kind: RegionKind
    name: str
    time_zone: Annotated[str, Field(description="IANA zone: WIB, WITA or WIT.", examples=["Asia/Jakarta"])]
    codes: list[RegionCode]
    lineage: list[Lineage]
    since: Annotated[date | None, Field(description="First day it existed; null: before the records begin.")] = None
    until: Annotated[date | None, Field(description="First day it no longer existed; null while it does.")] = None
    local_level: Annotated[
        str | None, Field(description="What people there call this level.", examples=["nagari", "gampong"])
    ] = None
    names: Annotated[
        list[RegionName],
        Field(description="Its names over time, the one of today last; empty if it never had another."),
    ] = []
    successors: Annotated[
        list[Succession],
        Field(
            description="What came out of it: of one that ended, who took over; of one that goes on, what was split off."
        ),
    ] = []
    changes: Annotated[
        list[AppliedChange], Field(description="Every region change that has touched it, the newest last.")
    ] = []
