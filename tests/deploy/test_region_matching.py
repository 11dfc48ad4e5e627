"""Which region of an old table is which of today: pure rules on small made-up tables."""

import pytest

from deploy.regions import lineage, matching
from shared.codes import Confidence, SuccessionKind

OLD = {
    "91": "PAPUA", "91.01": "KAB. MERAUKE", "91.01.01": "Merauke", "91.01.01.2001": "Wasur", "91.01.01.2002": "Nasem",
    "91.01.02": "Kimaam", "91.01.02.2001": "Kiworo", "91.01.02.2002": "Turiram", "91.01.02.2003": "Deka",
    "91.03": "KAB. JAYAPURA", "91.03.01": "Sentani", "91.03.01.2001": "Wasur",
}  # fmt: skip
NEW = {
    "91": "Papua", "91.03": "Kabupaten Jayapura", "91.03.01": "Sentani", "91.03.01.2001": "Wasur",
    "93": "Papua Selatan", "93.01": "Kabupaten Merauke", "93.01.01": "Merauke", "93.01.01.2001": "Wasur",
    "93.01.01.2002": "Nasem", "93.01.02": "Kimaam", "93.01.02.2001": "Kiworo", "93.01.02.2002": "Turiram",
    "93.01.02.2003": "Deka",
}  # fmt: skip


def found(old: dict[str, str], new: dict[str, str]) -> dict[str, list[tuple[str, str, bool]]]:
    """Old code → (today's code, kind, whether it is exact)."""
    links: dict[str, list[tuple[str, str, bool]]] = {}
    for link in matching.links(old, new):
        links.setdefault(link.old, []).append((link.code, link.kind.value, link.confidence is Confidence.EXACT))
    return links


def test_a_regency_takes_what_lies_below_it_into_its_new_province_which_was_split_off() -> None:
    links = found(OLD, NEW)
    assert links["91.01"] == [("93.01", "transfer", True)]
    assert links["91.01.01"] == [("93.01.01", "recode", True)]
    assert links["91.01.01.2001"] == [("93.01.01.2001", "recode", True)]
    assert links["91.03.01.2001"] == [("91.03.01.2001", "rename", True)]  # the namesake elsewhere is not meant
    assert links["91"] == [("91", "rename", True), ("93", "split", True)]


def test_a_village_is_followed_into_another_district_of_its_regency_by_a_name_that_stands_there_once() -> None:
    new = {code: name for code, name in NEW.items() if name != "Deka"} | {"93.01.01.1003": "DEKA"}
    assert found(OLD, new)["91.01.02.2003"] == [("93.01.01.1003", "status", True)]
    twice = new | {"93.01.01.2004": "Deka"}
    assert found(OLD, twice)["91.01.02.2003"] == [
        ("93.01.01.1003", "status", False),
        ("93.01.01.2004", "transfer", False),
    ]


def test_an_exchange_of_two_codes_follows_the_names() -> None:
    new = NEW | {"93.01.01.2001": "Nasem", "93.01.01.2002": "Wasur"}
    links = found(OLD, new)
    assert links["91.01.01.2001"] == [("93.01.01.2002", "recode", True)]
    assert links["91.01.01.2002"] == [("93.01.01.2001", "recode", True)]


@pytest.mark.parametrize(("today", "exact"), [("Na Sem", True), ("NASSEM", True), ("Bupul", False)])
def test_another_name_under_the_same_code_is_the_same_village_only_if_it_is_a_spelling(today: str, exact: bool) -> None:
    assert found(OLD, NEW | {"93.01.01.2002": today})["91.01.01.2002"] == [("93.01.01.2002", "recode", exact)]


def test_a_district_is_known_by_its_villages_where_its_name_went_to_another() -> None:
    new = NEW | {"93.01.02": "Waan", "93.01.03": "Kimaam", "93.01.03.2001": "Sibenda"}
    assert found(OLD, new)["91.01.02"] == [("93.01.02", "recode", True)]


def test_what_vanished_has_no_successor_and_says_so() -> None:
    new = {code: name for code, name in NEW.items() if name != "Deka"}
    assert found(OLD, new)["91.01.02.2003"] == [("", "recode", False)]


def test_a_regency_that_cannot_be_followed_stops_the_comparison() -> None:
    with pytest.raises(ValueError, match=r"91\.01"):
        matching.links(OLD, NEW | {"93.01": "Kabupaten Anim Ha"})


def test_only_what_differs_is_shipped_with_the_day_on_which_it_is_known_to_have_ended() -> None:
    shipped = {(row[0], row[2]): row for row in lineage.differing(matching.links(OLD, NEW), OLD, NEW)}
    assert ("91.03.01.2001", "91.03.01.2001") not in shipped
    assert shipped["91.01", "93.01"][3:] == (SuccessionKind.TRANSFER, Confidence.EXACT, "2022-11-09")


def test_a_bps_code_is_shipped_for_the_one_region_that_bears_the_name() -> None:
    old = {
        "31": "DKI",
        "31.71": "KOTA ADM. JAKARTA PUSAT",
        "31.74": "KOTA ADM. JAKARTA SELATAN",
        "91": "PAPUA",
        "91.03": "KAB. JAYAPURA",
    }
    new = {
        "31": "DKI",
        "31.71": "Kota Adm. Jakarta Pusat",
        "31.74": "Kota Administrasi Jakarta Selatan",
        "91": "Papua",
        "91.03": "Kabupaten Jayapura",
    }
    bps = [
        ("3171", "KOTA JAKARTA SELATAN"),
        ("3173", "KOTA JAKARTA PUSAT"),
        ("3175", "KOTA MANA"),
        ("9403", "KABUPATEN JAYAPURA"),
    ]
    verified = lineage.verified(bps, old, new, matching.links(old, new))
    # Papua was divided since: what BPS calls its regencies today is not known.
    assert verified == [("31", "31"), ("31.71", "3173"), ("31.74", "3171")]
