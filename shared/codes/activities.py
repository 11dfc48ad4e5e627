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


class OrganisationKind(StrEnum):
    """What kind of organisation an id belongs to."""

    # Source: ours; the aggregates of `domain.md` §1.

    INSTITUTION = "institution"
    NETWORK = "network"
    PARTNER = "partner"


class PartyRole(StrEnum):
    """As what a network or a partner takes part in an activity."""

    # Source: ours; pendampingan, pendanaan and fasilitasi of partners: `domain.md` §1.3.

    PENYELENGGARA = "penyelenggara"
    PENDANA = "pendana"
    NARASUMBER = "narasumber"
    FASILITATOR = "fasilitator"
    PENDAMPING = "pendamping"
    PENYEDIA_SARANA = "penyedia_sarana"
    PENYEDIA_TENAGA = "penyedia_tenaga"
    PENDUKUNG = "pendukung"


class AttendanceRole(StrEnum):
    """As what somebody came."""

    # Source: ours.

    ANGGOTA = "anggota"
    WARGA = "warga"
    RELAWAN = "relawan"
    NARASUMBER = "narasumber"


class BeneficiaryUnit(StrEnum):
    """What is counted as one who was helped."""

    # Source: the units of PPKS kinds, `domain.md` §2.1.

    PERORANGAN = "perorangan"
    KELUARGA = "keluarga"
    KOMUNITAS = "komunitas"


class HelpKind(StrEnum):
    """What kind of help was given."""

    # Source: ours; penyaluran and rujukan: `domain.md` §1.4.

    UANG = "uang"
    BARANG = "barang"
    JASA = "jasa"
    RUJUKAN = "rujukan"


class ReferralState(StrEnum):
    """Where a referral stands: made, or what the partner answered."""

    # Source: ours; `domain.md` §1.4 (rujukan).

    DIAJUKAN = "diajukan"
    DITERIMA = "diterima"
    DITOLAK = "ditolak"
    SELESAI = "selesai"


class ResourceForm(StrEnum):
    """In what form something is contributed."""

    # Source: `domain.md` §5.2 SOL-01 (tenaga and barang at recorded value).

    TUNAI = "tunai"
    BARANG = "barang"
    TENAGA = "tenaga"


class StockDirection(StrEnum):
    """Which way stock of a granary goes."""

    # Source: ours; lumbung desa: seed A.

    MASUK = "masuk"
    KELUAR = "keluar"


class StockReason(StrEnum):
    """Why stock goes in or out."""

    # Source: ours; simpan, pinjam and bantuan of a lumbung.

    SIMPANAN = "simpanan"
    PENGEMBALIAN = "pengembalian"
    PEMBELIAN = "pembelian"
    BANTUAN_DITERIMA = "bantuan_diterima"
    PINJAMAN = "pinjaman"
    BANTUAN_DIBERIKAN = "bantuan_diberikan"
    PENGAMBILAN = "pengambilan"
    PENJUALAN = "penjualan"
    SUSUT = "susut"


class VillageReportState(StrEnum):
    """Where a village's monthly report stands."""

    # Source: ours, after the verification of records, `domain.md` §6.1.

    DIAJUKAN = "diajukan"
    DITERIMA = "diterima"
    DIKEMBALIKAN = "dikembalikan"
