"""Names of regions are compared in one spelling."""

import pytest

from services.registry.regions import naming
from shared.codes import RegionKind


@pytest.mark.parametrize(
    "written",
    ["KAB. BANDUNG", "Kabupaten Bandung", "KABUPATEN BANDUNG", "KAB BANDUNG", " kab.bandung ", "Kabupatén  Bandung"],
)
def test_a_regency_has_one_spelling(written: str) -> None:
    assert naming.normal(written) == "kabupaten bandung"


@pytest.mark.parametrize(
    "written", ["KOTA ADM. JAKARTA UTARA", "Kota Administrasi Jakarta Utara", "Kotamadya Jakarta Utara"]
)
def test_a_city_of_jakarta_is_a_city(written: str) -> None:
    assert naming.normal(written) == "kota jakarta utara"


@pytest.mark.parametrize("written", ["Regapu’u", "Regapu'u", "REGAPU`U", "regapuu"])
def test_apostrophes_do_not_count(written: str) -> None:
    assert naming.normal(written) == "regapuu"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("DKI JAKARTA", "daerah khusus ibukota jakarta"),
        ("Kep. Seribu", "kepulauan seribu"),
        ("Lubuk Pakam I,II", "lubuk pakam i ii"),
        ("Tiga-puluh-lima Ilir", "tiga puluh lima ilir"),
        ("Prop. Jatim", "provinsi jawa timur"),
        ("Distrik Nabire", "kecamatan nabire"),
        ("Kota Adm", "kota adm"),
        ("…", ""),
    ],
)
def test_abbreviations_are_written_out_and_punctuation_is_space(written: str, normal: str) -> None:
    assert naming.normal(written) == normal


def test_only_a_regencys_name_carries_its_kind() -> None:
    assert naming.without_kind("Kota Bandung", RegionKind.KOTA) == "bandung"
    assert naming.without_kind("Kota Baru", RegionKind.DESA) == "kota baru"


@pytest.mark.parametrize(
    ("query", "kind", "rest"),
    [
        ("Kab. Kediri", RegionKind.KABUPATEN, "kediri"),
        ("Desa/Kel. Sidomulyo", RegionKind.DESA, "sidomulyo"),
        ("kel. sidomulyo", RegionKind.KELURAHAN, "sidomulyo"),
        ("Desa Adat Kayo Batu", RegionKind.DESA_ADAT, "kayo batu"),
        ("Kediri", None, ""),
        ("Kota", None, ""),
    ],
)
def test_a_query_may_begin_with_a_kind(query: str, kind: RegionKind | None, rest: str) -> None:
    asked = naming.asked(query)
    assert (asked.kind, asked.rest) == (kind, rest)


def test_the_kinds_of_village_are_taken_for_one_another() -> None:
    assert set(naming.asked("Desa Cipayung").kinds) == {RegionKind.DESA, RegionKind.KELURAHAN, RegionKind.DESA_ADAT}
    assert naming.asked("Kota Kediri").kinds == (RegionKind.KOTA,)
