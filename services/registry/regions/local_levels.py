"""What people call a level where they live: nagari, gampong, distrik. Labels only: no rule reads them.

A label of a smaller area stands before that of the province around it. Where villages of one regency are called
differently, as the negeri of Maluku, nothing is said here. Marks as in the handbook's `domain.md`: S, read in a source
there; M, from memory of the regulation named, to be verified.
"""

from typing import Final, NamedTuple

from shared.codes import RegionKind


class LocalLevel(NamedTuple):
    """The word for one kind of region in an area, by the area's Kemendagri code; `label` empty: the official word."""

    area: str
    kind: RegionKind
    label: str
    source: str


_DESA, _KECAMATAN = RegionKind.DESA, RegionKind.KECAMATAN
LABELS: Final = (
    LocalLevel("11", _DESA, "gampong", "M: UU 11/2006"),
    *(LocalLevel(area, _DESA, "kampung", "M: qanun of the regency") for area in ("11.04", "11.10", "11.13", "11.16", "11.17")),
    LocalLevel("11.02", _DESA, "kute", "M: qanun of the regency"),
    LocalLevel("11.75", _DESA, "kampong", "M: qanun of the city"),
    LocalLevel("13", _DESA, "nagari", "S: domain.md §0.8; M: Perda Sumatera Barat 7/2018"),
    *(LocalLevel(area, _DESA, "", "M: these have desa") for area in ("13.09", "13.73", "13.77")),
    LocalLevel("14.07", _DESA, "kepenghuluan", "M: perda of the regency"),
    LocalLevel("14.08", _DESA, "kampung", "M: perda of the regency"),
    *(LocalLevel(area, _DESA, "pekon", "S: domain.md §0.8") for area in ("18.04", "18.06", "18.10", "18.13")),
    *(LocalLevel(area, _DESA, "kampung", "M: perda of the regency") for area in ("18.02", "18.05", "18.08")),
    LocalLevel("18.12", _DESA, "tiyuh", "M: perda of the regency"),
    LocalLevel("34", _DESA, "kalurahan", "S: domain.md §0.8; M: Pergub DIY 25/2019"),
    LocalLevel("34", _KECAMATAN, "kapanewon", "S: domain.md §0.8; M: Pergub DIY 25/2019"),
    LocalLevel("34.71", _KECAMATAN, "kemantren", "M: Pergub DIY 25/2019"),
    *(LocalLevel(area, _DESA, "kampung", "M: perda of the regency") for area in ("64.03", "64.07", "64.11")),
    *(LocalLevel(area, _DESA, "lembang", "M: perda of the regency") for area in ("73.18", "73.26")),
    *(LocalLevel(area, _DESA, "kampung", "M: UU 21/2001") for area in ("91", "92", "93", "94", "95", "96")),
    *(LocalLevel(area, _KECAMATAN, "distrik", "M: UU 21/2001") for area in ("91", "92", "93", "94", "95", "96")),
)  # fmt: skip
_LABEL: Final = {(entry.area, entry.kind): entry.label for entry in LABELS}


def local_level(code: str, kind: RegionKind) -> str | None:
    """The local word for the level of the region of a dotted code; None where the official one is used."""
    for area in (code[:5], code[:2]):
        if (label := _LABEL.get((area, kind))) is not None:
            return label or None
    return None
