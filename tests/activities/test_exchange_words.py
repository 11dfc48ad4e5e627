"""Words in the forms under which the stemmer may know them. Pure; what PostgreSQL makes of them is in `test_exchange_search`."""

import pytest

from services.activities.exchange import words


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("bersih", ["bersih"]),
        ("tulis", ["tulis", "menulis"]),
        ("kirim", ["kirim", "mengirim"]),
        ("simpan", ["simpan", "menyimpan"]),
        ("pupuk", ["pupuk", "memupuk"]),
        ("olah", ["olah", "mengolah"]),
        ("masak", ["masak", "memasak"]),
        ("rawat", ["rawat", "perawat"]),
        ("menulis", ["menulis", "tulis", "nulis"]),
        ("mengirim", ["mengirim", "kirim", "irim"]),
        ("menyimpan", ["menyimpan", "simpan", "nyimpan"]),
        ("mengolah", ["mengolah", "kolah", "olah"]),
        ("air", ["air"]),
        ("10kg", ["10kg"]),
    ],
)
def test_a_word_is_looked_for_in_each_form_a_prefix_may_have_given_it(word: str, forms: list[str]) -> None:
    assert words.forms(word) == forms


def test_words_that_tell_nothing_are_left_out_unless_there_are_no_others() -> None:
    assert words.words("Kami membutuhkan beras, beras dan minyak!") == ["beras", "minyak"]
    assert words.words("yang dan") == ["yang", "dan"]
    assert words.query("Bérás & (sapu | 'tulis':*)") == ("(beras) & (sapu | menyapu) & (tulis | menulis)")
