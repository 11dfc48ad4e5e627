"""Fields by which a person, an institution or a partner is reached: telephone, e-mail, address. They stay in registry."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from shared.fields import one_line, printable
from shared.language import Text
from shared.validation import Invalid

_BETWEEN = re.compile(r"[\s.()/-]+")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def phone(text: str) -> str:
    """A telephone number as `+628123456789`; one without a country is Indonesian. Raises Invalid `phone-malformed`."""
    digits = _BETWEEN.sub("", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+62{digits[1:]}"
    elif not digits.startswith("+"):
        digits = f"+{digits}" if digits.startswith("62") else f"+62{digits}"
    if not _PHONE.fullmatch(digits):
        raise Invalid(
            "phone-malformed",
            Text("Bukan nomor telepon.", "Not a telephone number."),
            Text("Tulis misalnya 0812-3456-7890 atau +62 812 3456 7890.", "Write it as 0812-3456-7890 or +62 812 3456 7890."),
        )  # fmt: skip
    return digits


def email(value: str) -> str:
    """An e-mail address, by its form only. Raises Invalid `email-malformed`."""
    if not _EMAIL.fullmatch(value):
        raise Invalid(
            "email-malformed",
            Text("Bukan alamat surel.", "Not an e-mail address."),
            Text("Tulis seperti nama@contoh.id.", "Write it as name@example.id."),
        )
    return value


Phone = Annotated[str, StringConstraints(max_length=60), AfterValidator(phone), BeforeValidator(one_line)]
"""A telephone number in any spelling, kept as `+628123456789`."""
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(email), BeforeValidator(one_line)]
"""An e-mail address, by its form only."""
Address = Annotated[
    str, StringConstraints(min_length=3, max_length=300), AfterValidator(printable), BeforeValidator(one_line)
]
"""A postal address on one line, without the village: that has its code."""
