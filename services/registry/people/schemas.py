"""What crosses HTTP about people: the record as it is sent, patched and answered, and the bodies of its steps."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.contact_fields import Phone
from services.registry.people.numbers import Nik
from services.registry.people.warnings import WarningOut
from shared import fields
from shared.codes import BirthYearSource, ConsentPurpose, NikAbsence, Sex
from shared.fields import Day, Name, VillageCode
from shared.language import Text
from shared.validation import Invalid

EARLIEST_BIRTH = date(1850, 1, 1)
MOST_CONSENTS = 50

FullName = Annotated[Name, Field(description="As on the identity card, or as people say it.", examples=["Siti Aminah"])]
NikIn = Annotated[
    Nik,
    Field(
        description="16 digits, blanks and dots allowed. Checked by form only. Never in an address; masked in answers.",
        examples=["3204004512870001"],
    ),
]
Absence = Annotated[
    NikAbsence, Field(description="Why there is no NIK; required without one.", examples=["belum_punya"])
]
BirthDate = Annotated[Day, Field(description="Day of birth. Answers show the year only.", examples=["1987-12-05"])]
BirthYear = Annotated[
    int, Field(strict=True, ge=1850, le=2100, description="Year of birth where the day is not known.", examples=[1987])
]
YearSource = Annotated[
    BirthYearSource, Field(description="How the year is known; required with `birth_year`.", examples=["perkiraan"])
]
Residence = Annotated[
    VillageCode,
    Field(
        description="Village of residence, in your area or not: Kemendagri code, with or without dots. Leave it out if it is not known.",
        examples=["32.04.05.2001"],
    ),
]
KeptIn = Annotated[
    VillageCode,
    Field(
        description="Village that keeps the record, in your area. If missing: the residence if it lies in your area, else your own village.",
        examples=["32.04.05.2001"],
    ),
]
PhoneIn = Annotated[Phone, Field(description="Masked in answers.", examples=["0812-3456-7890"])]


class ConsentIn(BaseModel):
    """A use of their data that the person agreed to."""

    model_config = ConfigDict(extra="forbid")

    purpose: Annotated[ConsentPurpose, Field(examples=["pendataan"])]
    given_on: Annotated[Day, Field(description="First day it holds.", examples=["2026-01-10"])]
    withdrawn_on: Annotated[Day | None, Field(description="First day it no longer holds.", examples=[None])] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.withdrawn_on is not None and self.withdrawn_on < self.given_on:
            raise Invalid(
                "withdrawn-before-given",
                Text("Persetujuan dicabut sebelum diberikan.", "The consent is withdrawn before it was given."),
                Text("Perbaiki `given_on` atau `withdrawn_on`.", "Correct `given_on` or `withdrawn_on`."),
                at="withdrawn_on",
            )
        return self


Consents = Annotated[
    list[ConsentIn],
    Field(max_length=MOST_CONSENTS, description="Every consent, withdrawn ones too.",
          examples=[[{"purpose": "pendataan", "given_on": "2026-01-10"}]]),
]  # fmt: skip


class Content(BaseModel):
    """What is known of a person: the part of the record that its keepers write."""

    model_config = ConfigDict(extra="forbid")

    name: FullName
    nik: NikIn | None = None
    nik_absence: Absence | None = None
    sex: Annotated[Sex, Field(examples=["P"])]
    birth_date: BirthDate | None = None
    birth_year: BirthYear | None = None
    birth_year_source: YearSource | None = None
    village: Residence | None = None
    kept_in: KeptIn | None = None
    phone: PhoneIn | None = None
    consents: Consents = []

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.nik is None and self.nik_absence is None:
            raise Invalid(
                "nik-absence-required",
                Text("Tanpa NIK, alasannya wajib diisi.", "Without a NIK there must be a reason."),
                Text("Isi `nik`, atau `nik_absence`.", "Give `nik`, or `nik_absence`."),
                at="nik_absence",
            )
        if self.nik is not None and self.nik_absence is not None:
            raise Invalid(
                "nik-and-absence",
                Text("Ada NIK, tetapi ada juga alasan tidak ada NIK.", "There is a NIK, and a reason for having none."),
                Text("Isi salah satu saja.", "Give one of them."),
                at="nik_absence",
            )
        self._birth_agrees()
        return self

    def _birth_agrees(self) -> None:
        if self.birth_date is not None and self.birth_date < EARLIEST_BIRTH:
            raise Invalid(
                "birth-too-early",
                Text("Lahir sebelum 1850.", "Born before 1850."),
                Text("Periksa tahunnya.", "Check the year."),
                at="birth_date",
            )
        if self.birth_date is not None and (self.birth_year is not None or self.birth_year_source is not None):
            raise Invalid(
                "birth-date-and-year",
                Text("Tanggal lahir sudah memuat tahunnya.", "The date of birth holds the year already."),
                Text("Isi `birth_date`, atau `birth_year` dengan sumbernya.", "Give `birth_date`, or `birth_year` with its source."),
                at="birth_year",
            )  # fmt: skip
        if (self.birth_year is None) is not (self.birth_year_source is None):
            raise Invalid(
                "birth-year-source-required",
                Text("Tahun lahir dan sumbernya diisi bersama.", "A year of birth comes with its source, and only so."),
                Text("Isi keduanya, atau kosongkan keduanya.", "Give both, or leave both out."),
                at="birth_year_source",
            )


class PersonIn(Content):
    """A new person. `id` may be made by the sender, so that a record taken offline keeps it; make it random (UUIDv4)."""

    id: Annotated[
        UUID | None,
        Field(description="A random UUID (version 4) made by the sender; if missing, one is given.",
              examples=["7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15"]),
    ] = None  # fmt: skip

    @model_validator(mode="after")
    def _is_random(self) -> Self:
        if self.id is not None and self.id.version != 4:
            raise Invalid(
                "id-not-random",
                Text("Id orang harus acak.", "A person's id must be random: others tell when it was made."),
                Text("Buat UUID versi 4, atau kosongkan.", "Make a UUID of version 4, or leave it out."),
                at="id",
            )
        return self


class PersonPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. A NIK replaces the reason for having none, and a day of
    birth the year, and the other way round. `consents` is replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: FullName | None = None
    nik: NikIn | None = None
    nik_absence: Absence | None = None
    sex: Annotated[Sex | None, Field(examples=["P"])] = None
    birth_date: BirthDate | None = None
    birth_year: BirthYear | None = None
    birth_year_source: YearSource | None = None
    village: Residence | None = None
    kept_in: KeptIn | None = None
    phone: PhoneIn | None = None
    consents: Consents | None = None


class ConsentOut(BaseModel):
    """A consent, over `[given_on, withdrawn_on)`."""

    purpose: ConsentPurpose
    given_on: date
    withdrawn_on: Annotated[date | None, Field(description="First day it no longer holds; null while it does.")]


class PersonOut(BaseModel):
    """A person, with the numbers masked: from the seventh digit on a NIK tells birth and sex. `POST …/disclosure` shows them."""

    id: Annotated[UUID, Field(examples=["7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    name: Annotated[str | None, Field(description="Null once it was erased.", examples=["Siti Aminah"])]
    nik: Annotated[str | None, Field(description="Masked; null if there is none.", examples=["320400**********"])]
    nik_absence: NikAbsence | None
    sex: Sex
    birth_year: Annotated[int | None, Field(examples=[1987])]
    birth_year_source: Annotated[BirthYearSource | None, Field(description="Null where the day of birth is known.")]
    birth_date_known: Annotated[bool, Field(description="Whether the record holds the day of birth.")]
    village: Annotated[str | None, Field(description="Residence: Kemendagri code.", examples=["32.04.05.2001"])]
    village_id: UUID | None
    village_name: Annotated[str | None, Field(examples=["Cileunyi Kulon"])]
    kept_in: Annotated[str, Field(description="Village that keeps the record.", examples=["32.04.05.2001"])]
    kept_by_institution: Annotated[
        UUID | None, Field(description="Institution whose operator keeps the record; null: the village does.")
    ]
    phone: Annotated[str | None, Field(description="Masked; null if there is none.", examples=["***********890"])]
    consents: list[ConsentOut]
    duplicate_of: Annotated[UUID | None, Field(description="The record that stands for this person; null: this one.")]
    erased: Annotated[bool, Field(description="What identified the person was removed at their request.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    warnings: Annotated[list[WarningOut], Field(description="What is odd and yet may be so.", examples=[[]])]
    registered_at: datetime
    changed_at: datetime


class Why(BaseModel):
    """Why a step is taken; kept in the history, never published. Write no names or numbers of people into it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[fields.Reason, Field(examples=["Permintaan tertulis dari yang bersangkutan."])]


class DuplicateLink(Why):
    """The record that stands for the person of this one."""

    of: Annotated[UUID, Field(description="Id of the record that stays.", examples=["0c8d7e6f-5a4b-4c3d-8e2f-1a0b9c8d7e6f"])]  # fmt: skip
