"""Fields of an institution as they cross HTTP: each says by itself what it refuses and what to write instead."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.language import Text
from shared.region_codes import region_code
from shared.validation import Invalid

EARLIEST = date(1000, 1, 1)
"""Some subak are a thousand years old; an earlier year is a slip of the pen (`0026-03-01`)."""
MOST_MEMBERS = 1_000_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´ʻ")
_CONTROL = {"Cc", "Cs"}


def _one_day(value: Any) -> Any:
    # Left alone, pydantic reads 86400 as 2 January 1970 and takes the date out of an instant.
    if (isinstance(value, str) and _DAY.fullmatch(value)) or (
        isinstance(value, date) and not isinstance(value, datetime)
    ):
        return value
    raise Invalid(
        "date-malformed",
        Text("Bukan tanggal yang sah.", "Not a valid date."),
        Text("Tulis sebagai TTTT-BB-HH, misalnya 2026-03-31.", "Write it as YYYY-MM-DD, such as 2026-03-31."),
    )


def _printable(value: str) -> str:
    if any(unicodedata.category(letter) in _CONTROL and letter not in "\n\t" for letter in value):
        raise Invalid(
            "control-character",
            Text("Ada karakter yang tidak dapat dicetak.", "There is a character that cannot be printed."),
            Text("Ketik ulang teksnya.", "Type the text again."),
        )
    return unicodedata.normalize("NFC", value)


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _kemendagri(value: str) -> str:
    try:
        return region_code(value)
    except ValueError as error:
        raise Invalid(
            "region-code-malformed",
            Text("Bukan kode wilayah Kemendagri.", str(error)),
            Text(
                "Tulis kode desa/kelurahan 10 angka, misalnya 32.04.05.2001 atau 3204052001.",
                "Write the village's code of 10 digits, such as 32.04.05.2001 or 3204052001.",
            ),
        ) from error


Day = Annotated[date, BeforeValidator(_one_day), Field(ge=EARLIEST)]
"""A local calendar date of the place, written `YYYY-MM-DD`."""
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable), BeforeValidator(_one_line)
]
"""A name on one line; runs of blanks become one, composed letters are stored composed."""
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), AfterValidator(_printable)
]
"""A reason or remark in the actor's own words; may have several lines."""
VillageCode = Annotated[str, StringConstraints(max_length=40), AfterValidator(_kemendagri)]
"""A Kemendagri code in any of its spellings, kept in the stored one (`32.04.05.2001`)."""
MemberCount = Annotated[int, Field(strict=True, ge=0, le=MOST_MEMBERS)]


def folded(text: str) -> str:
    """Text as it is searched and sorted: without case, accents, apostrophes and punctuation, single blanks."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())
