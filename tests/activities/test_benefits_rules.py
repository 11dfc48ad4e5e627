"""Pure rules of benefits: which kinds fit a unit, which ages are unusual, how far a caller's area reaches."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.activities.benefits import beneficiaries, fields, givers, kinds
from shared.auth import Principal
from shared.code_lists import lists
from shared.codes import BeneficiaryUnit, PpksKind
from shared.validation import Invalid

YEARS = st.integers(1900, 2026)


def test_every_kind_is_said_of_some_unit_and_families_and_communities_have_theirs() -> None:
    fit = {unit: set(kinds.fitting(unit)) for unit in BeneficiaryUnit}
    assert set().union(*fit.values()) == set(PpksKind)
    assert fit[BeneficiaryUnit.KELUARGA] == {PpksKind.KBA, PpksKind.KBS, PpksKind.FM, PpksKind.KBSP}
    assert fit[BeneficiaryUnit.KOMUNITAS] == {PpksKind.KAT, PpksKind.KMIN}
    assert fit[BeneficiaryUnit.PERORANGAN] == set(PpksKind) - {PpksKind.KBSP, PpksKind.KAT}


def test_the_kinds_that_are_protected_most_are_those_of_the_list() -> None:
    numbers = {entry.code: entry.number for entry in lists.edition("ppks", "2012").entries}
    assert {numbers[kind] for kind in kinds.SENSITIVE} == {3, 6, 10, *range(14, 20)}
    assert {numbers[kind] for kind in kinds.WITHOUT_WORDS} == {10, 14, 16}


@given(st.sampled_from(BeneficiaryUnit), st.lists(st.sampled_from(PpksKind), unique=True))
def test_the_first_kind_that_does_not_fit_is_named(unit: BeneficiaryUnit, codes: list[PpksKind]) -> None:
    wrong = [place for place, code in enumerate(codes) if code not in kinds.fitting(unit)]
    if not wrong:
        return fields.of_the_unit(codes, unit)
    with pytest.raises(Invalid) as refused:
        fields.of_the_unit(codes, unit)
    assert refused.value.at == f"ppks_kinds/{wrong[0]}"
    return None


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.integers(0, 120), st.integers(1, 366))
def test_nobody_of_the_usual_age_is_warned_about(on: date, age: int, birthday: int) -> None:
    """Whatever their birthday: only the year is known, so they may be a year younger than it looks."""
    born = on.year - age - (1 if on.timetuple().tm_yday < birthday else 0)
    warned = {kind for kind in PpksKind if list(kinds.age_warnings([kind], born, on))}
    usual = {
        PpksKind.ABT: age <= 5, PpksKind.AT: 5 <= age <= 18, PpksKind.ABH: 6 <= age <= 18, PpksKind.AJ: 5 <= age <= 18,
        PpksKind.ADK: age <= 18, PpksKind.AKTK: age <= 18, PpksKind.AMPK: age <= 18, PpksKind.LUT: age >= 60,
    }  # fmt: skip
    assert warned.isdisjoint(kind for kind, fits in usual.items() if fits)
    assert warned <= usual.keys()
    # Two years outside the usual ages it cannot be the birthday any more.
    if 20 < age < 58:
        assert warned == usual.keys()


CODES = st.sampled_from(["32", "32.04", "32.04.05", "32.04.05.2001", "32.04.06", "31", "31.71", "3", "32.0"])


@given(st.lists(CODES, max_size=3), CODES)
def test_an_area_reaches_what_it_holds_and_what_holds_it(areas: list[str], code: str) -> None:
    def holds(above: str, below: str) -> bool:
        return below.split(".")[: above.count(".") + 1] == above.split(".")

    officer = Principal("a", "b", frozenset({"village-operator"}), tuple(areas))
    assert givers.reaches(officer, code) is any(holds(area, code) or holds(code, area) for area in areas)
    assert givers.reaches(officer, "ID") is bool(areas)
    assert givers.reaches(Principal("a", "b", frozenset({"village-operator"}), ("ID",)), code)
    own = Principal("a", "b", frozenset({"institution-operator"}), tuple(areas))
    assert not givers.reaches(own, code)


@given(st.lists(st.tuples(YEARS, st.integers(0, 20)), max_size=4), st.dates(date(1900, 1, 1), date(2026, 12, 31)))
def test_the_head_of_a_family_is_who_has_that_role_that_day(terms: list[tuple[int, int]], day: date) -> None:
    members = [
        {"person_id": f"00000000-0000-0000-0000-00000000000{n}", "role": "kepala_keluarga" if n % 2 == 0 else "anak",
         "since": f"{since}-01-01", "until": f"{since + years}-01-01" if years else None}
        for n, (since, years) in enumerate(terms)
    ]  # fmt: skip
    expected = [
        n for n, (since, years) in enumerate(terms)
        if n % 2 == 0 and since <= day.year and (not years or day.year < since + years)
    ]  # fmt: skip
    found = beneficiaries.head(members, day)
    assert (found and int(str(found)[-1])) == (expected[0] if expected else None)
