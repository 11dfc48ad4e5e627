"""The rules of LEM-03, LEM-04 and SAR-01, one claim each, and each beside its plainest reading: one question per last day."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.measures import completeness, facilities, stage
from services.reporting.measures.completeness import Item
from services.reporting.periods import last_day
from shared.codes import DevelopmentStage, DocumentKind, FacilityClass, FacilityCondition, Role
from shared.events.registry import Assessment, Document, Facility, FacilityCheck, Institution, Term
from tests.reporting import histories
from tests.reporting.histories import VILLAGES
from tests.reporting.last_days import covers, day, months, on_last_days, until


def institution(**parts: Any) -> Institution:
    return Institution.model_validate(
        {"type": "ARS", "name": "Arisan Mawar", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
         "verification": "terverifikasi", "operation": "aktif", "active": [{"since": "2020-01-01"}],
         "seats": [{"village_id": VILLAGES[0]}], **parts}
    )  # fmt: skip


def document(kind: DocumentKind, since: str, end: str | None = None) -> Document:
    return Document(kind=kind, since=day(since), until=until(end))


def term(role: Role, since: str = "2020-01-01", end: str | None = None) -> Term:
    return Term(role=role, since=day(since), until=until(end))


def test_a_document_without_an_end_is_in_force_and_one_that_ended_on_the_last_day_is_not() -> None:
    kind = DocumentKind.PENGESAHAN
    for end, expected in (
        (None, ["2025-03.."]),
        ("2026-03-31", ["2025-03..2026-02"]),
        ("2026-04-01", ["2025-03..2026-03"]),
    ):
        state = institution(documents=[document(kind, "2025-03-31", end)])
        assert months(completeness.fulfilled(state)[Item.PENGESAHAN]) == expected, end


def test_either_book_is_enough_and_two_are_one_item() -> None:
    state = institution(documents=[
        document(DocumentKind.BUKU_KAS, "2025-01-01", "2025-06-01"), document(DocumentKind.BUKU_ANGGOTA, "2025-03-01"),
    ])  # fmt: skip
    found = completeness.fulfilled(state)
    assert months(found[Item.BUKU]) == ["2025-01.."]
    assert [item for item in Item if found[item]] == [Item.BUKU]


def test_officers_are_complete_only_while_ketua_and_sekretaris_are_both_in_office() -> None:
    officers = [term(Role.KETUA, end="2025-07-01"), term(Role.KETUA, "2025-07-15"), term(Role.SEKRETARIS, "2025-03-01"),
                term(Role.BENDAHARA)]  # fmt: skip
    found = completeness.fulfilled(institution(officers=officers))
    assert months(found[Item.PENGURUS]) == ["2025-03.."], "the gap lies between two months' ends"
    assert months(completeness.led(officers[:2])) == []


@given(parts=histories.parts)
def test_items_are_what_each_last_day_says(parts: dict[str, Any]) -> None:
    state = institution().model_copy(update=parts)
    found = completeness.fulfilled(state)

    def kept(*kinds: DocumentKind) -> Callable[[date], bool]:
        return lambda at: any(d.kind in kinds and covers(d.since, d.until, at) for d in state.documents)

    def led(at: date) -> bool:
        held = {each.role for each in state.officers if covers(each.since, each.until, at)}
        return {Role.KETUA, Role.SEKRETARIS} <= held

    on_last_days(found[Item.PENGURUS], led)
    on_last_days(found[Item.PENGESAHAN], kept(DocumentKind.PENGESAHAN))
    on_last_days(found[Item.ATURAN_TERTULIS], kept(DocumentKind.ATURAN_TERTULIS))
    on_last_days(found[Item.BUKU], kept(DocumentKind.BUKU_KAS, DocumentKind.BUKU_ANGGOTA))


def assessment(on: str, found: DevelopmentStage = DevelopmentStage.MANDIRI) -> Assessment:
    return Assessment(on=day(on), stage=found, instrument="KUBE 2012, 1")


def plus_months(start: date, count: int) -> date:
    """So many calendar months later, the day clamped to the month's end."""
    month = start.year * 12 + start.month - 1 + count
    last = last_day(month)
    return last.replace(day=min(start.day, last.day))


@pytest.mark.parametrize(
    ("on", "last"), [("2024-03-31", "2026-02"), ("2024-03-01", "2026-02"), ("2024-02-29", "2026-01")]
)
def test_an_assessment_stands_for_twenty_four_months_to_the_day(on: str, last: str) -> None:
    assert months(stage.assessed([assessment(on)], *DevelopmentStage)) == [f"{on[:7]}..{last}"]


def test_a_newer_assessment_ends_the_older_one_though_it_finds_less() -> None:
    told = [assessment("2025-01-10"), assessment("2025-06-10", DevelopmentStage.TUMBUH)]
    assert months(stage.assessed(told, *stage.ADVANCED)) == ["2025-01..2025-05"]
    assert months(stage.assessed(told, *DevelopmentStage)) == ["2025-01..2027-05"]


def test_of_two_assessments_of_one_day_the_later_told_stands() -> None:
    told = [assessment("2025-01-10"), assessment("2025-01-10", DevelopmentStage.TUMBUH)]
    assert months(stage.assessed(told, *stage.ADVANCED)) == []
    assert months(stage.assessed(told[::-1], *stage.ADVANCED)) == ["2025-01..2026-12"]


@given(told=st.lists(histories.assessments, max_size=4))
def test_the_standing_assessment_is_what_each_last_day_says(told: list[Assessment]) -> None:
    def found(at: date) -> Assessment | None:
        known = [(each.on, place, each) for place, each in enumerate(told) if each.on <= at]
        newest = max(known, key=lambda each: each[:2])[2] if known else None
        return newest if newest and at < plus_months(newest.on, 24) else None

    on_last_days(stage.assessed(told, *DevelopmentStage), lambda at: found(at) is not None)
    on_last_days(
        stage.assessed(told, *stage.ADVANCED),
        lambda at: (newest := found(at)) is not None and newest.stage is not DevelopmentStage.TUMBUH,
    )


def item(
    kind: FacilityClass, *checks: tuple[str, FacilityCondition], since: str = "2020-01-01", end: str | None = None
) -> Facility:
    return Facility(
        facility_class=kind, name=kind.value, since=day(since), until=until(end),
        checks=[FacilityCheck(on=day(on), condition=condition) for on, condition in checks],
    )  # fmt: skip


def test_a_check_is_good_for_twelve_months_and_a_newer_one_ends_it() -> None:
    good, worn, broken = FacilityCondition.BAIK, FacilityCondition.RUSAK_RINGAN, FacilityCondition.RUSAK_BERAT
    kind = FacilityClass.ALAT
    assert months(facilities.usable(item(kind, ("2025-01-31", good)))) == ["2025-01..2025-12"]
    assert months(facilities.usable(item(kind, ("2025-01-31", good), ("2025-05-02", worn)))) == ["2025-01..2026-04"]
    assert months(facilities.usable(item(kind, ("2025-01-31", good), ("2025-05-02", broken)))) == ["2025-01..2025-04"]
    assert months(facilities.usable(item(kind, ("2025-05-02", broken), ("2025-01-31", good)))) == ["2025-01..2025-04"]
    assert months(facilities.usable(item(kind))) == []


def test_an_item_is_usable_only_while_it_is_there() -> None:
    found = item(FacilityClass.ALAT, ("2025-01-10", FacilityCondition.BAIK), since="2025-02-15", end="2025-06-30")
    assert months(facilities.usable(found)) == ["2025-02..2025-05"]


def test_each_class_needs_an_item_and_another_of_the_same_class_takes_over() -> None:
    good = FacilityCondition.BAIK
    place, desk = (
        item(FacilityClass.TEMPAT, ("2025-01-10", good)),
        item(FacilityClass.ADMINISTRASI, ("2025-03-10", good)),
    )
    tools = [
        item(FacilityClass.ALAT, ("2025-01-10", good), end="2025-06-01"),
        item(FacilityClass.ALAT, ("2025-05-10", good)),
    ]
    assert months(facilities.equipped([place, desk, *tools])) == ["2025-03..2025-12"]
    assert months(facilities.equipped([place, *tools])) == []


@given(items=st.lists(histories.facilities, max_size=6))
def test_equipment_is_what_each_last_day_says(items: list[Facility]) -> None:
    def usable(found: Facility, at: date) -> bool:
        known = [(check.on, place, check) for place, check in enumerate(found.checks) if check.on <= at]
        if not known or not covers(found.since, found.until, at):
            return False
        newest = max(known, key=lambda each: each[:2])[2]
        return newest.condition is not FacilityCondition.RUSAK_BERAT and at < plus_months(newest.on, 12)

    on_last_days(
        facilities.equipped(items),
        lambda at: {found.facility_class for found in items if usable(found, at)} == set(FacilityClass),
    )
