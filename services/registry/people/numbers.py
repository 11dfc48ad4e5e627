"""The numbers that identify people: NIK and family card (nomor KK), and how these and a telephone are masked. Checked by
form only. Pure.

A NIK is `PPKKCC DDMMYY SSSS`: where and on which day it was issued for whom, with 40 added to the day for women. The
district may have been recoded since, so it is never looked up. Source: `domain.md` §4.2.
"""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from services.registry.people.warnings import Warning
from shared.codes import Sex
from shared.language import Text
from shared.validation import Invalid

MASK = "*"
_SEPARATORS = re.compile(r"[\s.\-_/]+")
_SIXTEEN = re.compile(r"[0-9]{16}")
_FOR_WOMEN = 40
_PLACEHOLDER_REMEDY = Text(
    "Kosongkan nomornya dan sebutkan alasannya di `nik_absence`.",
    "Leave the number out and say why in `nik_absence`.",
)


def _digits(value: Any) -> Any:
    return _SEPARATORS.sub("", value) if isinstance(value, str) else value


def is_placeholder(digits: str) -> bool:
    """Whether digits without separators only fill a gap: nothing, or one digit again and again."""
    return len(set(digits)) <= 1


def nik(digits: str) -> str:
    """The 16 digits of a NIK. Raises Invalid: `nik-placeholder`, or `nik-malformed` naming the part that is wrong."""
    if is_placeholder(digits):
        raise Invalid("nik-placeholder", Text("Ini bukan NIK, hanya pengisi.", "This is no NIK, only a filler."), _PLACEHOLDER_REMEDY)  # fmt: skip
    if not _SIXTEEN.fullmatch(digits):
        raise _malformed(Text("NIK terdiri atas 16 angka.", "A NIK has 16 digits."))
    day, month, serial = int(digits[6:8]), int(digits[8:10]), digits[12:]
    if not (1 <= day <= 31 or _FOR_WOMEN + 1 <= day <= _FOR_WOMEN + 31):
        raise _malformed(Text("Angka ke-7 dan 8 (hari) harus 01-31 atau 41-71.", "Digits 7 and 8 (day) are 01-31 or 41-71."))  # fmt: skip
    if not 1 <= month <= 12:
        raise _malformed(Text("Angka ke-9 dan 10 (bulan) harus 01-12.", "Digits 9 and 10 (month) are 01-12."))
    if serial == "0000":
        raise _malformed(Text("Nomor urut (4 angka terakhir) tidak boleh 0000.", "The serial (last 4 digits) is never 0000."))  # fmt: skip
    return digits


def nik_in_cell(cell: object) -> str | None:
    """The NIK in a cell of a sheet; None for a blank or a filler such as `0`, `-` or `0000000000000000`.

    Sheets hold fillers where there is no NIK; taken as numbers they make one person of many. Raises Invalid for anything
    else that is no NIK, also for a number that the sheet has rounded to 15 digits.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
        if len(str(cell)) == 16 and cell % 10 == 0:
            raise Invalid(
                "nik-rounded",
                Text("Lembar kerja membulatkan angka terakhir NIK.", "The sheet has rounded the NIK's last digit."),
                Text(
                    "Format kolom NIK sebagai teks, lalu isi ulang.", "Format the column as text and fill it in again."
                ),
            )
    text = _digits("" if cell is None else str(cell))
    return None if is_placeholder(text) else nik(text)


def card(digits: str) -> str:
    """The 16 digits of a family card's number. Raises Invalid `family-card-malformed`."""
    if is_placeholder(digits) or not _SIXTEEN.fullmatch(digits):
        raise Invalid(
            "family-card-malformed",
            Text("Nomor KK terdiri atas 16 angka.", "A family card's number has 16 digits."),
            Text("Salin dari kartu keluarga, atau kosongkan.", "Copy it from the family card, or leave it out."),
        )
    return digits


def masked(number: str) -> str:
    """A NIK or a family card's number as everybody may see it: the place of issue; what follows tells birth and sex."""
    return number[:6] + MASK * (len(number) - 6)


def masked_phone(number: str) -> str:
    """A telephone number by its last three digits, enough to tell two apart."""
    return MASK * (len(number) - 3) + number[-3:]


def disagreements(nik: str, sex: Sex, birth_date: date | None, birth_year: int | None) -> list[Warning]:
    """Where a NIK tells another sex or birth than the record. Never a fault: NIKs are issued with errors too.

    Its year has two digits, and its date is compared only as far as the record knows it.
    """
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    told = Sex.P if day > _FOR_WOMEN else Sex.L
    found = []
    if sex is not Sex.TIDAK_DIKETAHUI and sex is not told:
        found.append(_SEX)
    if birth_date is not None:
        differs = (birth_date.day, birth_date.month, birth_date.year % 100) != (day % _FOR_WOMEN, month, year)
    else:
        differs = birth_year is not None and birth_year % 100 != year
    return [*found, _BIRTH] if differs else found


_SEX = Warning("/sex", "nik-tells-another-sex", Text(
    "Menurut NIK jenis kelaminnya lain. Periksa keduanya pada KTP.",
    "The NIK tells another sex. Check both on the identity card.",
))  # fmt: skip
_BIRTH = Warning("/birth_date", "nik-tells-another-birth", Text(
    "Menurut NIK lahirnya pada hari lain. Periksa keduanya pada KTP.",
    "The NIK tells another birth. Check both on the identity card.",
))  # fmt: skip


def _malformed(what: Text) -> Invalid:
    return Invalid(
        "nik-malformed",
        what,
        Text(
            "Salin 16 angka dari KTP atau kartu keluarga; bila tidak ada, kosongkan dan isi `nik_absence`.",
            "Copy the 16 digits from the identity or family card; if there are none, leave it out and give `nik_absence`.",
        ),
    )


Nik = Annotated[str, StringConstraints(max_length=60), AfterValidator(nik), BeforeValidator(_digits)]
"""A NIK in any spelling, kept as its 16 digits."""
CardNumber = Annotated[str, StringConstraints(max_length=60), AfterValidator(card), BeforeValidator(_digits)]
"""A family card's number in any spelling, kept as its 16 digits."""
