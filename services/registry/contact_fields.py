"""Fields by which somebody is reached: phone, e-mail, address. They stay in registry."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from shared.fields import one_line, printable
from shared.language import Text
from shared.validation import Invalid

_BETWEEN = str.maketrans("", "", " .-()/\u00a0")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def phone(value: str) -> str:
    """A phone number in its international spelling; one without country code is of Indonesia. Raises Invalid."""
    digits = value.translate(_BETWEEN)
    if digits.startswith("0"):
        digits = f"+62{digits[1:]}"
    elif digits.startswith("62"):
        digits = f"+{digits}"
    if not _PHONE.fullmatch(digits):
        raise Invalid(
            "phone-malformed",
            Text("Bukan nomor telepon.", "Not a phone number."),
            Text("Tulis seperti 0812-3456-7890 atau +6281234567890.", "Write it as 0812-3456-7890 or +6281234567890."),
        )
    return digits


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise Invalid(
            "email-malformed",
            Text("Bukan alamat surel.", "Not an e-mail address."),
            Text("Tulis seperti nama@contoh.id.", "Write it as name@example.id."),
        )
    return value


Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(phone), BeforeValidator(one_line)]
"""A phone number as people write it, kept as `+6281234567890`."""
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email), BeforeValidator(one_line)]
"""An e-mail address, by its form only."""
Address = Annotated[
    str, StringConstraints(min_length=3, max_length=300), AfterValidator(printable), BeforeValidator(one_line)
]
"""A postal address on one line, without the village: that has its code."""
