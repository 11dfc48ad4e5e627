"""What crosses HTTP about documents."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from shared.codes import DocumentKind
from shared.fields import Day, Name, one_line, printable
from shared.language import Text
from shared.validation import Invalid

Kind = Annotated[
    DocumentKind,
    Field(description="`aturan_tertulis`: AD/ART or any other written rules. `pengesahan`: the SK.", examples=["pengesahan"]),
]  # fmt: skip
Number = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80),
    AfterValidator(printable),
    BeforeValidator(one_line),
    Field(description="As it stands on it.", examples=["141/12/SK/2025"]),
]
Title = Annotated[Name, Field(examples=["SK Kepala Desa tentang Pengesahan Arisan Melati"])]
Issuer = Annotated[
    Name, Field(description="The office or body that issued it.", examples=["Kepala Desa Cileunyi Kulon"])
]
DatedOn = Annotated[Day, Field(description="The day it bears: in force from here on.", examples=["2025-03-10"])]
ValidUntil = Annotated[
    Day, Field(description="Last day on which it is valid; null: no end is set.", examples=["2028-03-09"])
]


class DocumentContent(BaseModel):
    """What a document says about itself."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    number: Number | None = None
    title: Title | None = None
    issuer: Issuer | None = None
    dated_on: DatedOn
    valid_until: ValidUntil | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.kind is DocumentKind.PENGESAHAN and self.number is None:
            raise Invalid(
                "number-required",
                Text("Pengesahan wajib bernomor.", "A pengesahan needs its number."),
                Text("Isi `number` dengan nomor SK.", "Give the SK's number in `number`."),
                at="number",
            )
        if self.valid_until is not None and self.valid_until < self.dated_on:
            raise Invalid(
                "valid-until-before-date",
                Text("Berakhir sebelum tanggalnya sendiri.", f"Valid until before {self.dated_on}, its own date."),
                Text("Perbaiki `valid_until` atau `dated_on`.", "Correct `valid_until` or `dated_on`."),
                at="valid_until",
            )
        return self


class DocumentIn(DocumentContent):
    """A new document of an institution. `id` may be made by the sender."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7d0-21c4-7a10-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip
    institution_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]


class DocumentPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    number: Number | None = None
    title: Title | None = None
    issuer: Issuer | None = None
    dated_on: DatedOn | None = None
    valid_until: ValidUntil | None = None


class DocumentOut(BaseModel):
    """A document as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7d0-21c4-7a10-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    institution_id: UUID
    institution_name: Annotated[str, Field(examples=["Arisan Melati RW 03"])]
    village: Annotated[str, Field(description="Kemendagri code of the institution's seat.", examples=["32.04.05.2001"])]
    kind: DocumentKind
    number: Annotated[str | None, Field(examples=["141/12/SK/2025"])]
    title: Annotated[str | None, Field(examples=["SK Kepala Desa tentang Pengesahan Arisan Melati"])]
    issuer: Annotated[str | None, Field(examples=["Kepala Desa Cileunyi Kulon"])]
    dated_on: Annotated[date, Field(examples=["2025-03-10"])]
    valid_until: Annotated[date | None, Field(description="Last day on which it is valid.", examples=["2028-03-09"])]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
