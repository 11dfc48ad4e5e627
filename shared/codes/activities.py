"""Codes about activities."""

from enum import StrEnum


class Strategy(StrEnum):
    """The two strategies of the WKSBM pattern."""

    # Source: seed E.2.

    PENYADARAN = "penyadaran"
    PEMBERDAYAAN = "pemberdayaan"


class ActivityKind(StrEnum):
    """What kind of thing is done."""

    GOTONG_ROYONG = "gotong_royong"
    PENYADARAN = "penyadaran"
    SOSIALISASI_WKSBM = "sosialisasi_wksbm"
    PELATIHAN = "pelatihan"
    BIMBINGAN = "bimbingan"
    BANTUAN_BARANG = "bantuan_barang"
    BANTUAN_UANG = "bantuan_uang"
    BANTUAN_SARANA = "bantuan_sarana"
    SIMPAN_PINJAM = "simpan_pinjam"
    LUMBUNG = "lumbung"
    LAYANAN_KEMATIAN = "layanan_kematian"
    KESEHATAN = "kesehatan"
    PENDIDIKAN = "pendidikan"
    RUJUKAN = "rujukan"
    TANGGAP_DARURAT = "tanggap_darurat"
    PELESTARIAN_BUDAYA = "pelestarian_budaya"
    MUSYAWARAH = "musyawarah"
    LAINNYA = "lainnya"


class ActivityStatus(StrEnum):
    """Where an activity stands."""

    # Source: `domain.md` §5.1.

    DIRENCANAKAN = "direncanakan"
    SELESAI = "selesai"
    DIBATALKAN = "dibatalkan"
