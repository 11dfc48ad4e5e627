"""Fields that two services are written with alike: days, names, reasons, villages, and names as they are compared."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from shared.language import Text
from shared.region_codes import region_code
from shared.validation import Invalid

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_APOSTROPHES = str.maketrans("", "", "'’‘ʼ`´ʻ")
_UNPRINTABLE = {"Cc", "Cs"}
"""Control characters and halves of surrogate pairs: neither people nor PostgreSQL can read them."""


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


def _one_instant(value: Any) -> Any:
    # Left alone, pydantic reads 0 as the first moment of 1970. One without an offset is told by pydantic.
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise Invalid(
        "instant-malformed",
        Text("Bukan saat yang sah menurut RFC 3339.", "Not an instant of RFC 3339."),
        Text(
            "Tulis sebagai TTTT-BB-HHTjj:mm:dd dengan Z atau selisih zona, misalnya 2026-03-31T02:15:00Z; di dalam alamat, "
            "tanda + ditulis %2B.",
            "Write it as YYYY-MM-DDThh:mm:ss with Z or an offset, such as 2026-03-31T02:15:00Z; in an address + is "
            "written %2B.",
        ),
    )


def printable(value: str) -> str:
    """The text with composed letters composed (NFC). Raises Invalid for an invisible control character."""
    if any(unicodedata.category(letter) in _UNPRINTABLE and letter not in "\n\t" for letter in value):
        raise Invalid(
            "control-character",
            Text("Ada karakter kendali yang tidak terlihat.", "It holds an invisible control character."),
            Text("Ketik ulang teksnya tanpa karakter itu.", "Type the text again without that character."),
        )
    return unicodedata.normalize("NFC", value)


def one_line(value: Any) -> Any:
    """A text with every run of blanks and line ends made one blank; anything else as it is."""
    return " ".join(value.split()) if isinstance(value, str) else value


def unix_lines(value: Any) -> Any:
    """A text whose lines end as Unix ends them; anything else as it is."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _kemendagri(value: str) -> str:
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


def folded(text: str) -> str:
    """Text as it is searched, sorted and compared: no case, accents, apostrophes or punctuation, single blanks."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


Day = Annotated[
    date, BeforeValidator(_one_day), Field(ge=date(1000, 1, 1), le=date(2100, 12, 31), examples=["2026-03-14"])
]
"""A local calendar date of the place, written `YYYY-MM-DD`, of the years 1000 to 2100: some subak are older than the
republic by centuries; any other year is a slip of the pen."""
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_one_instant),
    Field(ge=datetime(1000, 1, 1, tzinfo=UTC), le=datetime(2100, 12, 31, tzinfo=UTC)),
]
"""An instant with its offset, of the years that `Day` has: at the ends of the calendar it would be none in UTC."""
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable), BeforeValidator(one_line)
]
"""A name or title on one line of up to 200 characters."""
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=500),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
]
"""Why, in the actor's own words; may have several lines. Kept in the history, never published."""
VillageCode = Annotated[str, StringConstraints(max_length=40), AfterValidator(_kemendagri)]
"""A Kemendagri code in any of its spellings, kept in the stored one (`32.04.05.2001`)."""
