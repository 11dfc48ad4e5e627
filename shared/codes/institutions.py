"""Codes about institutions: what they are, what they have, and where their registration stands."""

from enum import StrEnum


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


class DocumentKind(StrEnum):
    """Documents by which an institution is told to be one; written rules are its AD/ART or any other."""

    # Source: `domain.md` §1.7 and LEM-03 (§5.2).

    PENGESAHAN = "pengesahan"
    ATURAN_TERTULIS = "aturan_tertulis"
    BUKU_KAS = "buku_kas"
    BUKU_ANGGOTA = "buku_anggota"
    LAINNYA = "lainnya"


class FacilityClass(StrEnum):
    """The three classes of sarana prasarana."""

    # Source: SAR-01 (`domain.md` §5.2).

    TEMPAT = "tempat"
    ALAT = "alat"
    ADMINISTRASI = "administrasi"


class FacilityCondition(StrEnum):
    """The condition a check found; `baik` and `rusak_ringan` are usable."""

    # Source: SAR-01 (`domain.md` §5.2).

    BAIK = "baik"
    RUSAK_RINGAN = "rusak_ringan"
    RUSAK_BERAT = "rusak_berat"


class DevelopmentStage(StrEnum):
    """How far an institution has come, as a dated assessment; adapted from KUBE."""

    # Source: `domain.md` §1.5.

    TUMBUH = "tumbuh"
    BERKEMBANG = "berkembang"
    MANDIRI = "mandiri"


class Role(StrEnum):
    """What an officer of an institution or a network is there for."""

    # Source: `domain.md` §6.3 (jabatan).

    KETUA = "ketua"
    WAKIL = "wakil"
    SEKRETARIS = "sekretaris"
    BENDAHARA = "bendahara"
    ANGGOTA = "anggota"
    PEMBINA = "pembina"
    PENDAMPING = "pendamping"
    KADER = "kader"


class FundingSource(StrEnum):
    """Where money comes from."""

    # Source: `domain.md` §1.7, §5.2 SOL-01.

    IURAN = "iuran"
    JIMPITAN = "jimpitan"
    DONASI_WARGA = "donasi_warga"
    APBDES = "apbdes"
    APBD = "apbd"
    APBN = "apbn"
    CSR = "csr"
    MITRA = "mitra"


class ActivityField(StrEnum):
    """Bidang kegiatan: what an institution is at work for."""

    # No official list was found; compiled from `domain.md` §1.7-§1.8.

    KESEJAHTERAAN_SOSIAL = "kesejahteraan_sosial"
    EKONOMI = "ekonomi"
    PANGAN = "pangan"
    KEMATIAN = "kematian"
    PENDIDIKAN = "pendidikan"
    KESEHATAN = "kesehatan"
    KEAGAMAAN = "keagamaan"
    KEBUDAYAAN = "kebudayaan"
    LINGKUNGAN = "lingkungan"
    KEBENCANAAN = "kebencanaan"
    LAINNYA = "lainnya"
