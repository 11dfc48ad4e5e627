"""What crosses HTTP about referrals: what is told, answered, corrected and shown. People are ids."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.activities.activities.answers import WarningOut
from services.activities.activities.fields import Closed
from services.activities.benefits import fields
from services.activities.benefits.fields import Beneficiary, BeneficiaryChange, Giver, GiverChange, Kinds, Notes, Place
from services.activities.benefits.schemas import Again, BeneficiaryOut, GiverOut, KindsOut, Said
from shared.codes import OrganisationKind, ReferralState
from shared.fields import Day
from shared.language import Text
from shared.validation import Invalid

Partner = Annotated[
    UUID, Field(description="A registered partner, anywhere.", examples=["0195a1d2-3b4c-7d5e-8f60-71829304a5b6"])
]
AnswerNotes = Annotated[
    Notes, Field(description="What it said; kept here, never published.", examples=["Kuota bulan ini penuh."])
]


class ReferralContent(Closed):
    """That somebody was sent on to a partner."""

    beneficiary: Beneficiary
    ppks_kinds: Kinds = []
    giver: Annotated[Giver, Field(description="Who referred.")]
    partner_id: Partner
    referred_on: Annotated[Day, Field(description="Local day on which it was made.")]
    village: Annotated[Place | None, Field(description="Where; left out: where the activity is held.")] = None
    activity_id: Annotated[UUID | None, Field(description="The activity of your area at which it was made.")] = None
    notes: Notes | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        fields.of_the_unit(self.ppks_kinds, self.beneficiary.unit)
        fields.without_words(self.ppks_kinds, self.notes)
        fields.somewhere(self.village, self.activity_id)
        if self.giver.organisation is OrganisationKind.PARTNER and self.giver.id == self.partner_id:
            raise Invalid(
                "partner-is-giver",
                Text("Mitra tidak merujuk ke dirinya sendiri.", "A partner does not refer to itself."),
                Text("Pilih mitra lain.", "Choose another partner."),
                at="partner_id",
            )
        return self


class ReferralIn(ReferralContent):
    """A referral to be recorded."""

    id: Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")] = None
    again: Again = False


class Answer(Closed):
    """What the partner answered, or that the service is done."""

    state: Annotated[ReferralState, Field(description="Not `diajukan`.", examples=["diterima"])]
    answered_on: Annotated[Day, Field(description="Local day of the answer.")]
    notes: AnswerNotes | None = None


class ReferralCorrected(ReferralContent):
    """A referral as it can be corrected, its answer included."""

    state: ReferralState
    answered_on: Day | None = None
    answer_notes: AnswerNotes | None = None

    @model_validator(mode="after")
    def _answered_on_a_day(self) -> Self:
        if (self.state is ReferralState.DIAJUKAN) != (self.answered_on is None):
            raise Invalid(
                "answer-disagrees",
                Text("Keadaan dan hari jawabannya tidak cocok.", "The state and the day of the answer do not agree."),
                Text(
                    "`diajukan` tanpa answered_on; keadaan lain dengan answered_on.",
                    "`diajukan` without answered_on; any other state with it.",
                ),
                at="answered_on",
            )
        if self.answered_on and self.answered_on < self.referred_on:
            raise Invalid(
                "answered-before-referral",
                Text("Jawabannya sebelum hari rujukan.", "The answer is before the day of the referral."),
                Text("Perbaiki salah satu tanggal.", "Correct one of the two dates."),
                at="answered_on",
            )
        fields.without_words(self.ppks_kinds, self.answer_notes, at="answer_notes")
        return self


class ReferralChange(Closed):
    """Merge patch of a referral: what is left out stays, null removes."""

    beneficiary: BeneficiaryChange | None = None
    ppks_kinds: Kinds | None = None
    giver: GiverChange | None = None
    partner_id: UUID | None = None
    referred_on: Day | None = None
    village: Place | None = None
    activity_id: UUID | None = None
    notes: Notes | None = None
    state: ReferralState | None = None
    answered_on: Day | None = None
    answer_notes: AnswerNotes | None = None


class ReferralCorrection(ReferralChange):
    """What was recorded wrongly: a merge patch, and why."""

    reason: Said
    again: Again = False

    def change(self) -> ReferralChange:
        """The patch alone."""
        return ReferralChange.model_validate(self.model_dump(exclude_unset=True, exclude={"reason", "again"}))


class ReferralOut(BaseModel):
    """A referral as it stands."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[1])]
    beneficiary: BeneficiaryOut
    ppks_kinds: KindsOut
    giver: Annotated[GiverOut, Field(description="Who referred.")]
    partner_id: Partner
    referred_on: date
    state: ReferralState
    answered_on: Annotated[date | None, Field(description="Day of the newest answer; null: none yet.")]
    waiting_since: Annotated[date | None, Field(description="Day since which no answer came; null: there is one.")]
    village: Annotated[
        str, Field(description="Kemendagri code of today of where it was made.", examples=["32.04.05.2001"])
    ]
    village_id: UUID
    activity_id: UUID | None
    notes: Annotated[str | None, Field(description="Null in a list.", examples=["Butuh kursi roda."])]
    answer_notes: Annotated[str | None, Field(description="Null in a list.", examples=["Kuota bulan ini penuh."])]
    benefit_id: Annotated[UUID | None, Field(description="The benefit of help `rujukan` that it is; null in a list.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime
    warnings: Annotated[list[WarningOut], Field(description="In the answer to a write only.", examples=[[]])] = []
