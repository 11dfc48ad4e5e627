"""What registry publishes about institutions. No personal data: officers are terms without persons."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes import (
    ActivityField,
    DevelopmentStage,
    DocumentKind,
    FacilityClass,
    FacilityCondition,
    FundingSource,
    InstitutionType,
    LegalStatus,
    Operation,
    Origin,
    PpksKind,
    Role,
    Verification,
)
from shared.events.envelope import Part, Spell, State


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


class Document(Part):
    """A document that is in force over `[since, until)`; `until` null: no end is set."""

    kind: DocumentKind
    number: str | None = None
    since: date
    until: Annotated[
        date | None, Field(description="First day it was no longer valid: the day after `valid_until`.")
    ] = None


class FacilityCheck(Part):
    """The condition a check found on a day."""

    on: date
    condition: FacilityCondition


class Facility(Part):
    """An item of sarana prasarana, there over `[since, until)`, and what its checks found, oldest first."""

    facility_class: FacilityClass
    name: str
    since: date
    until: Annotated[date | None, Field(description="First day it was no longer there; null while it is.")] = None
    checks: list[FacilityCheck] = []


class Assessment(Part):
    """A stage found by an assessment on a day, by a version of an instrument."""

    on: date
    stage: DevelopmentStage
    instrument: Annotated[str, Field(examples=["KUBE 2012, 1"])]


class Term(Part):
    """A role that somebody holds over `[since, until)`. Who it is stays out: a number needs the term only."""

    role: Role
    since: date
    until: Annotated[date | None, Field(description="First day no longer in office; null: no end is set.")] = None


class Absorbed(Part):
    """An institution that was merged into this one: what it was until then, so that no chain has to be looked up."""

    institution_id: UUID
    type: InstitutionType
    active: list[Spell]
    seats: list[Seat]
    merged_on: Annotated[date, Field(description="First day on which it was part of this one.")]


class Institution(State):
    """A local institution. A pending change of a verified record is not public and not in here."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "institution"
    FACTS: ClassVar[tuple[str, ...]] = (
        "registered", "changed", "submitted", "reviewed", "verified", "returned", "rejected",
        "made_dormant", "reactivated", "closed", "reopened", "voided",
        "document_recorded", "document_changed", "document_voided",
        "facility_recorded", "facility_changed", "facility_checked", "facility_voided",
        "stage_assessed", "assessment_voided", "officers_changed", "merged", "absorbed",
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
    activity_fields: list[ActivityField] = []
    ppks_kinds: Annotated[list[PpksKind], Field(description="Kinds of PPKS it serves; says nothing of anybody.")] = []
    funding_sources: list[FundingSource] = []
    documents: list[Document] = []
    facilities: list[Facility] = []
    assessments: Annotated[list[Assessment], Field(description="Oldest first.")] = []
    officers: Annotated[list[Term], Field(description="Terms of its officers, without who they are.")] = []
    absorbed: Annotated[
        list[Absorbed], Field(description="All that were merged into this one, also through others.")
    ] = []
    successor_id: Annotated[UUID | None, Field(description="The institution it was merged into.")] = None
