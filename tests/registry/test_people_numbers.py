"""NIK and family card by their form; what fills a gap in a sheet is no number."""

from datetime import date

import pytest

from services.registry.people import numbers
from shared.codes import Sex
from shared.validation import Invalid


@pytest.mark.parametrize(
    "nik",
    ["3204000112870001", "3204007112870001", "9900000101000001", "0000003112999999"],
    ids=["a man's", "a woman's of the 31st", "of an unknown region", "of no region at all"],
)
def test_a_nik_is_accepted_by_its_form_whatever_region_issued_it(nik: str) -> None:
    assert numbers.nik(nik) == nik


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("320400011287000", "nik-malformed"),
        ("32040001128700011", "nik-malformed"),
        ("32040001128700O1", "nik-malformed"),
        ("٣٢٠٤٠٠٠١١٢٨٧٠٠٠١", "nik-malformed"),
        ("3204000012870001", "nik-malformed"),
        ("3204003212870001", "nik-malformed"),
        ("3204004012870001", "nik-malformed"),
        ("3204007212870001", "nik-malformed"),
        ("3204008112870001", "nik-malformed"),
        ("3204000100870001", "nik-malformed"),
        ("3204000113870001", "nik-malformed"),
        ("3204000112870000", "nik-malformed"),
        ("", "nik-placeholder"),
        ("0", "nik-placeholder"),
        ("0000000000000000", "nik-placeholder"),
        ("9999999999999999", "nik-placeholder"),
    ],
)
def test_what_is_no_nik_is_refused_and_not_repeated(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        numbers.nik(text)
    assert refused.value.code == code
    assert len(text) < 10 or text not in "".join((*refused.value.message, *refused.value.remedy))


def test_fillers_in_a_sheet_are_people_without_a_nik_and_not_one_person() -> None:
    for cell in ("0", "", "-", "0000000000000000", None, " ", 0, 0.0, "--", "."):
        assert numbers.nik_in_cell(cell) is None
    for cell in ("3204000112870001", " 3204.0001.1287.0001 ", "3204 0001 1287 0001", 3204000112870001):
        assert numbers.nik_in_cell(cell) == "3204000112870001"
    for cell, code in (
        (3.20400011287e15, "nik-rounded"),
        ("3.204E+15", "nik-malformed"),
        ("sementara", "nik-malformed"),
    ):
        with pytest.raises(Invalid) as refused:
            numbers.nik_in_cell(cell)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("sex", "birth_date", "birth_year", "told"),
    [
        (Sex.P, date(1987, 12, 5), 1987, []),
        (Sex.TIDAK_DIKETAHUI, None, None, []),
        (Sex.L, date(1987, 12, 5), 1987, ["nik-tells-another-sex"]),
        (Sex.P, date(1987, 5, 12), 1987, ["nik-tells-another-birth"]),
        (Sex.P, None, 1988, ["nik-tells-another-birth"]),
        (Sex.P, None, 1887, []),
        (Sex.L, date(2087, 12, 6), 2087, ["nik-tells-another-sex", "nik-tells-another-birth"]),
    ],
)
def test_a_nik_that_disagrees_warns_as_far_as_it_tells(
    sex: Sex, birth_date: date | None, birth_year: int | None, told: list[str]
) -> None:
    found = numbers.disagreements("3204004512870001", sex, birth_date, birth_year)
    assert [warning.code for warning in found] == told


def test_what_is_masked_tells_neither_birth_nor_sex_nor_number() -> None:
    assert numbers.masked("3204004512870001") == "320400**********"
    assert numbers.masked_phone("+6281234567890") == "***********890"
