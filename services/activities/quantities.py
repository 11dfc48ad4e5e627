"""Quantities on the way in: of goods in a unit, or of days; and what is measured, folded so that one thing has one name."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from shared.fields import folded, one_line, printable
from shared.language import Text
from shared.validation import Invalid

_PLACES = Decimal("0.001")


def _no_truth(value: Any) -> Any:
    # Left alone, pydantic reads true as 1.
    if isinstance(value, bool):
        raise Invalid(
            "decimal-type",
            Text("Bukan bilangan.", "Not a number."),
            Text("Tulis bilangan dengan titik desimal, misalnya 2.5.", "Write a number with a decimal point, such as 2.5."),
        )  # fmt: skip
    return value


def as_stored(value: Decimal) -> Decimal:
    """A quantity with its three decimal places, as the database and events hold it."""
    return value.quantize(_PLACES)


def told(value: Decimal) -> Text:
    """A quantity as people write it: `12,5` in Indonesian, where a point parts thousands, and `12.5` in English."""
    plain = f"{value.normalize():f}"
    return Text(plain.replace(".", ","), plain)


def _folded(value: str) -> str:
    if name := folded(value):
        return name
    raise Invalid(
        "no-letters",
        Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
        Text("Tulis namanya, misalnya beras, atau satuannya, misalnya kg.", "Write its name, such as beras, or its unit, such as kg."),
    )  # fmt: skip


Quantity = Annotated[
    Decimal,
    BeforeValidator(_no_truth),
    Field(gt=0, max_digits=14, decimal_places=3),
    AfterValidator(as_stored),
]
"""More than nothing, up to three decimal places."""
Measured = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40),
    AfterValidator(_folded),
    AfterValidator(printable),
    BeforeValidator(one_line),
]
"""What goods are, or a unit of them: letters, digits and blanks in lower case, so that `Beras` and `beras ` are one."""
