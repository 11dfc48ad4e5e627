"""Codes about regions."""

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


class SuccessionKind(StrEnum):
    """How one region came out of another."""

    # Source: `region-data.md` §6.

    RECODE = "recode"
    RENAME = "rename"
    SPLIT = "split"
    MERGE = "merge"
    TRANSFER = "transfer"
    STATUS = "status"


class Confidence(StrEnum):
    """How sure a link between a region and its successor is."""

    DECREED = "decreed"
    """A decree says so."""
    EXACT = "exact"
    """One region of that name in the same regency, and one only."""
    AMBIGUOUS = "ambiguous"
    """Several could be meant: a person has to decide."""


class RegionChangeState(StrEnum):
    """Where a proposed change of regions stands."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"
