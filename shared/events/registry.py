"""What registry publishes: regions and institutions. No personal data: names of people never leave registry."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes import (
    CodeSystem,
    InstitutionType,
    LegalStatus,
    Operation,
    Origin,
    RegionKind,
    RegionLevel,
    Verification,
)
from shared.events.envelope import Part, Spell, State


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


class Region(State):
    """A region with its dated codes and ancestors. Its subject id stays the same when it is recoded or renamed."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "region"
    FACTS: ClassVar[tuple[str, ...]] = ("loaded", "renamed")

    level: RegionLevel
    kind: RegionKind
    name: str
    time_zone: Annotated[str, Field(description="IANA zone: WIB, WITA or WIT.", examples=["Asia/Jakarta"])]
    codes: list[RegionCode]
    lineage: list[Lineage]
    since: Annotated[date | None, Field(description="First day it existed; null: before the records begin.")] = None
    until: Annotated[date | None, Field(description="First day it no longer existed; null while it does.")] = None


class Seat(Part):
    """The village an institution has its seat in, over `[since, until)`."""

    village_id: UUID
    since: Annotated[date | None, Field(description="First day there; null: from the beginning.")] = None
    until: Annotated[date | None, Field(description="First day no longer there; null while it lasts.")] = None


class MemberCounts(Part):
    """Declared members by sex; `unknown` are members whose sex was not given."""

    female: Annotated[int, Field(ge=0, examples=[12])] = 0
    male: Annotated[int, Field(ge=0, examples=[12])] = 0
    unknown: Annotated[int, Field(ge=0, examples=[12])] = 0


class Institution(State):
    """A local institution. A pending change of a verified record is not public and not in here."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "institution"
    FACTS: ClassVar[tuple[str, ...]] = (
        "registered", "changed", "submitted", "reviewed", "verified", "returned", "rejected",
        "made_dormant", "reactivated", "closed", "reopened", "voided",
    )  # fmt: skip

    type: InstitutionType
    name: str
    local_name: str | None = None
    origin: Origin
    legal_status: LegalStatus
    founded_on: date | None = None
    members: MemberCounts | None = None
    verification: Verification
    operation: Operation
    active: Annotated[list[Spell], Field(description="Days at work: from `active_from`, less dormant spells.")]
    seats: Annotated[list[Seat], Field(min_length=1)]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


STATES: tuple[type[State], ...] = (Region, Institution)
