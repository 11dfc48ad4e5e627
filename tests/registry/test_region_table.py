"""The shipped region table is the decree's, whole and in order."""

import gzip
import hashlib
import re
from collections import Counter, defaultdict
from datetime import date

import pytest

from services.registry.regions import table
from shared.codes import RegionKind, RegionLevel
from shared.region_codes import region_code


@pytest.fixture(scope="module")
def rows() -> list[table.RegionRow]:
    return list(table.read())


@pytest.fixture(scope="module")
def by_code(rows: list[table.RegionRow]) -> dict[str, table.RegionRow]:
    return {row.code: row for row in rows}


def test_the_table_holds_as_many_regions_of_each_kind_as_were_decreed(rows: list[table.RegionRow]) -> None:
    assert Counter(row.kind for row in rows) == {
        RegionKind.NEGARA: 1,
        RegionKind.PROVINSI: 38,
        RegionKind.KABUPATEN: 416,
        RegionKind.KOTA: 98,
        RegionKind.KECAMATAN: 7_285,
        RegionKind.DESA: 75_252,
        RegionKind.KELURAHAN: 8_496,
        RegionKind.DESA_ADAT: 14,
    }


def test_the_table_holds_as_many_regions_of_each_level_as_were_decreed(rows: list[table.RegionRow]) -> None:
    assert Counter(row.level for row in rows) == {
        RegionLevel.NATION: 1,
        RegionLevel.PROVINCE: 38,
        RegionLevel.REGENCY: 514,
        RegionLevel.DISTRICT: 7_285,
        RegionLevel.VILLAGE: 83_762,
    }


def test_the_nation_comes_first_and_alone_has_no_parent(rows: list[table.RegionRow]) -> None:
    nation = table.RegionRow("ID", "Indonesia", RegionLevel.NATION, RegionKind.NEGARA, None, "Asia/Jakarta")
    assert rows[0] == nation
    assert [row for row in rows if row.parent is None] == [nation]


def test_every_parent_stands_before_its_child_one_level_up(rows: list[table.RegionRow]) -> None:
    levels = list(RegionLevel)
    seen: dict[str, RegionLevel] = {}
    for row in rows:
        if row.parent is not None:
            assert levels.index(seen[row.parent]) == levels.index(row.level) - 1
        seen[row.code] = row.level


def test_no_code_stands_there_twice_and_the_rows_are_in_order(rows: list[table.RegionRow]) -> None:
    codes = [row.code for row in rows[1:]]
    assert codes == sorted(set(codes))


def test_every_code_has_the_one_stored_spelling(rows: list[table.RegionRow]) -> None:
    assert all(region_code(row.code) == row.code == region_code(row.code.replace(".", "")) for row in rows)


def test_every_region_above_a_village_has_children(rows: list[table.RegionRow]) -> None:
    parents = {row.parent for row in rows}
    assert all(row.code in parents for row in rows if row.level is not RegionLevel.VILLAGE)


def test_names_are_trimmed_and_printable(rows: list[table.RegionRow]) -> None:
    assert all(row.name and row.name == row.name.strip() and row.name.isprintable() for row in rows)


@pytest.mark.parametrize(
    ("code", "name", "kind", "parent"),
    [
        ("31", "Daerah Khusus Ibukota Jakarta", RegionKind.PROVINSI, "ID"),
        ("96", "Papua Barat Daya", RegionKind.PROVINSI, "ID"),
        ("32.04", "Kabupaten Bandung", RegionKind.KABUPATEN, "32"),
        ("32.73", "Kota Bandung", RegionKind.KOTA, "32"),
        ("11.01.01.2001", "Keude Bakongan", RegionKind.DESA, "11.01.01"),
        ("12.07.28.1007", "Lubuk Pakam I,II", RegionKind.KELURAHAN, "12.07.28"),
        ("16.71.01.1001", "Tiga-puluh-lima Ilir", RegionKind.KELURAHAN, "16.71.01"),
        ("53.07.01.2021", "Regapu\u2019u", RegionKind.DESA, "53.07.01"),
    ],
)
def test_names_are_verbatim(
    by_code: dict[str, table.RegionRow], code: str, name: str, kind: RegionKind, parent: str
) -> None:
    row = by_code[code]
    assert (row.name, row.kind, row.parent) == (name, kind, parent)


def test_a_regency_is_named_after_its_kind(rows: list[table.RegionRow]) -> None:
    regencies = [row for row in rows if row.level is RegionLevel.REGENCY]
    assert all(row.name.lower().startswith(f"{row.kind} ") for row in regencies)


def test_the_desa_adat_lie_in_papua(rows: list[table.RegionRow]) -> None:
    assert {row.code[:2] for row in rows if row.kind is RegionKind.DESA_ADAT} == {"91"}


def test_a_whole_province_keeps_one_of_three_clocks(rows: list[table.RegionRow]) -> None:
    provinces = defaultdict(set)
    for row in rows[1:]:
        provinces[row.time_zone].add(row.code[:2])
    assert {zone: " ".join(sorted(codes)) for zone, codes in provinces.items()} == {
        "Asia/Jakarta": "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
        "Asia/Makassar": "51 52 53 63 64 65 71 72 73 74 75 76",
        "Asia/Jayapura": "81 82 91 92 93 94 95 96",
    }


@pytest.mark.parametrize("code", ["", "1", "11.00", "11.70", "11.01.01.4001", "10", "99.01", "11.01.01.20011"])
def test_a_code_that_names_no_kind_of_region_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="region"):
        table.row(code, "Nowhere")


def test_the_notice_states_the_digests_of_what_is_shipped() -> None:
    stated = dict(re.findall(r"SHA-256: +([0-9a-f]{64})  (\S+)", table.NOTICE.read_text(encoding="utf-8")))
    packed = table.TABLE.read_bytes()
    assert stated == {
        hashlib.sha256(packed).hexdigest(): "kemendagri.csv.gz",
        hashlib.sha256(gzip.decompress(packed)).hexdigest(): "kemendagri.csv",
    }


def test_the_notice_names_the_decree_and_the_holders_of_copyright() -> None:
    notice = table.NOTICE.read_text(encoding="utf-8")
    assert table.DECREE in notice
    assert date(2025, 6, 23) == table.DECREED_ON
    assert "2025-06-23" in notice
    assert "Copyright (c) 2017-2025 Cahya DSN" in notice
    assert "Copyright (c) 2026 Lokal contributors" in notice
    assert "Permission is hereby granted, free of charge" in notice


def test_the_shipped_file_tells_neither_time_nor_name_of_its_making() -> None:
    head = table.TABLE.read_bytes()[:10]
    assert head[3:8] == bytes(5)
