"""What counts as a spelling of a region code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.region_codes import region_code

pair = st.from_regex(r"[0-9]{2}", fullmatch=True)
village_part = st.from_regex(r"[123][0-9]{3}", fullmatch=True)
dotted_codes = st.one_of(
    st.just("ID"),
    pair,
    st.tuples(pair, pair).map(".".join),
    st.tuples(pair, pair, pair).map(".".join),
    st.tuples(pair, pair, pair, village_part).map(".".join),
)
spaces = st.text(alphabet=" \t\u00a0\r\n", max_size=3)


@given(dotted_codes, spaces, spaces)
def test_every_spelling_of_a_code_leads_to_the_dotted_one(code: str, before: str, after: str) -> None:
    assert region_code(code) == code
    assert region_code(before + code + after) == code
    assert region_code(code.replace(".", "")) == code


@given(st.text(alphabet="0123456789.ID ", max_size=16) | st.text(max_size=16))
def test_a_text_is_either_refused_or_stored_in_a_spelling_that_stays(text: str) -> None:
    try:
        stored = region_code(text)
    except ValueError:
        return
    assert region_code(stored) == stored


@pytest.mark.parametrize("text", ["ID", "id", "Id", " id "])
def test_the_nation_is_known_by_its_letters(text: str) -> None:
    assert region_code(text) == "ID"


not_codes = [
    "",
    " ",
    "1",
    "110",
    "11010",
    "11010120",
    "110101200",
    "11010120011",
    "11 01",
    "11-01",
    "-1",
    "Aceh",
    "ID.11",
]
wrong_parts = ["11.01.", ".11", "11..01", "1101.01", "11.01.01.201"]
foreign_digits = ["\u0661\u0661", "\u00b9\u00b9", "\uff11\uff11"]


@pytest.mark.parametrize("text", not_codes + wrong_parts + foreign_digits)
def test_other_texts_are_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 2, 4, 6 or 10 digits, like 11, 11\.01"):
        region_code(text)


@pytest.mark.parametrize("text", ["11.1", "1.01", "11.01.1"])
def test_zeros_dropped_by_a_spreadsheet_are_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="format the column as text"):
        region_code(text)


@pytest.mark.parametrize("text", ["3303010", "5108010001", "51.08.01.0001", "3303010004"])
def test_a_code_of_bps_is_refused_where_its_digits_betray_it(text: str) -> None:
    with pytest.raises(ValueError, match="BPS"):
        region_code(text)
