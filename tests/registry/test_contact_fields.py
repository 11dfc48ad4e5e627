"""Telephone numbers and e-mail addresses by their form, the same for people, institutions and partners."""

import pytest

from services.registry import contact_fields
from shared.validation import Invalid


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("+62 812 3456 7890", "+6281234567890"),
        ("62.812.3456.7890", "+6281234567890"),
        ("812 3456 7890", "+6281234567890"),
        ("(021) 384 0000", "+62213840000"),
        ("0065 6123 4567", "+6561234567"),
    ],
)
def test_a_telephone_is_kept_in_one_spelling(text: str, kept: str) -> None:
    assert contact_fields.phone(text) == kept


@pytest.mark.parametrize("text", ["", "0", "12", "ada", "+62812345678901234"])
def test_what_is_no_telephone_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        contact_fields.phone(text)


@pytest.mark.parametrize("text", ["csr@contoh.id", "ibu.wati+wksbm@desa.contoh.go.id"])
def test_an_address_is_kept_as_it_is(text: str) -> None:
    assert contact_fields.email(text) == text


@pytest.mark.parametrize("text", ["", "wati", "wati@", "@contoh.id", "wati@contoh", "wati@contoh..id", "a b@contoh.id"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        contact_fields.email(text)
