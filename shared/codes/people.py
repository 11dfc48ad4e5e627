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
