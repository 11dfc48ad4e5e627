"""What crosses HTTP about activities on its way in: descriptions, plans, completions, steps, and merge patches."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator

from services.activities.activities.fields import (
    Closed,
    CulturalValues,
    Institutions,
    Partners,
    Place,
    Prose,
    Reason,
    Title,
)
from services.activities.activities.headcounts import Attended, Invited
from services.activities.activities.taking_part import Parties, WholePlace
from services.activities.attendance.schemas import FirstSheet
from shared.codes import ActivityKind, PpksKind, Strategy
from shared.fields import Day
from shared.language import Text
from shared.validation import Invalid


class TargetGroup(Closed):
    """Whom it is meant for: members of the organisers, PPKS kinds, or both."""

    members: bool = False
    ppks_kinds: Annotated[list[PpksKind], Field(max_length=26, examples=[["LUT", "FM"]])] = []


class Plan(Closed):
    """When it is to be held. `planned_until` is the last planned day."""

    planned_from: Day
    planned_until: Day

    @field_validator("planned_until")
    @classmethod
    def _after_start(cls, until: Any, info: ValidationInfo) -> Any:
        return _not_before(until, info.data.get("planned_from"), "end-before-start")


class Completion(Closed):
    """When it was held and how many came. `held_until` is the last day; periods count by it. Who was invited may be told
    before anybody was counted or named: attendance is measured once somebody was."""

    held_from: Day
    held_until: Day
    invited: Invited | None = None
    attended: Attended | None = None

    @field_validator("held_until")
    @classmethod
    def _after_start(cls, until: Any, info: ValidationInfo) -> Any:
        return _not_before(until, info.data.get("held_from"), "completion-before-start")


class CompletionIn(Completion):
    """When it was held, how many came and, if they are known, who."""

    attendance: Annotated[
        FirstSheet | None, Field(description="The first sheet of people who came; more: POST /v1/attendance-sheets.")
    ] = None


class Description(Closed):
    """What an activity is, where, and who holds it with and for whom."""

    title: Annotated[Title, Field(examples=["Kerja bakti saluran air"])]
    kind: Annotated[ActivityKind, Field(examples=["gotong_royong"])]
    strategy: Annotated[Strategy | None, Field(examples=["pemberdayaan"])] = None
    objective: Annotated[Prose | None, Field(examples=["Saluran bersih sebelum musim hujan"])] = None
    target_group: TargetGroup | None = None
    village: Place
    lead_institution_id: Annotated[
        UUID,
        Field(
            description="Its seat lies in your area. It is at work on the first day; it may close in the course of it."
        ),
    ]
    co_organiser_ids: Annotated[
        Institutions, Field(max_length=50, description="Have their seat anywhere and are at work on the first day.")
    ] = []
    partners: Annotated[
        Partners,
        Field(
            description="Other organisations, by name; each once, whatever its spelling, and none that organises it."
        ),
    ] = []
    target_institution_ids: Annotated[Institutions, Field(max_length=500, description="Whom it serves.")] = []
    parties: Annotated[
        Parties, Field(description="Networks and registered partners; each once, none of them an organiser.")
    ] = []
    cultural_value_ids: Annotated[CulturalValues, Field(description="Local cultural values it practises.")] = []
    place: WholePlace = None
    programme_id: Annotated[UUID | None, Field(description="The yearly programme it belongs to.")] = None
    experience_id: Annotated[UUID | None, Field(description="The experience it was made after.")] = None

    @field_validator("target_group")
    @classmethod
    def _names_somebody(cls, group: TargetGroup | None) -> TargetGroup | None:
        if group and not group.members and not group.ppks_kinds:
            raise Invalid(
                "target-group-empty",
                Text("Kelompok sasaran tidak menyebut siapa pun.", "The target group names nobody."),
                Text(
                    "Pilih `members`, satu jenis PPKS, atau kosongkan sasaran.",
                    "Choose `members`, a PPKS kind, or leave the target group out.",
                ),
            )
        return group

    @field_validator("co_organiser_ids")
    @classmethod
    def _lead_is_no_co_organiser(cls, ids: list[UUID], info: ValidationInfo) -> list[UUID]:
        lead = info.data.get("lead_institution_id")
        if lead in ids:
            raise Invalid(
                "lead-among-co-organisers",
                Text("Penyelenggara utama tidak disebut lagi di sini.", "The lead is not named here again."),
                Text("Hapus dari daftar ini.", "Remove it from this list."),
                at=str(ids.index(lead)),
            )
        return ids


class ActivityIn(Description):
    """An activity to plan, or to record after it was held; with `plan`, `completion` or both."""

    id: Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")] = None
    plan: Plan | None = None
    completion: CompletionIn | None = None

    @model_validator(mode="after")
    def _has_a_day(self) -> Self:
        if not self.plan and not self.completion:
            raise Invalid(
                "neither-planned-nor-held",
                Text("Tidak ada rencana dan tidak ada pelaksanaan.", "There is neither a plan nor a completion."),
                Text("Isi `plan`, `completion`, atau keduanya.", "Give `plan`, `completion` or both."),
                at="plan",
            )
        return self

    @model_validator(mode="after")
    def _planned_before_it_was_over(self) -> Self:
        if self.plan and self.completion and self.plan.planned_from > self.completion.held_until:
            raise Invalid(
                "plan-after-completion",
                Text(
                    f"Rencana mulai {self.plan.planned_from}, padahal sudah selesai {self.completion.held_until}.",
                    f"The plan begins on {self.plan.planned_from}; it was over on {self.completion.held_until}.",
                ),
                Text(
                    "Perbaiki tanggalnya, atau hapus `plan`: yang baru dicatat setelah selesai tidak direncanakan.",
                    "Correct the dates, or leave out `plan`: what is recorded afterwards was not planned here.",
                ),
                at="plan/planned_from",
            )
        return self


class Rescheduling(Plan):
    """New dates for an activity that is planned."""

    reason: Reason | None = None


class Cancellation(Closed):
    """Why it will not be held."""

    reason: Reason


class Voiding(Closed):
    """Why the record was an entry error. It will count nowhere, for no period."""

    reason: Reason


def _not_before(until: Any, start: Any, code: str) -> Any:
    if start is not None and until < start:
        raise Invalid(
            code,
            Text(
                f"Hari terakhir {until} sebelum hari pertama {start}.",
                f"The last day {until} is before the first {start}.",
            ),
            Text("Perbaiki salah satu tanggal.", "Correct one of the two dates."),
        )
    return until
