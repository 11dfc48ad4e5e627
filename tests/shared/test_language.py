"""Which of the two languages an answer has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.language import Text, preferred


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("EN-us", "en"),
        ("id-ID", "id"),
        ("en, id", "en"),
        ("id, en", "id"),
        ("id;q=0.4, en;q=0.5", "en"),
        ("en;q=0.5, id", "id"),
        ("en ; q = 0.9, id;q=0.8", "en"),
        ("fr-FR, en;q=0.3", "en"),
        ("fr, *;q=0.5", "id"),
        ("en;q=0", "id"),
        ("en;q=nan, id;q=0.1", "id"),
        ("en;q=7, id;q=0.1", "id"),
        ("en;level=1", "id"),
        ("enm, ina", "id"),
    ],
)
def test_the_answer_speaks_what_the_caller_prefers_else_indonesian(accepted: str | None, language: str) -> None:
    assert preferred(accepted) == language


@given(st.text(max_size=60))
def test_no_header_whatever_breaks_the_choice(accepted: str) -> None:
    assert preferred(accepted) in ("id", "en")


def test_a_text_is_filled_in_both_languages() -> None:
    text = Text("Paling banyak {limit}.", "At most {limit}.").format(limit=3)
    assert (text.to("id"), text.to("en")) == ("Paling banyak 3.", "At most 3.")
