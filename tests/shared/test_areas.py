"""What the area codes of a token mean today, as far as a service knows."""

import pytest

from shared.areas import Areas, Meanings


class Known:
    """Meanings that a test changes."""

    def __init__(self, **meanings: tuple[str, ...]) -> None:
        self.meanings: Meanings = meanings

    async def __call__(self) -> Meanings:
        return self.meanings


async def test_codes_without_a_meaning_of_their_own_stay_the_very_same() -> None:
    codes = ("32.04", "33")
    assert await Areas().today(codes) is codes
    assert await Areas(Known(x=("y",))).today(codes) is codes


async def test_each_code_is_replaced_by_what_it_means_and_none_stands_twice() -> None:
    areas = Areas(Known(a=("b",), c=("b", "c"), d=()))
    assert await areas.today(("a", "c", "d", "e")) == ("b", "c", "e")


async def test_a_change_is_seen_once_what_was_read_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Known(a=("b",))
    areas = Areas(known)
    assert await areas.today(("a",)) == ("b",)
    known.meanings = {"a": ("c",)}
    assert await areas.today(("a",)) == ("b",)
    monkeypatch.setattr(Areas, "FRESH_FOR", -1.0)
    assert await areas.today(("a",)) == ("c",)
