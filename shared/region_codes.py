"""The spellings of a Kemendagri region code. Knows no table: whether such a region exists is asked elsewhere."""

import re

# Permendagri 58/2021; the last part of a village code begins with 1 (kelurahan), 2 (desa) or 3 (desa adat).
_PARTS = re.compile(r"([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})([123][0-9]{3})?)?)?")
_DOTTED = re.compile(r"[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{2}(?:\.[0-9]{4})?)?)?")
_DIGITS = re.compile(r"[0-9]+")
_WAYS = "write 2, 4, 6 or 10 digits, like 11, 11.01, 11.01.01, 11.01.01.2001 or 1101012001, or ID for the whole country"


def region_code(text: str) -> str:
    """Return the one stored spelling: dotted (`11.01.01.2001`), `ID` for the nation.

    Understood are the dotted and the undotted form, `ID` in any case, and spaces around. Source: Permendagri 58/2021.

    Raises:
        ValueError: the text is no Kemendagri code; the message says what to write instead.
    """
    code = text.strip()
    if code in ("ID", "id", "Id", "iD"):  # not by `upper`, which makes the same of letters that only look alike
        return "ID"
    digits = code.replace(".", "")
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"{code!r} is not a Kemendagri region code; {_WAYS}.")
    if code != digits and not _DOTTED.fullmatch(code):
        raise ValueError(
            f"{code!r} is not a Kemendagri region code: its parts must have 2, 2, 2 and 4 digits. "
            f"A spreadsheet may have dropped zeros; format the column as text, and {_WAYS}."
        )
    if parts := _PARTS.fullmatch(digits):
        return ".".join(part for part in parts.groups() if part)
    if len(digits) == 10:
        raise ValueError(
            f"{code!r} is not a Kemendagri village code: the last four digits must begin with 1 (kelurahan), "
            "2 (desa) or 3 (desa adat). It may be a BPS code; look up the Kemendagri code by the name of the village."
        )
    if len(digits) == 7:
        raise ValueError(
            f"{code!r} is not a Kemendagri region code: it has 7 digits, like a district code of BPS. "
            f"Look up the Kemendagri code by the name of the district, and {_WAYS}."
        )
    raise ValueError(f"{code!r} is not a Kemendagri region code: it has {len(digits)} digits; {_WAYS}.")
