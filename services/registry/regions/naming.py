"""One spelling for the many ways a region's name is written, so that they can be compared.

`KAB. BANDUNG`, `Kabupaten Bandung` and `kab bandung` become `kabupaten bandung`; `Regapu’u` becomes `regapuu`. Nothing
here decides which region is meant: names repeat (`Sidomulyo` is the name of 98 villages).
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from shared.codes import RegionKind

_APOSTROPHES: Final = str.maketrans("", "", "'’‘ʼ`´ʻ")
_KINDS: Final = {
    "kab": "kabupaten", "kodya": "kota", "kotamadya": "kota", "kec": "kecamatan", "distrik": "kecamatan",
    "kel": "kelurahan", "ds": "desa", "prov": "provinsi", "prop": "provinsi", "propinsi": "provinsi",
}  # fmt: skip
"""Short and older words for a kind, where they begin a name."""
_WORDS: Final = {
    "kep": "kepulauan", "dki": "daerah khusus ibukota", "diy": "daerah istimewa yogyakarta", "babel": "bangka belitung",
    "kepri": "kepulauan riau", "jabar": "jawa barat", "jateng": "jawa tengah", "jatim": "jawa timur",
    "sumut": "sumatera utara", "sumbar": "sumatera barat", "sumsel": "sumatera selatan", "kalbar": "kalimantan barat",
    "kalteng": "kalimantan tengah", "kalsel": "kalimantan selatan", "kaltim": "kalimantan timur",
    "kaltara": "kalimantan utara", "sulut": "sulawesi utara", "sulteng": "sulawesi tengah", "sulbar": "sulawesi barat",
    "sulsel": "sulawesi selatan", "sultra": "sulawesi tenggara", "malut": "maluku utara",
    "ntb": "nusa tenggara barat", "ntt": "nusa tenggara timur",
}  # fmt: skip
"""Abbreviations in common use, wherever they stand."""
_ADMINISTRATIVE: Final = ("adm", "administrasi", "administratif")
"""Jakarta's regencies and cities have no autonomy and carry this word, which most people leave out."""
_VILLAGES: Final = (RegionKind.DESA, RegionKind.KELURAHAN, RegionKind.DESA_ADAT)


def normal(text: str) -> str:
    """Lower case, no accents, apostrophes or punctuation, single spaces, abbreviations written out."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    words = "".join(letters).split()
    if words:
        words[0] = _KINDS.get(words[0], words[0])
    if len(words) > 2 and words[0] in ("kota", "kabupaten") and words[1] in _ADMINISTRATIVE:
        del words[1]
    return " ".join(_WORDS.get(word, word) for word in words)


def letters(name: str) -> str:
    """A name as two tables are compared: `Lubuk Alung`, `LUBUKALUNG` and `Lubuk  alung` are one."""
    return normal(name).replace(" ", "")


def without_kind(name: str, kind: RegionKind) -> str:
    """The normal name without its kind: `bandung` for Kabupaten Bandung. Only names of regencies carry their kind."""
    whole = normal(name)
    return whole.removeprefix(f"{kind} ") if kind in (RegionKind.KABUPATEN, RegionKind.KOTA) else whole


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that somebody looks for, in normal spelling.

    `whole` is all of it: `kota baru` may be a village's name. If it begins with a kind, `kind` is that kind, `rest` the
    name after it, and `kinds` what may be meant: people mix up the kinds of village.
    """

    whole: str
    rest: str = ""
    kind: RegionKind | None = None
    kinds: tuple[RegionKind, ...] = ()


def asked(query: str) -> Asked:
    """Reads a query. `whole` is empty if it holds no letter and no digit."""
    whole = normal(query)
    for kind in sorted(RegionKind, key=len, reverse=True):  # `desa adat` before `desa`
        rest = whole.removeprefix(f"{kind.replace('_', ' ')} ")
        if rest != whole:
            rest = rest.removeprefix("kelurahan ").removeprefix("kel ")  # `Desa/Kel. Sidomulyo`
            return Asked(whole, rest, kind, _VILLAGES if kind in _VILLAGES else (kind,))
    return Asked(whole)
