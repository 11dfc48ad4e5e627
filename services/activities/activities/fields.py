"""The kinds of field an activity is written with beside those of `shared.fields`: texts, counts, lists of others."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.fields import Name, folded, printable, unix_lines
from shared.fields import Reason as _Reason
from shared.fields import VillageCode as _VillageCode
from shared.language import Text
from shared.validation import Invalid


class Closed(BaseModel):
    """An input that knows all its fields: any other is a fault."""

    model_config = ConfigDict(extra="forbid")


def _listed_once(ids: list[UUID]) -> list[UUID]:
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise Invalid(
                "listed-twice",
                Text("Lembaga ini sudah disebut di daftar yang sama.", "This institution is in the list already."),
                Text("Sebut setiap lembaga satu kali.", "Name each institution once."),
                at=str(place),
            )
    return ids


def _values_listed_once(ids: list[UUID]) -> list[UUID]:
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise Invalid(
                "listed-twice",
                Text("Nilai budaya ini sudah disebut.", "This cultural value is in the list already."),
                Text("Sebut setiap nilai satu kali.", "Name each value once."),
                at=str(place),
            )
    return ids


def _distinct(names: list[str]) -> list[str]:
    """First spelling of each name: `Puskesmas` and `PUSKESMAS` are one organisation, `-` is none."""
    found: dict[str, str] = {}
    for place, name in enumerate(names):
        if not folded(name):
            raise Invalid(
                "partner-without-name",
                Text(f"«{name}» bukan nama organisasi.", f"«{name}» is no organisation's name."),
                Text("Bila tidak ada mitra, kosongkan daftarnya.", "If there was no partner, leave the list empty."),
                at=str(place),
            )
        found.setdefault(folded(name), name)
    return list(found.values())


Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
    Field(examples=["Saluran bersih sebelum musim hujan"]),
]
Title = Annotated[Name, Field(examples=["Kerja bakti saluran air"])]
Reason = Annotated[
    _Reason,
    Field(description="Why, in your words. Kept in the history, never published.", examples=["Salah ketik tanggal"]),
]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="People.", examples=[15])]
Institutions = Annotated[list[UUID], AfterValidator(_listed_once)]
CulturalValues = Annotated[list[UUID], Field(max_length=50), AfterValidator(_values_listed_once)]
Partners = Annotated[list[Name], Field(max_length=50, examples=[["Dinas Sosial"]]), AfterValidator(_distinct)]
Place = Annotated[
    _VillageCode, Field(description="Kemendagri code of a village, dotted or not.", examples=["32.04.05.2001"])
]
