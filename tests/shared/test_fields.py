"""Fields that services share: what they take, and what they refuse with a reason."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.fields import Day, Instant, Name, Reason, VillageCode, folded

DAY, INSTANT, NAME, REASON, VILLAGE = (TypeAdapter[Any](field) for field in (Day, Instant, Name, Reason, VillageCode))


@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        (DAY, "1071-01-01", "1071-01-01"),
        (DAY, "2100-12-31", "2100-12-31"),
        (NAME, "  Arisan\n Melati\tRW 03 ", "Arisan Melati RW 03"),
        (NAME, "Cafe\u0301", "Caf\u00e9"),
        (NAME, "x" * 200 + " ", "x" * 200),
        (REASON, " Banjir\r\ndan longsor ", "Banjir\ndan longsor"),
        (REASON, "x" * 500, "x" * 500),
        (VILLAGE, "3204052001", "32.04.05.2001"),
        (INSTANT, "2026-03-01T00:00:00+07:00", "2026-03-01 00:00:00+07:00"),
    ],
)
def test_what_is_meant_is_kept_in_one_spelling(field: TypeAdapter[Any], written: str, kept: str) -> None:
    assert str(field.validate_python(written)) == kept


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (DAY, "0999-12-31"), (DAY, "2101-01-01"), (DAY, "0026-03-01"), (DAY, "2026-02-30"), (DAY, "2026-03-01T00:00"),
        (DAY, 86400), (DAY, "２０２６-03-01"), (NAME, "   "), (NAME, "x" * 201), (NAME, "a\x00b"), (NAME, "a\x1bb"), (NAME, 5),
        (REASON, " ab "), (REASON, "x" * 501), (REASON, "abc\x00"), (VILLAGE, "3204050001"), (VILLAGE, "Cangkuang"),
        (VILLAGE, "1" * 41), (INSTANT, "2026-03-01T00:00:00"), (INSTANT, "0001-01-01T00:00:00+14:00"),
        (INSTANT, "9999-12-31T23:59:59-14:00"),
        (INSTANT, "0"), (INSTANT, 86400), (INSTANT, "2026-03-01"), (INSTANT, "2026-03-01T00:00Z"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_refused(field: TypeAdapter[Any], written: Any) -> None:
    with pytest.raises(ValidationError):
        field.validate_python(written)


@pytest.mark.parametrize(
    "other", ["PUSKESMAS  ciparay", "Puskésmas Ciparay", "Puskesmas, Ciparay.", "Pus'kesmas-Ciparay"]
)
def test_spellings_of_one_name_compare_alike(other: str) -> None:
    assert folded(other) == folded("Puskesmas Ciparay")
