"""What a region change would do, and what is refused: pure rules on a small made-up tree."""

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.registry.region_changes.operations import Operation
from services.registry.region_changes.places import Known, Plan
from services.registry.region_changes.plan import plan
from services.registry.regions import identity, table
from shared.codes import RegionKind

_OPERATIONS: TypeAdapter[list[Operation]] = TypeAdapter(list[Operation])
CODES = (
    "ID", "32", "32.04", "32.04.05", "32.04.05.2001", "32.04.05.2002", "32.04.06", "32.04.06.2001", "33", "33.01",
    "33.01.01", "33.01.01.2001",
)  # fmt: skip
DAY = date(2026, 3, 1)


def tree() -> list[Known]:
    rows = [
        table.RegionRow("ID", "Indonesia", table.level_of("ID"), RegionKind.NEGARA, None, "Asia/Jakarta"),
        *(table.row(code, f"Nama {code}") for code in CODES[1:]),
    ]
    parents = {code: identity.parent_code(code) for code in CODES}
    return [
        Known(
            identity.region_id(row.code), row.code, row.name, row.kind, row.time_zone,
            identity.region_id(parent) if (parent := parents[row.code]) else None,
            date(2025, 4, 25) if row.code == "32.04.06" else None,
        )
        for row in rows
    ]  # fmt: skip


def planned(*operations: dict[str, Any], day: date = DAY, held: dict[str, Any] | None = None) -> Plan:
    return plan(_OPERATIONS.validate_python(list(operations)), tree(), day, held=held or {})


def effects(found: Plan) -> dict[str, tuple[str | None, str | None]]:
    """Code before (of what begins: its own) → the fact, and the code after (null if it ends)."""
    assert not found.faults, found.faults
    return {
        place.before.code if place.before else place.code: (place.verb, None if place.ended else place.code)
        for place in found.touched
    }


def faults(*operations: dict[str, Any], **options: Any) -> set[tuple[str | None, str]]:
    return {(fault.pointer, fault.code) for fault in planned(*operations, **options).faults}


def test_what_lies_below_a_recoded_region_is_recoded_with_it() -> None:
    assert effects(planned({"kind": "recode", "region": "32.04", "code": "32.05"})) == {
        "32.04": ("recoded", "32.05"),
        "32.04.05": ("recoded", "32.05.05"),
        "32.04.05.2001": ("recoded", "32.05.05.2001"),
        "32.04.05.2002": ("recoded", "32.05.05.2002"),
        "32.04.06": ("recoded", "32.05.06"),
        "32.04.06.2001": ("recoded", "32.05.06.2001"),
    }


def test_a_district_split_moves_and_recodes_villages_in_one_change() -> None:
    found = planned(
        {"kind": "split", "region": "32.04.05", "into": [{"code": "32.04.47", "name": "Cileunyi Barat"}]},
        {"kind": "transfer", "region": "32.04.05.2002", "parent": "32.04.47", "code": "32.04.47.1001"},
    )
    assert effects(found) == {
        "32.04.05": ("split", "32.04.05"),
        "32.04.47": ("founded", "32.04.47"),
        "32.04.05.2002": ("transferred", "32.04.47.1001"),
    }
    [village] = [place for place in found.touched if place.verb == "transferred"]
    assert village.kind == "kelurahan"
    [link] = found.links
    assert (link.before.code, link.after.code, link.kind, link.rights_follow) == (
        "32.04.05",
        "32.04.47",
        "split",
        False,
    )


def test_a_regency_moves_into_a_province_that_the_same_change_founds() -> None:
    found = planned(
        {"kind": "split", "region": "33", "into": [{"code": "38", "name": "Banyumasan"}]},
        {"kind": "transfer", "region": "32.04", "parent": "38", "code": "38.01"},
        {"kind": "rename", "region": "32.04", "name": "Kabupaten Baru"},
        {"kind": "transfer", "region": "33.01", "parent": "32", "code": "32.09"},
    )
    # What the two would leave behind them, a province without regencies, is refused.
    assert {(fault.pointer, fault.code) for fault in found.faults} == {("/operations/0", "region-without-children")}


def test_two_villages_may_exchange_their_codes() -> None:
    found = planned(
        {"kind": "recode", "region": "32.04.05.2001", "code": "32.04.05.2002"},
        {"kind": "recode", "region": "32.04.05.2002", "code": "32.04.05.2001"},
    )
    assert effects(found) == {
        "32.04.05.2002": ("recoded", "32.04.05.2001"),
        "32.04.05.2001": ("recoded", "32.04.05.2002"),
    }


def test_a_merger_ends_regions_and_their_records_go_to_who_takes_over() -> None:
    found = planned({"kind": "merge", "regions": ["32.04.05.2002"], "into": "32.04.05.2001"})
    assert effects(found) == {"32.04.05.2002": ("merged", None)}
    assert {id: heir.code for id, heir in found.heirs.items()} == {identity.region_id("32.04.05.2002"): "32.04.05.2001"}
    new = planned(
        {"kind": "merge", "regions": ["32.04.05.2001", "32.04.05.2002"], "into": "32.04.05.2001", "name": "Cileunyi"}
    )
    assert effects(new).keys() == {"32.04.05.2001", "32.04.05.2002"}
    [founded] = [place for place in new.touched if place.before is None]
    assert (founded.code, founded.name, founded.verb) == ("32.04.05.2001", "Cileunyi", "founded")


REFUSED: list[tuple[list[dict[str, Any]], set[tuple[str, str]]]] = [
    ([{"kind": "rename", "region": "32.99", "name": "X"}], {("/operations/0/region", "region-unknown")}),
    ([{"kind": "rename", "region": "32.04", "name": "Nama 32.04"}], {("/operations/0/name", "nothing-changes")}),
    ([{"kind": "rename", "region": "ID", "name": "Nusantara"}], {("/operations/0/region", "nation-stays")}),
    (
        [{"kind": "rename", "region": "32.04", "name": "A"}, {"kind": "rename", "region": "32.04", "name": "B"}],
        {("/operations/1/region", "said-twice")},
    ),
    (
        [{"kind": "recode", "region": "32.04.05.2001", "code": "32.04.05.2002"}],
        {("/operations/0", "code-in-use")},
    ),
    ([{"kind": "recode", "region": "32.04", "code": "32.04.09"}], {("/operations/0/code", "region-wrong-level")}),
    ([{"kind": "recode", "region": "32.04", "code": "33.04"}], {("/operations/0", "code-not-below-parent")}),
    ([{"kind": "recode", "region": "32.04", "code": "32.74"}], {("/operations/0/code", "kind-changes")}),
    (
        [{"kind": "recode", "region": "32.04.05.2001", "code": "32.04.05.1001"}],
        {("/operations/0/code", "kind-changes")},
    ),
    ([{"kind": "status", "region": "32.04.05.2001", "code": "32.04.05.2009"}], {("/operations/0/code", "kind-stays")}),
    (
        [{"kind": "transfer", "region": "32.04.05.2001", "parent": "33.01", "code": "33.01.01.2009"}],
        {("/operations/0/parent", "parent-wrong-level")},
    ),
    # A cycle: a region below itself.
    (
        [{"kind": "transfer", "region": "32.04", "parent": "32.04.05", "code": "32.99"}],
        {("/operations/0/parent", "parent-wrong-level")},
    ),
    (
        [{"kind": "transfer", "region": "32.04.05.2001", "parent": "32.04.06", "code": "32.04.05.2009"}],
        {("/operations/0", "code-not-below-parent")},
    ),
    (
        [{"kind": "merge", "regions": ["32.04.05"], "into": "32.04.06"}],
        {("/operations/0", "region-without-parent")},
    ),
    ([{"kind": "merge", "regions": ["32.04"], "into": "32.04"}], {("/operations/0/regions/0", "merged-into-itself")}),
    (
        [{"kind": "merge", "regions": ["32.04.05"], "into": "32.04.06.2001"}],
        {("/operations/0/regions/0", "region-wrong-level")},
    ),
    (
        [{"kind": "transfer", "region": "32.04.06.2001", "parent": "32.04.05", "code": "32.04.05.2009"}],
        {("/operations", "region-without-children")},
    ),
    (
        [{"kind": "split", "region": "32.04.05", "into": [{"code": "32.04.47", "name": "Baru"}]}],
        {("/operations/0", "region-without-children")},
    ),
    (
        [{"kind": "split", "region": "32.04.05.2001", "into": [{"code": "32.04.05.2009", "name": "A"}], "continues": False}],
        {("/operations/0/into", "split-into-one"), ("/operations/0/records_to", "records-need-a-place")},
    ),
    (
        [
            {
                "kind": "split", "region": "32.04.05.2001", "into": [{"code": "32.04.05.2009", "name": "A"}],
                "rights_follow": ["32.04.05.2002"], "records_to": "32.04.05.2009",
            }
        ],
        {("/operations/0/rights_follow/0", "not-in-this-split"), ("/operations/0/records_to", "records-stay")},
    ),
    ([{"kind": "rename", "region": "32.04.06", "name": "X"}], set()),
]  # fmt: skip


@pytest.mark.parametrize(("operations", "wrong"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_stand_is_told_with_its_place(
    operations: list[dict[str, Any]], wrong: set[tuple[str, str]]
) -> None:
    assert faults(*operations) == wrong


def test_a_change_must_be_younger_than_what_was_changed_last() -> None:
    rename = {"kind": "rename", "region": "32.04.06", "name": "X"}
    assert faults(rename, day=date(2025, 4, 25)) == {("/effective_on", "before-earlier-change")}
    assert faults(rename, day=date(2025, 4, 26)) == set()


def test_a_code_that_somebody_else_holds_or_held_after_the_day_is_in_use() -> None:
    recode = {"kind": "recode", "region": "32.04.05.2001", "code": "32.04.05.2007"}
    for holder in (identity.region_id("32.04.05.2007"), None):
        assert faults(recode, held={"32.04.05.2007": holder}) == {("/operations/0", "code-in-use")}


def test_a_new_region_under_a_code_that_was_anothers_first_gets_an_id_of_its_own() -> None:
    split = {"kind": "split", "region": "32.04.05.2001", "into": [{"code": "32.04.05.2009", "name": "A"}]}
    operations = _OPERATIONS.validate_python([split])
    plain, taken = identity.region_id("32.04.05.2009"), identity.region_id("32.04.05.2009/2026-03-01")
    for used, id in ((frozenset[Any](), plain), (frozenset([plain]), taken)):
        found = plan(operations, tree(), DAY, held={}, used_ids=used)
        assert [place.id for place in found.touched if place.before is None] == [id]
