"""What crosses HTTP about benefits: what is told, corrected and answered. People are ids, and nobody has a name here."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, field_validator, model_validator

from services.activities.activities.answers import WarningOut
from services.activities.activities.fields import Closed
from services.activities.benefits import fields
from services.activities.benefits.fields import (
    Beneficiary,
    BeneficiaryChange,
    Giver,
    GiverChange,
    Kinds,
    Notes,
    Place,
    Rupiah,
)
from shared.codes import BeneficiaryUnit, HelpKind, OrganisationKind, PpksKind
from shared.fields import Day, Reason
from shared.language import Text
from shared.validation import Invalid

Again = Annotated[
    bool,
    Field(description="Another one like it was given the same day: this is not the same, told twice.", examples=[False]),
]  # fmt: skip
Said = Annotated[
    Reason, Field(description="Why; kept in the history, never published.", examples=["Salah ketik nilai"])
]


class BenefitContent(Closed):
    """Help that was given, as it can be corrected."""

    beneficiary: Beneficiary
    ppks_kinds: Kinds = []
    help: Annotated[HelpKind, Field(description="Not `rujukan`: that is a referral.", examples=["uang"])]
    value: Rupiah | None = None
    giver: Giver
    given_on: Annotated[Day, Field(description="Local day on which it was given.")]
    village: Annotated[Place | None, Field(description="Where; left out: where the activity is held.")] = None
    activity_id: Annotated[UUID | None, Field(description="The activity of your area at which it was given.")] = None
    notes: Notes | None = None

    @field_validator("help")
    @classmethod
    def _no_referral(cls, help: HelpKind) -> HelpKind:
        if help is HelpKind.RUJUKAN:
            raise Invalid(
                "referral-elsewhere",
                Text("Rujukan tidak dicatat di sini.", "A referral is not recorded here."),
                Text(
                    "Catat dengan POST /v1/referrals: bantuannya tercatat bersamanya.",
                    "Record it by POST /v1/referrals: the benefit comes with it.",
                ),
            )
        return help

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        fields.of_the_unit(self.ppks_kinds, self.beneficiary.unit)
        fields.without_words(self.ppks_kinds, self.notes)
        fields.somewhere(self.village, self.activity_id)
        return self


class BenefitIn(BenefitContent):
    """A benefit to be recorded."""

    id: Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")] = None
    again: Again = False


class BenefitChange(Closed):
    """Merge patch of a benefit: what is left out stays, null removes."""

    beneficiary: BeneficiaryChange | None = None
    ppks_kinds: Kinds | None = None
    help: HelpKind | None = None
    value: Rupiah | None = None
    giver: GiverChange | None = None
    given_on: Day | None = None
    village: Place | None = None
    activity_id: UUID | None = None
    notes: Notes | None = None


class BenefitCorrection(BenefitChange):
    """What was recorded wrongly: a merge patch, and why."""

    reason: Said
    again: Again = False

    def change(self) -> BenefitChange:
        """The patch alone."""
        return BenefitChange.model_validate(self.model_dump(exclude_unset=True, exclude={"reason", "again"}))


class BeneficiaryOut(BaseModel):
    """Who was helped, by id."""

    unit: BeneficiaryUnit
    id: UUID


class GiverOut(BaseModel):
    """Who helped, by id."""

    organisation: OrganisationKind
    id: UUID


KindsOut = Annotated[
    list[PpksKind] | None,
    Field(
        description="Kinds it was of at the time. Null in a list, if one of them is shown only record by record.",
        examples=[["LUT"]],
    ),
]


class BenefitOut(BaseModel):
    """A benefit as it stands."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[1])]
    beneficiary: BeneficiaryOut
    ppks_kinds: KindsOut
    help: HelpKind
    value: Annotated[int | None, Field(description="Whole rupiah; null: not stated.", examples=[150000])]
    giver: GiverOut
    given_on: date
    village: Annotated[
        str,
        Field(description="Kemendagri code of today of where it was given.", examples=["32.04.05.2001"]),
    ]
    village_id: UUID
    activity_id: UUID | None
    referral_id: Annotated[UUID | None, Field(description="Of help `rujukan`: its referral.")]
    notes: Annotated[str | None, Field(description="Null in a list.", examples=["Diantar oleh kader posyandu."])]
    member_that_day: Annotated[
        bool | None,
        Field(
            description="Whether the person, or the head of the family, was a member of the giver, as known when this was "
            "written; numbers ask anew. Null for a community, and for help by a partner.",
            examples=[False],
        ),
    ]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime
    warnings: Annotated[
        list[WarningOut],
        Field(description="In the answer to a write only.", examples=[[]]),
    ] = []
