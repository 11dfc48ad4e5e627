"""Codes about people, families and communities."""

from enum import StrEnum


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


class Sex(StrEnum):
    """L laki-laki, P perempuan, as on the identity card."""

    # Source: `domain.md` §5.1 (L/P/tidak diketahui).

    L = "L"
    P = "P"
    TIDAK_DIKETAHUI = "tidak_diketahui"


class FamilyRole(StrEnum):
    """Status hubungan dalam keluarga, as on the family card."""

    # Source: the family card's list (SHDK); from memory, to be verified.

    KEPALA_KELUARGA = "kepala_keluarga"
    SUAMI = "suami"
    ISTRI = "istri"
    ANAK = "anak"
    MENANTU = "menantu"
    CUCU = "cucu"
    ORANG_TUA = "orang_tua"
    MERTUA = "mertua"
    FAMILI_LAIN = "famili_lain"
    LAINNYA = "lainnya"


class CommunityKind(StrEnum):
    """Communities that are counted as one: komunitas adat terpencil, and others."""

    # Source: `domain.md` §2.1 no. 26.

    KAT = "KAT"
    LAINNYA = "lainnya"


class NikAbsence(StrEnum):
    """Why a person is registered without a NIK."""

    # Source: ours; that many PPKS have none and that some decline: `domain.md` §4.2.

    BELUM_PUNYA = "belum_punya"
    TIDAK_DAPAT_DITUNJUKKAN = "tidak_dapat_ditunjukkan"
    MENOLAK = "menolak"
    TIDAK_DICATAT = "tidak_dicatat"


class BirthYearSource(StrEnum):
    """How a year of birth is known where the day is not."""

    # Source: ours.

    DOKUMEN = "dokumen"
    PENGAKUAN = "pengakuan"
    PERKIRAAN = "perkiraan"


class ConsentPurpose(StrEnum):
    """What a person agreed to have their data used for."""

    # Source: ours; that consent names its purpose: UU 27/2022 art. 20-22, from memory, to be verified.

    PENDATAAN = "pendataan"
    PENYALURAN_BANTUAN = "penyaluran_bantuan"
    BERBAGI_DENGAN_INSTANSI = "berbagi_dengan_instansi"
    PUBLIKASI = "publikasi"
    PENELITIAN = "penelitian"
