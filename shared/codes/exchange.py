"""Codes about the exchange of needs, offers and experiences between groups."""

from enum import StrEnum


class ExchangeKind(StrEnum):
    """What is needed or offered."""

    # Source: ours; that groups exchange information and experience: seed A.

    DANA = "dana"
    BARANG = "barang"
    TENAGA = "tenaga"
    KEAHLIAN = "keahlian"
    SARANA = "sarana"
    PENGETAHUAN = "pengetahuan"
    PENDAMPINGAN = "pendampingan"
    PEMASARAN = "pemasaran"
    LAINNYA = "lainnya"


class ExchangeScope(StrEnum):
    """Who may see a posting: the members of one network, its village, district or regency, or everybody."""

    # Source: ours.

    NETWORK = "network"
    VILLAGE = "village"
    DISTRICT = "district"
    REGENCY = "regency"
    PUBLIC = "public"


class PostingState(StrEnum):
    """Where a posting stands."""

    # Source: ours.

    TERBUKA = "terbuka"
    DIJAWAB = "dijawab"
    DITUTUP = "ditutup"


class PostingOutcome(StrEnum):
    """What became of a posting that was closed."""

    # Source: ours.

    TERPENUHI = "terpenuhi"
    SEBAGIAN = "sebagian"
    TIDAK_TERPENUHI = "tidak_terpenuhi"
    DITARIK = "ditarik"
