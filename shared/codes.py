"""Official and handbook codes, verbatim. Identifiers are English; values are the codes as they cross the wire."""

from enum import StrEnum


class RegionLevel(StrEnum):
    """Levels of the region tree, from the nation down."""

    NATION = "nation"
    PROVINCE = "province"
    REGENCY = "regency"
    DISTRICT = "district"
    VILLAGE = "village"


class RegionKind(StrEnum):
    """Kinds of region as Permendagri 58/2021 names them; derived from the Kemendagri code."""

    # Source: `domain.md` §3.1.

    NEGARA = "negara"
    PROVINSI = "provinsi"
    KABUPATEN = "kabupaten"
    KOTA = "kota"
    KECAMATAN = "kecamatan"
    DESA = "desa"
    KELURAHAN = "kelurahan"
    DESA_ADAT = "desa_adat"


class CodeSystem(StrEnum):
    """Who gave a region its code. The same digits name different places in the two systems."""

    # Source: `domain.md` §3.2.

    KEMENDAGRI = "kemendagri"
    BPS = "bps"


class InstitutionType(StrEnum):
    """Types of local institution. NBL, MIT and WKS are records of their own and not among them."""

    # Source: `domain.md` §1.8.

    ARS = "ARS"
    KUBE = "KUBE"
    LBD = "LBD"
    KMT = "KMT"
    SNM = "SNM"
    KSM = "KSM"
    PRS = "PRS"
    OSN = "OSN"


class Origin(StrEnum):
    """How an institution came to be: grown by itself, or formed on purpose."""

    # Source: seed A.

    TUMBUH = "tumbuh"
    DIBENTUK = "dibentuk"


class LegalStatus(StrEnum):
    """Whether an institution is a legal body."""

    # Source: seed D.2.

    BERBADAN_HUKUM = "berbadan_hukum"
    TIDAK_BERBADAN_HUKUM = "tidak_berbadan_hukum"


class Verification(StrEnum):
    """Where a registration stands on its way."""

    # Source: `domain.md` §6.1.

    DRAF = "draf"
    DIAJUKAN = "diajukan"
    DIPERIKSA_KECAMATAN = "diperiksa_kecamatan"
    TERVERIFIKASI = "terverifikasi"
    DIKEMBALIKAN = "dikembalikan"
    DITOLAK = "ditolak"


class Operation(StrEnum):
    """Whether an institution is at work today."""

    AKTIF = "aktif"
    VAKUM = "vakum"
    TUTUP = "tutup"


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


class PpksKind(StrEnum):
    """The 26 kinds of Permensos 8/2012 by our short codes; labels come with the code lists."""

    # Source: `domain.md` §2.1.

    ABT = "ABT"
    AT = "AT"
    ABH = "ABH"
    AJ = "AJ"
    ADK = "ADK"
    AKTK = "AKTK"
    AMPK = "AMPK"
    LUT = "LUT"
    PD = "PD"
    TS = "TS"
    GLD = "GLD"
    PGM = "PGM"
    PML = "PML"
    KMIN = "KMIN"
    BWBLP = "BWBLP"
    ODHA = "ODHA"
    NAPZA = "NAPZA"
    KTR = "KTR"
    KTK = "KTK"
    PMBS = "PMBS"
    KBA = "KBA"
    KBS = "KBS"
    PRSE = "PRSE"
    FM = "FM"
    KBSP = "KBSP"
    KAT = "KAT"
