"""What crosses HTTP about institutions: the record as it is sent, patched and answered, and the bodies of its steps."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.institutions.fields import (
    ActivityFields,
    Contact,
    Coordinates,
    Funding,
    FundingSources,
    Members,
    MembersPatch,
    PpksKinds,
)
from services.registry.type_fields.values import Extra, ExtraPatch
from shared.codes import ActivityField, InstitutionType, LegalStatus, Operation, Origin, PpksKind, Verification
from shared.events.envelope import Spell
from shared.fields import Day, Name, VillageCode
from shared.language import Text
from shared.step_bodies import Reason
from shared.validation import Invalid

Type = Annotated[InstitutionType, Field(description="Type of local institution.", examples=["ARS"])]
LocalName = Annotated[Name, Field(description="What people there call it; required for type PRS.", examples=["Jimpitan"])]  # fmt: skip
Founded = Annotated[Day, Field(description="Day it was founded, as far as known.", examples=["2015-08-17"])]
ActiveFrom = Annotated[
    Day, Field(description="First day at work; numbers count it from here. If missing: `founded_on`.", examples=["2015-09-01"])
]  # fmt: skip
Village = Annotated[
    VillageCode, Field(description="Seat: Kemendagri code of a village, with or without dots.", examples=["32.04.05.2001"])
]  # fmt: skip
FurtherFields = Annotated[
    Extra,
    Field(description="Further fields of its type: GET /v1/institution-types/{type}/fields.",
          examples=[{"business": "Keripik singkong", "households": 10}]),
]  # fmt: skip


class Content(BaseModel):
    """What is declared about an institution: the part of the record that its keepers write themselves."""

    model_config = ConfigDict(extra="forbid")

    type: Type
    name: Annotated[Name, Field(examples=["Arisan Melati RW 03"])]
    local_name: LocalName | None = None
    origin: Annotated[Origin, Field(description="Grown by itself, or formed on purpose.", examples=["tumbuh"])]
    legal_status: Annotated[LegalStatus, Field(examples=["tidak_berbadan_hukum"])]
    village: Village
    founded_on: Founded | None = None
    active_from: ActiveFrom | None = None
    members: Members | None = None
    activity_fields: ActivityFields = []
    ppks_kinds: PpksKinds = []
    funding_sources: FundingSources = []
    contact: Contact | None = None
    coordinates: Coordinates | None = None
    extra: FurtherFields | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.type is InstitutionType.PRS and self.local_name is None:
            raise Invalid(
                "local-name-required",
                Text("Pranata sosial lainnya (PRS) wajib memiliki nama lokal.", "Type PRS needs its local name."),
                Text("Isi `local_name` dengan sebutan setempat.", "Give in `local_name` what people there call it."),
                at="local_name",
            )
        # An empty object says as much as none.
        self.extra = self.extra or None
        if self.contact == Contact():
            self.contact = None
        if self.active_from is None:
            self.active_from = self.founded_on
        if self.active_from is None:
            raise Invalid(
                "start-unknown",
                Text("Hari mulai tidak diketahui.", "The day it began is not known."),
                Text("Isi `active_from` atau `founded_on`.", "Give `active_from` or `founded_on`."),
                at="active_from",
            )
        if self.founded_on is not None and self.active_from < self.founded_on:
            raise Invalid(
                "active-before-founded",
                Text("Mulai bekerja sebelum didirikan.", f"Active from {self.active_from}, before it was founded."),
                Text("Perbaiki `active_from` atau `founded_on`.", "Correct `active_from` or `founded_on`."),
                at="active_from",
            )
        return self


class InstitutionIn(Content):
    """A new institution. `id` may be made by the sender, so that a record taken offline keeps it."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip


class Changed(Content):
    """The content after a change; `moved_on` makes a change of the village a move instead of a correction."""

    moved_on: Annotated[Day | None, Field(description="First day at the new seat.")] = None


class InstitutionPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. A new `village` corrects the seat, with `moved_on` it moves."""

    model_config = ConfigDict(extra="forbid")

    type: Type | None = None
    name: Annotated[Name | None, Field(examples=["Arisan Melati RW 03"])] = None
    local_name: LocalName | None = None
    origin: Annotated[Origin | None, Field(examples=["tumbuh"])] = None
    legal_status: Annotated[LegalStatus | None, Field(examples=["tidak_berbadan_hukum"])] = None
    village: Village | None = None
    moved_on: Annotated[
        Day | None,
        Field(description="First day at the new seat. Without it a new `village` corrects the seat.",
              examples=["2026-01-01"]),
    ] = None  # fmt: skip
    founded_on: Founded | None = None
    active_from: ActiveFrom | None = None
    members: MembersPatch | None = None
    activity_fields: ActivityFields | None = None
    ppks_kinds: PpksKinds | None = None
    funding_sources: FundingSources | None = None
    contact: Annotated[Contact | None, Field(description="Parts left out stay.")] = None
    coordinates: Annotated[Coordinates | None, Field(description="Both together.")] = None
    extra: Annotated[
        ExtraPatch | None,
        Field(description="Fields left out stay, `null` removes one.", examples=[{"business": "Keripik singkong"}]),
    ] = None


class SeatOut(BaseModel):
    """The village of the seat over `[since, until)`; null `since`: from the beginning, null `until`: it lasts."""

    village: Annotated[str, Field(description="Its Kemendagri code.", examples=["32.04.05.2001"])]
    village_id: UUID
    since: Annotated[date | None, Field(examples=[None])]
    until: Annotated[date | None, Field(examples=[None])]


class AbsorbedOut(BaseModel):
    """An institution that was merged into this one, or into one that was."""

    institution_id: UUID
    type: InstitutionType
    merged_on: Annotated[date, Field(description="First day on which it was part of its successor.")]


class InstitutionOut(BaseModel):
    """An institution as it stands. While a change request is pending this is still the verified version."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[4])]
    type: InstitutionType
    name: Annotated[str, Field(examples=["Arisan Melati RW 03"])]
    local_name: Annotated[str | None, Field(examples=["Jimpitan"])]
    origin: Origin
    legal_status: LegalStatus
    village: Annotated[str, Field(description="Kemendagri code of today's seat.", examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str, Field(description="Its official name.", examples=["Cileunyi Kulon"])]
    founded_on: date | None
    active_from: Annotated[date, Field(description="First day at work.", examples=["2015-09-01"])]
    members: Members | None
    activity_fields: list[ActivityField]
    ppks_kinds: Annotated[list[PpksKind], Field(description="Kinds of PPKS it serves.")]
    funding_sources: list[Funding]
    contact: Contact | None
    coordinates: Coordinates | None
    extra: Annotated[
        dict[str, Any] | None, Field(description="Further fields of its type.", examples=[{"business": "Keripik"}])
    ]
    extra_version: Annotated[
        int | None, Field(description="Version of the type's fields by which `extra` was written.", examples=[1])
    ]
    verification: Verification
    operation: Operation
    active: Annotated[list[Spell], Field(description="Days at work, oldest first; gaps are dormancy or closure.")]
    closed_on: Annotated[date | None, Field(description="First day it was closed; null unless it is.")]
    successor_id: Annotated[UUID | None, Field(description="The institution it was merged into on `closed_on`.")]
    absorbed: Annotated[
        list[AbsorbedOut], Field(description="Those that were merged into this one, also through others.")
    ]
    seats: Annotated[list[SeatOut], Field(description="Villages of the seat, oldest first.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    pending_change_request_id: Annotated[
        UUID | None, Field(description="A change of this verified record that is on its way; null if there is none.")
    ]
    registered_at: datetime
    changed_at: datetime


class InstitutionRead(InstitutionOut):
    """An institution that is read by itself: with its named members of today, which are no part of its version."""

    named_members: Annotated[
        Members,
        Field(description="People with a membership that holds today at the seat, each counted once. `members` are those"
              " that are only declared: the two are never added."),
    ]  # fmt: skip


class Closure(Reason):
    """The day it ended."""

    on: Annotated[Day, Field(description="First day it was closed.", examples=["2026-02-01"])]


class Merger(Reason):
    """What it became part of, and since when."""

    successor_id: Annotated[
        UUID,
        Field(description="A verified institution that goes on.", examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e70"]),
    ]
    on: Annotated[Day, Field(description="First day on which it was part of its successor.", examples=["2026-01-01"])]
