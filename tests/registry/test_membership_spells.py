"""The spells of a membership as a pure matter: what covers a term, and what the steps make of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.memberships import spells
from services.registry.memberships.limits import Limits
from services.registry.memberships.models import KeptSpell
from shared.problems import InvalidPayload

TODAY = date(2026, 3, 15)
DAY = st.dates(date(2000, 1, 1), date(2003, 1, 1))
MERGED = "2026-02-01"
Days = list[tuple[str, str | None]]


def spell(since: str, until: str | None = None) -> KeptSpell:
    return KeptSpell(since=date.fromisoformat(since), until=date.fromisoformat(until) if until else None)


@given(st.lists(st.tuples(DAY, st.none() | DAY)), DAY, st.integers(1, 40))
def test_spells_cover_a_term_when_each_of_its_days_is_in_one_of_them(
    bounds: list[tuple[date, date | None]], since: date, length: int
) -> None:
    held = [KeptSpell(since=first, until=last) for first, last in bounds if last is None or last > first]
    days = [since + timedelta(days=number) for number in range(length)]
    member = all(any(s.since <= day and (s.until is None or day < s.until) for s in held) for day in days)
    assert spells.cover(held, since, since + timedelta(days=length)) is member


def test_a_term_without_an_end_needs_a_spell_that_lasts() -> None:
    first, second = spell("2020-01-01", "2022-01-01"), spell("2022-01-01")
    assert spells.cover([second, first], date(2021, 1, 1), None)
    assert not spells.cover([first], date(2021, 1, 1), None)
    assert not spells.cover([first, spell("2022-01-02")], date(2021, 1, 1), None)
    assert not spells.cover([], date(2021, 1, 1), None)


def test_coming_back_on_the_day_of_leaving_leaves_no_seam() -> None:
    back = spells.returned([spell("2020-01-01", "2022-01-01")], date(2022, 1, 1), Limits(TODAY))
    assert back == [spell("2020-01-01")]


def test_whoever_was_born_in_a_year_may_have_joined_in_it() -> None:
    bounds = Limits(TODAY, birth_year=1990)
    assert bounds.begins(date(1990, 1, 1), "joined_on") == []
    assert [fault.code for fault in bounds.begins(date(1989, 12, 31), "joined_on")] == ["before-birth"]


def test_nobody_leaves_before_a_day_of_membership_has_passed_nor_tomorrow() -> None:
    for day in ("2020-01-01", "2026-03-16"):
        with pytest.raises(InvalidPayload):
            spells.left([spell("2020-01-01")], date.fromisoformat(day), "Pindah", Limits(TODAY))


@pytest.mark.parametrize(
    ("held", "until", "after"),
    [
        ([("2021-01-01", None)], None, None),
        ([("2021-01-01", "2026-02-02")], None, None),
        ([("2026-03-01", None)], None, None),
        ([("2026-03-01", None)], "2026-03-01", [(MERGED, "2026-03-01"), ("2026-03-01", None)]),
        ([("2021-01-01", MERGED)], None, [("2021-01-01", None)]),
        ([("2021-01-01", "2022-01-01")], None, [("2021-01-01", "2022-01-01"), (MERGED, None)]),
    ],
)
def test_days_that_are_held_already_are_not_added_and_adjoining_ones_are_one_spell(
    held: Days, until: str | None, after: Days | None
) -> None:
    found = spells.continued([spell(*days) for days in held], spell(MERGED, until))
    assert found == (None if after is None else [spell(*days) for days in after])


def test_a_merger_cuts_what_goes_on_beyond_its_day_and_why_the_rest_ends_goes_with_it() -> None:
    leaves = KeptSpell(since=date(2022, 1, 1), until=date(2026, 3, 1), reason="Pindah")
    part = spells.cut([spell("2020-01-01", "2021-01-01"), leaves], date(2026, 2, 1))
    assert part is not None
    assert [(one.since, one.until, one.reason) for one in part.before][1:] == [
        (date(2022, 1, 1), date(2026, 2, 1), "merger")
    ]
    assert part.after == KeptSpell(since=date(2026, 2, 1), until=date(2026, 3, 1), reason="Pindah")
    assert spells.cut([spell("2020-01-01", MERGED)], date(2026, 2, 1)) is None
