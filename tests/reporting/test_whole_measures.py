"""Edge cases of TRH-01, SOL-01, PRT-02, TPD-01, STR-02 and BUD-01 (`domain.md` §5.3), one claim each, on the pure functions."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from services.reporting.measures import (
    ACTIVITY,
    INSTITUTION,
    RESOURCE,
    SOURCES,
    VALUE,
    Group,
    Tag,
    activity,
    institution,
    runs,
    value,
)
from services.reporting.places import FOREVER, Path, Tree, Village
from shared.codes import (
    ActivityKind,
    ActivityStatus,
    FundingSource,
    InstitutionType,
    LegalStatus,
    Operation,
    OrganisationKind,
    Origin,
    PartyRole,
    PpksKind,
    ResourceForm,
    ValueKind,
    ValueState,
    Verification,
)
from shared.events.activities import Activity, Headcount, Party, PlanVersion, ResourceSum, TargetGroup
from shared.events.registry import CulturalValue, Institution, Seat, ValueSpell
from tests.reporting import histories
from tests.reporting.histories import INSTITUTIONS, VILLAGES
from tests.reporting.last_days import day, months, on_last_days, spells

HELD = day("2026-02-10")
HERE = Village(5, [(None, None, [1, 2, 3, 4, 5])])


def done(**state: Any) -> Activity:
    """A completed activity."""
    told: dict[str, Any] = {
        "title": "Kerja bakti", "kind": ActivityKind.MUSYAWARAH, "village_id": VILLAGES[0],
        "lead_institution_id": INSTITUTIONS[0], "status": ActivityStatus.SELESAI, "held_from": HELD, "held_until": HELD,
    }  # fmt: skip
    return Activity(**(told | state))


def gives(state: Activity, group: Group = ACTIVITY) -> dict[str, int]:
    """What an activity gives in its month; of resources, by source and measure."""
    found: dict[str, int] = {}

    def emit(into: Group, _path: Path, _month: int, dimension: int, changes: Any) -> None:
        for place, amount in changes:
            if into is group:
                name = group.measures[place] if group is ACTIVITY else f"{SOURCES[dimension]} {group.measures[place]}"
                found[name] = found.get(name, 0) + amount

    activity.contribute(state, HERE, emit)
    return {name: amount for name, amount in found.items() if amount}


def plan(*recorded: str) -> list[PlanVersion]:
    return [PlanVersion(planned_from=HELD, planned_until=HELD, recorded_on=day(text)) for text in recorded]


AIMED: dict[str, Any] = {
    "plan": plan("2026-02-09"), "objective": "Saluran bersih", "target_group": TargetGroup(members=True)
}  # fmt: skip


@pytest.mark.parametrize(
    ("lacks", "directed"),
    [
        ({}, 1),
        ({"plan": plan("2026-02-10")}, 0),
        ({"plan": plan("2026-02-10", "2026-02-01")}, 1),
        ({"plan": []}, 0),
        ({"objective": None}, 0),
        ({"objective": "  "}, 0),
        ({"target_group": None}, 0),
        ({"target_group": TargetGroup()}, 0),
        ({"target_group": TargetGroup(ppks_kinds=[PpksKind.LUT])}, 1),
    ],
)
def test_an_activity_is_directed_by_a_plan_of_before_with_an_objective_for_a_group(
    lacks: dict[str, Any], directed: int
) -> None:
    found = gives(done(**(AIMED | lacks)))
    assert (found["directable"], found.get("directed", 0)) == (1, directed)


def test_an_activity_of_several_days_is_planned_before_its_first() -> None:
    state = done(**AIMED, held_from=day("2026-02-08"))
    assert "directed" not in gives(state)
    assert "directed" in gives(state.model_copy(update={"held_from": HELD}))


def test_emergency_aid_leaves_both_sides() -> None:
    found = gives(done(**AIMED, kind=ActivityKind.TANGGAP_DARURAT))
    assert found.keys() & {"directable", "directed"} == set()
    assert found["completed"] == 1


def test_what_was_not_completed_or_was_an_error_gives_nothing_of_these() -> None:
    funds = [ResourceSum(source=FundingSource.IURAN, form=ResourceForm.TUNAI, value=5)]
    for state in ({"status": ActivityStatus.DIBATALKAN, "held_from": None, "held_until": None}, {"voided": True}):
        told = done(**(AIMED | {"resources": funds} | state))
        assert gives(told).keys() & {"directable", "directed", "attendance"} == set()
        assert gives(told, RESOURCE) == {}
        assert [tag for _, tag, _, _ in activity.tallies(told)] == []


def people(total: int | None) -> Headcount | None:
    return None if total is None else Headcount(total=total)


@pytest.mark.parametrize(
    ("invited", "attended", "named", "expected"),
    [
        (20, 15, 0, (15, 20, 15, 0)),
        (20, 15, 10, (15, 20, 15, 10)),
        (20, 15, 18, (18, 20, 18, 18)),
        (20, None, 6, (6, 20, 6, 6)),
        (None, None, 6, (0, 0, 6, 6)),
        (20, None, 0, (0, 0, 0, 0)),
        (20, 0, 0, (0, 20, 0, 0)),
        (10, 15, 0, (15, 10, 15, 0)),
    ],
)
def test_who_came_is_the_headcount_or_the_people_named_if_they_are_more(
    invited: int | None, attended: int | None, named: int, expected: tuple[int, ...]
) -> None:
    found = gives(done(invited=people(invited), attended=people(attended), named=named))
    assert tuple(found.get(name, 0) for name in ("attended", "invited", "attendance", "named")) == expected


def funds(*sums: tuple[FundingSource, ResourceForm, int, int]) -> list[ResourceSum]:
    return [ResourceSum(source=source, form=form, value=worth, unvalued=none) for source, form, worth, none in sums]


def test_resources_add_up_by_source_in_any_form_and_what_has_no_value_counts_apart() -> None:
    state = done(
        resources=funds(
            (FundingSource.IURAN, ResourceForm.TUNAI, 300_000, 0),
            (FundingSource.IURAN, ResourceForm.TENAGA, 50_000, 2),
            (FundingSource.APBD, ResourceForm.BARANG, 600_000, 0),
        )
    )
    assert gives(state, RESOURCE) == {"iuran value": 350_000, "iuran unvalued": 2, "apbd value": 600_000}


def party(kind: OrganisationKind, id: UUID, *, of_lead: bool = False) -> Party:
    return Party(organisation=kind, id=id, role=PartyRole.PENDUKUNG, of_lead=of_lead)


NETWORK, PARTNER = OrganisationKind.NETWORK, OrganisationKind.PARTNER


@pytest.mark.parametrize(
    ("state", "count"),
    [
        ({}, 1),
        ({"co_organiser_ids": [INSTITUTIONS[0]]}, 1),
        ({"co_organiser_ids": [INSTITUTIONS[1], INSTITUTIONS[1]]}, 2),
        ({"partners": ["Dinsos", " dinsos "]}, 2),
        ({"parties": [party(PARTNER, INSTITUTIONS[2]), party(PARTNER, INSTITUTIONS[2])]}, 2),
        ({"parties": [party(NETWORK, INSTITUTIONS[2], of_lead=True)]}, 1),
        ({"parties": [party(NETWORK, INSTITUTIONS[2])]}, 2),
        ({"parties": [party(NETWORK, INSTITUTIONS[2], of_lead=True), party(PARTNER, INSTITUTIONS[3])]}, 2),
        ({"target_institution_ids": [INSTITUTIONS[1]]}, 1),
    ],
)
def test_organisations_in_role_are_counted_once_each(state: dict[str, Any], count: int) -> None:
    assert len(activity.organisations(done(**state))) == count
    assert activity.is_joint(done(**state)) == (count >= 2)


@pytest.mark.parametrize("kind", ActivityKind)
def test_training_guidance_and_equipment_empower_their_targets_and_no_organiser(kind: ActivityKind) -> None:
    state = done(kind=kind, target_institution_ids=[INSTITUTIONS[1], INSTITUTIONS[1]])
    found = [(owner, month) for owner, tag, month, _ in activity.tallies(state) if tag is Tag.EMPOWERED]
    empowers = kind in (ActivityKind.PELATIHAN, ActivityKind.BIMBINGAN, ActivityKind.BANTUAN_SARANA)
    assert found == ([(INSTITUTIONS[1], 2026 * 12 + 1)] if empowers else [])


def stocks(group: Group, measure: str, contribute: Any, tree: Tree = Tree.AS_WAS, key: int = 5) -> list[str]:
    """The months in which a region holds one of a measure."""
    changes: dict[int, int] = {}

    def emit(into: Group, path: Path, month: int, _dimension: int, given: Any) -> None:
        for place, amount in given:
            if (
                into is group
                and into.measures[place] == measure
                and path.tree in (Tree.BOTH, tree)
                and key in path.keys
            ):
                changes[month] = changes.get(month, 0) + amount

    contribute(emit)
    level, found = 0, []
    for month in range(min(changes, default=0), max(changes, default=-1) + 1):
        level += changes.get(month, 0)
        assert level in (0, 1), "counted twice"
        found.append((month, month + level))
    if level:
        found.append((max(changes), FOREVER))
    return months(runs.union(found))


def test_an_institution_is_empowered_for_twelve_months_while_it_is_active() -> None:
    state = Institution(
        type=InstitutionType.ARS, name="Arisan", origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
        verification=Verification.TERVERIFIKASI, operation=Operation.AKTIF,
        active=spells(("2025-01-01", "2025-06-10"), ("2025-08-01", "2026-01-05")), seats=[Seat(village_id=VILLAGES[0])],
    )  # fmt: skip

    def contribute(emit: Any) -> None:
        tallied = {int(Tag.EMPOWERED): {2025 * 12 + 2: 1}}
        institution.contribute(state, tallied, {VILLAGES[0]: HERE}, 2015 * 12, emit)

    assert stocks(INSTITUTION, "empowered", contribute) == ["2025-03..2025-05", "2025-08..2025-12"]


MOVED = day("2026-02-10")
NEAR = Village(11, [(None, None, [1, 2, 3, 4, 11])])
FAR = Village(12, [(None, MOVED, [1, 2, 3, 4, 12]), (MOVED, None, [1, 2, 3, 6, 12])])
TOGETHER: Mapping[UUID, Village] = {VILLAGES[0]: NEAR, VILLAGES[1]: FAR}


def lived(*states: tuple[str, ValueState], **more: Any) -> CulturalValue:
    told = [ValueSpell(state=state, since=day(since)) for since, state in states]
    return CulturalValue(name="Rewang", kind=ValueKind.TRADISI, village_ids=list(VILLAGES[:2]), states=told, **more)


def held(
    state: CulturalValue, measure: str, key: int, tree: Tree = Tree.AS_WAS, practised: str = "2026-01"
) -> list[str]:
    year, month = map(int, practised.split("-"))
    tallied = {int(Tag.PRACTISED): {year * 12 + month - 1: 2}}
    return stocks(VALUE, measure, lambda emit: value.contribute(state, tallied, TOGETHER, 2015 * 12, emit), tree, key)


def test_a_value_of_two_villages_counts_in_each_and_once_above_in_both_trees() -> None:
    state = lived(("2025-12-05", ValueState.DIJALANKAN), ("2026-05-05", ValueState.HILANG))
    for key, tree in ((11, Tree.AS_WAS), (12, Tree.CURRENT), (4, Tree.AS_WAS), (4, Tree.CURRENT), (1, Tree.AS_WAS)):
        assert held(state, "alive", key, tree) == ["2025-12..2026-04"], (key, tree)
    assert held(state, "alive", 6, Tree.AS_WAS) == ["2026-02..2026-04"]
    assert held(state, "alive", 6, Tree.CURRENT) == ["2025-12..2026-04"]


def test_a_value_is_practised_for_twelve_months_while_it_lives() -> None:
    state = lived(
        ("2025-03-10", ValueState.DIJALANKAN), ("2026-04-01", ValueState.HILANG),
        ("2026-06-30", ValueState.DIHIDUPKAN_KEMBALI), ("2027-01-31", ValueState.MEMUDAR),
    )  # fmt: skip
    assert held(state, "alive", 1) == ["2025-03..2026-03", "2026-06.."]
    assert held(state, "practised", 1) == ["2026-01..2026-03", "2026-06..2026-12"]
    assert held(state, "practised", 1, practised="2025-01") == ["2025-03..2025-12"]
    assert held(state.model_copy(update={"voided": True}), "alive", 1) == []


@given(state=histories.value_states())
def test_a_value_is_alive_on_the_last_days_that_its_newest_state_says(state: CulturalValue) -> None:
    def standing(at: date) -> bool:
        told = [each for each in state.states if each.since <= at]
        return bool(told) and max(told, key=lambda each: each.since).state is not ValueState.HILANG

    on_last_days(value.alive(state), standing)
