"""The kinds of field an activity is written with: days, short and long texts, counts, ids, names, places."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.language import Text
from shared.region_codes import region_code
from shared.validation import Invalid

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Closed(BaseModel):
    """An input that knows all its fields: any other is a fault."""

    model_config = ConfigDict(extra="forbid")


def _day(value: Any) -> Any:
    """Only the one spelling: a number would be read as seconds since 1970, `2026-03-31T00:00` as a day."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DAY.fullmatch(value)):
        return value
    raise Invalid(
        "date-malformed",
        Text("Bukan tanggal yang sah.", "Not a valid date."),
        Text("Tulis sebagai TTTT-BB-HH, misalnya 2026-03-31.", "Write it as YYYY-MM-DD, such as 2026-03-31."),
    )


def printable(value: str) -> str:
    """The text, if PostgreSQL and people can read it: no control characters. Raises Invalid."""
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in value):
        raise Invalid(
            "control-character",
            Text("Ada karakter kendali yang tidak terlihat.", "It holds an invisible control character."),
            Text("Tulis ulang teksnya tanpa karakter itu.", "Write the text anew without that character."),
        )
    return value


def _line(value: str) -> str:
    return printable(" ".join(value.split()))


def _prose(value: str) -> str:
    return printable(value.replace("\r\n", "\n"))


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


def _distinct(names: list[str]) -> list[str]:
    """First spelling of each name, ignoring case: `Puskesmas` and `PUSKESMAS` are one organisation."""
    return list({name.casefold(): name for name in reversed(names)}.values())[::-1]


def _place(value: str) -> str:
    try:
        return region_code(value)
    except ValueError as error:
        raise Invalid(
            "region-code-malformed",
            Text("Bukan kode wilayah Kemendagri.", f"Not a Kemendagri region code: {error}"),
            Text(
                "Tulis kode desa/kelurahan 10 angka, misalnya 32.04.05.2001 atau 3204052001.",
                "Write the 10 digits of the village, such as 32.04.05.2001 or 3204052001.",
            ),
        ) from error


Day = Annotated[date, BeforeValidator(_day), Field(ge=date(1900, 1, 1), le=date(2100, 12, 31), examples=["2026-03-14"])]
"""A local calendar date of the place."""
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_line),
    Field(examples=["Kerja bakti saluran air"]),
]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_prose),
    Field(examples=["Saluran bersih sebelum musim hujan"]),
]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=1000),
    AfterValidator(_prose),
    Field(description="Why, in your words. Kept in the history, never published.", examples=["Salah ketik tanggal"]),
]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="People.", examples=[15])]
Institutions = Annotated[list[UUID], AfterValidator(_listed_once)]
Partners = Annotated[list[Title], Field(max_length=50, examples=[["Dinas Sosial"]]), AfterValidator(_distinct)]
Place = Annotated[
    str,
    StringConstraints(max_length=30),
    AfterValidator(_place),
    Field(description="Kemendagri code of a village, dotted or not.", examples=["32.04.05.2001"]),
]
