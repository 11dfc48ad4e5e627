"""Codes about WKSBM networks, partners and local cultural values."""

from enum import StrEnum


class NetworkStatus(StrEnum):
    """Where a WKSBM network stands in its life."""

    # Source: `domain.md` §1.4.

    DIRINTIS = "dirintis"
    DIBENTUK = "dibentuk"
    DISAHKAN = "disahkan"
    AKTIF = "aktif"
    VAKUM = "vakum"
    BUBAR = "bubar"
    DIGABUNG = "digabung"


class FundDirection(StrEnum):
    """Which way a network's own money goes: collected, or passed on."""

    # Source: `domain.md` §1.4 (penggalangan dana, penyaluran).

    PENGGALANGAN = "penggalangan"
    PENYALURAN = "penyaluran"


class FundRecipient(StrEnum):
    """What kind of recipient a network passes money on to. Never who."""

    # Source: units of PPKS (`domain.md` §2.1); `pengelolaan` is the network's own running.

    PERORANGAN = "perorangan"
    KELUARGA = "keluarga"
    KOMUNITAS = "komunitas"
    LEMBAGA = "lembaga"
    PENGELOLAAN = "pengelolaan"


class FundPurpose(StrEnum):
    """What a network passes money on for."""

    # Source: `domain.md` §1.4 (pencegahan; penanganan by rehabilitasi, perlindungan, pemberdayaan, jaminan; rujukan).

    PENCEGAHAN = "pencegahan"
    REHABILITASI = "rehabilitasi"
    PERLINDUNGAN = "perlindungan"
    PEMBERDAYAAN = "pemberdayaan"
    JAMINAN = "jaminan"
    RUJUKAN = "rujukan"
    LAINNYA = "lainnya"


class PartnerKind(StrEnum):
    """Mitra/stakeholder. `perorangan` is a person: its name never leaves registry."""

    # Source: seed D.3.

    PEMDA = "pemda"
    INSTANSI = "instansi"
    BADAN_LEMBAGA = "badan_lembaga"
    DUNIA_USAHA = "dunia_usaha"
    LKS = "lks"
    PERGURUAN_TINGGI = "perguruan_tinggi"
    PERORANGAN = "perorangan"


class ContributionKind(StrEnum):
    """What a partner promises."""

    UANG = "uang"
    BARANG = "barang"
    JASA = "jasa"
    TENAGA = "tenaga"


class ValueKind(StrEnum):
    """Kinds of local cultural value."""

    # Source: `domain.md` §1.2 (nilai sosial budaya lokal: adat, tradisi, kebiasaan).

    ADAT = "adat"
    TRADISI = "tradisi"
    KEBIASAAN = "kebiasaan"


class ValueState(StrEnum):
    """Whether a local cultural value is lived."""

    # Source: seed E.1.b.

    DIJALANKAN = "dijalankan"
    MEMUDAR = "memudar"
    HILANG = "hilang"
    DIHIDUPKAN_KEMBALI = "dihidupkan_kembali"
