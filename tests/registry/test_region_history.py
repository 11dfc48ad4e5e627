"""The shipped lineage: facts that are known of it, and what it makes of regions."""

import csv
import gzip
import hashlib
import itertools
import re
from datetime import date
from pathlib import Path

import pytest

from services.registry.regions import history, identity, naming, table
from services.registry.regions.wanted import Wanted, wanted
from shared.codes import CodeSystem, Confidence, SuccessionKind

RECODED = [*csv.DictReader(Path(__file__).with_name("recoded_regencies.csv").read_text("utf-8").splitlines())]
"""Source: computed on cahyadsn/wilayah b7ad440a, the tables of 2021-22 and 2025."""


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    return {row.code: row.name for row in table.read()}


@pytest.fixture(scope="module")
def country() -> Wanted:
    """What the shipped data say of the whole country."""
    return wanted(table.read(), history.shipped(), {})


def codes(country: Wanted, code: str) -> list[tuple[str, date | None, date | None]]:
    """The Kemendagri codes over time of the region that has this code today."""
    held = country.timeline.codes[identity.region_id(code)]
    return [(one.code, one.since, one.until) for one in held if one.system is CodeSystem.KEMENDAGRI]


def lineage(country: Wanted, code: str) -> list[tuple[list[str], date | None, date | None]]:
    """The ancestors over time, by today's codes."""
    named = {id: values["code"] for id, values in country.regions.items()}
    pieces = country.timeline.lineage(identity.region_id(code))
    return [([named[id] for id in piece.ancestors], piece.since, piece.until) for piece in pieces]


def test_the_26_regencies_of_papua_are_the_same_regions_under_two_codes_and_provinces(
    country: Wanted, names: dict[str, str]
) -> None:
    assert len(RECODED) == 26
    for fact in RECODED:
        old, new, before, after = fact["kode_lama"], fact["kode_baru"], fact["provinsi_lama"], fact["provinsi_baru"]
        day = history.LATEST if after == "96" else history.PAPUA
        assert naming.letters(fact["nama"]) == naming.letters(names[new])
        assert codes(country, new) == [(old, None, day), (new, day, None)]
        assert lineage(country, new) == [(["ID", before], None, day), (["ID", after], day, None)]


def test_a_village_of_merauke_lay_in_papua_until_the_decree_and_lies_in_papua_selatan_since(country: Wanted) -> None:
    day = date(2022, 11, 9)
    assert codes(country, "93.01.01.2001") == [("91.01.01.2001", None, day), ("93.01.01.2001", day, None)]
    assert lineage(country, "93.01.01.2001") == [
        (["ID", "91", "93.01", "93.01.01"], None, day),
        (["ID", "93", "93.01", "93.01.01"], day, None),
    ]


def test_air_putih_of_pekanbaru_is_followed_into_the_new_district(country: Wanted) -> None:
    day = history.LATEST
    assert codes(country, "14.71.13.1005") == [("14.71.08.1011", None, day), ("14.71.13.1005", day, None)]
    # Two districts of today share what was Tampan: which of them it is, nobody has decided.
    assert lineage(country, "14.71.13.1005") == [(["ID", "14", "14.71", "14.71.13"], None, None)]


def test_law_and_code_of_a_new_province_have_different_days(country: Wanted) -> None:
    assert country.regions[identity.region_id("93")]["since"] == date(2022, 7, 25)
    assert codes(country, "93") == [("93", date(2022, 11, 9), None)]
    assert country.regions[identity.region_id("96")]["since"] == date(2022, 12, 8)
    assert codes(country, "96") == [("96", date(2025, 4, 25), None)]
    splits = [link for link in history.shipped().successions if link.kind is SuccessionKind.SPLIT]
    assert [(link.old_code, link.code) for link in splits] == [("91", "93"), ("91", "94"), ("91", "95"), ("92", "96")]


def test_a_renamed_regency_keeps_its_code_and_its_old_name(country: Wanted) -> None:
    toba = identity.region_id("12.12")
    assert [run.value for run in country.timeline.earlier_names[toba]] == ["KAB. TOBA SAMOSIR"]
    assert codes(country, "12.12") == [("12.12", None, None)]


def test_no_code_has_two_holders_on_one_day(country: Wanted) -> None:
    spans: dict[str, list[tuple[date, date]]] = {}
    for held in country.timeline.codes.values():
        for code in held:
            span = (code.since or date.min, code.until or date.max)
            spans.setdefault(f"{code.system}/{code.code}", []).append(span)
    shared = {code: sorted(found) for code, found in spans.items() if len(found) > 1}
    assert shared  # codes were given to others
    assert all(one[1] <= other[0] for found in shared.values() for one, other in itertools.pairwise(found))


def test_ambiguous_links_change_nothing(country: Wanted) -> None:
    doubtful = {link.old_code for link in history.shipped().successions if link.confidence is Confidence.AMBIGUOUS}
    assert {"14.71.08", "14.71.12"} < doubtful
    applied = {code.code for held in country.timeline.codes.values() for code in held if code.until}
    assert not doubtful & applied


def test_nearly_all_villages_of_2020_are_found_again() -> None:
    gone = [link for link in history.read() if len(link.old_code) == 13 and link.old_code != link.code]
    exact = {link.old_code for link in gone if link.confidence is Confidence.EXACT}
    assert len(exact) / len({link.old_code for link in gone}) > 0.97


def test_bps_codes_mean_what_bps_means_by_them(names: dict[str, str]) -> None:
    bps = history.shipped().bps
    by_bps = {code: names[ours] for ours, code in bps.items()}
    assert by_bps["3171"] == "Kota Administrasi Jakarta Selatan"
    assert bps["31.71"] == "3173"
    assert by_bps["1101"] == "Kabupaten Simeulue"
    assert len(by_bps) == len(bps)
    # BPS has numbered the provinces of Papua anew since its list was made: unknown is left unknown.
    assert not [code for code in (*bps, *by_bps) if code.startswith("9")]


def test_the_notice_states_the_digests_of_what_is_shipped() -> None:
    notice = history.NOTICE.read_text(encoding="utf-8")
    for file in (history.LINEAGE, history.BPS):
        assert f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" in notice
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            assert len(list(lines)) > 400
    assert len(re.findall("Permission is hereby granted", notice)) == 2
