"""What crosses HTTP about partnerships. `valid_until` is the last valid day; `ended_on` the first day no longer so."""

from datetime import date, datetime
from typing import Annotated, Self, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from services.registry.partners.fields import RegionCode
from shared.codes import ContributionKind, PartnerKind
from shared.fields import Day, Name, printable, unix_lines
from shared.language import Text
from shared.step_bodies import Reason
from shared.validation import Invalid

MOST_PARTIES = 500
MOST_AREAS = 200
MOST_CONTRIBUTIONS = 50
MOST_RUPIAH = 10**15
Item = TypeVar("Item")


def _once(items: list[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


Ids = Annotated[list[UUID], Field(max_length=MOST_PARTIES), AfterValidator(_once)]
Title = Annotated[Name, Field(examples=["Bantuan modal KUBE 2026"])]
Number = Annotated[Name, Field(description="Number of the written agreement.", examples=["07/MoU/2026"])]
Since = Annotated[Day, Field(description="First day in force; may lie ahead.", examples=["2026-01-01"])]
ValidUntil = Annotated[
    Day, Field(description="Last agreed day; if missing, no end is set.", examples=["2026-12-31"])
]  # fmt: skip
Institutions = Annotated[Ids, Field(description="Institutions that are parties; they must lie in your area.")]
Networks = Annotated[Ids, Field(description="Networks that are parties; they must lie in your area.")]
Areas = Annotated[
    list[RegionCode],
    Field(max_length=MOST_AREAS, description="Regions it covers, of any level: in your area, or holding it.",
          examples=[["32.04.05"]]),
    AfterValidator(_once),
]  # fmt: skip
Rupiah = Annotated[int, Field(strict=True, ge=0, le=MOST_RUPIAH, examples=[25000000])]
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
]


class PromisedContribution(BaseModel):
    """What the partner promises. Only kind and value are published."""

    model_config = ConfigDict(extra="forbid")

    kind: Annotated[ContributionKind, Field(examples=["uang"])]
    value: Annotated[Rupiah | None, Field(description="In whole rupiah; null: not stated.")] = None
    description: Annotated[Words | None, Field(examples=["Modal usaha bergulir untuk lima kelompok."])] = None


Contributions = Annotated[list[PromisedContribution], Field(max_length=MOST_CONTRIBUTIONS)]


class PartnershipContent(BaseModel):
    """What is declared about an agreement."""

    model_config = ConfigDict(extra="forbid")

    partner_id: Annotated[UUID, Field(description="A partner that you may see.")]
    institution_ids: Institutions = []
    network_ids: Networks = []
    title: Title
    number: Number | None = None
    since: Since
    valid_until: ValidUntil | None = None
    areas: Areas = []
    contributions: Contributions = []

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.institution_ids and not self.network_ids:
            raise Invalid(
                "partnership-without-parties",
                Text("Perjanjian ini tidak menyebut lembaga atau jaringan.", "It names no institution and no network."),
                Text("Isi `institution_ids` atau `network_ids`.", "Give `institution_ids` or `network_ids`."),
                at="institution_ids",
            )
        if self.valid_until is not None and self.valid_until < self.since:
            raise Invalid(
                "valid-until-before-since",
                Text("Berakhir sebelum mulai.", f"It would end on {self.valid_until}, before it begins."),
                Text("Perbaiki `since` atau `valid_until`.", "Correct `since` or `valid_until`."),
                at="valid_until",
            )
        return self


class PartnershipIn(PartnershipContent):
    """A new agreement. `id` may be made by the sender."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e71"]),
    ] = None  # fmt: skip


class PartnershipPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes, a list replaces the whole list."""

    model_config = ConfigDict(extra="forbid")

    partner_id: UUID | None = None
    institution_ids: Institutions | None = None
    network_ids: Networks | None = None
    title: Title | None = None
    number: Number | None = None
    since: Since | None = None
    valid_until: ValidUntil | None = None
    areas: Areas | None = None
    contributions: Contributions | None = None


class PartnershipOut(BaseModel):
    """An agreement as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e71"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    partner_id: UUID
    partner_kind: PartnerKind
    partner_name: Annotated[
        str | None,
        Field(description="Null for kind `perorangan` unless you may read people.", examples=["PT Sinar Cileunyi"]),
    ]
    institution_ids: list[UUID]
    network_ids: list[UUID]
    title: Annotated[str, Field(examples=["Bantuan modal KUBE 2026"])]
    number: Annotated[str | None, Field(examples=["07/MoU/2026"])]
    since: Annotated[date, Field(description="First day in force.", examples=["2026-01-01"])]
    valid_until: Annotated[date | None, Field(description="Last agreed day; null: no end is set.")]
    ended_on: Annotated[
        date | None, Field(description="First day no longer in force, of one that was ended early.", examples=[None])
    ]
    areas: Annotated[list[str], Field(description="Codes of the regions it covers.", examples=[["32.04.05"]])]
    contributions: list[PromisedContribution]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime


class Termination(Reason):
    """When an agreement ends before its time, and why."""

    on: Annotated[Day, Field(description="First day no longer in force; may lie ahead.", examples=["2026-07-01"])]
