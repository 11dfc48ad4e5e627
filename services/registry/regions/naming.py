"""One spelling for the many ways a region's name is written, so that they can be compared.

`KAB. BANDUNG`, `Kabupaten Bandung` and `kab bandung` become `kabupaten bandung`; `Regapu’u` becomes `regapuu`. Nothing
here decides which region is meant: names repeat (`Sidomulyo` is the name of 98 villages).
"""

import unicodedata
from typing import Final

from shared.codes import RegionKind

_APOSTROPHES: Final = str.maketrans("", "", "'’‘ʼ`´ʻ")
_KINDS: Final = {
    "kab": "kabupaten", "kodya": "kota", "kotamadya": "kota", "kec": "kecamatan", "distrik": "kecamatan",
    "kel": "kelurahan", "ds": "desa", "prov": "provinsi", "prop": "provinsi", "propinsi": "provinsi",
}  # fmt: skip
"""Short and older words for a kind, where they begin a name."""
_WORDS: Final = {"kep": "kepulauan", "dki": "daerah khusus ibukota", "diy": "daerah istimewa yogyakarta"}
_ADMINISTRATIVE: Final = ("adm", "administrasi", "administratif")
"""Jakarta's regencies and cities have no autonomy and carry this word, which most people leave out."""


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


def bare(name: str, kind: RegionKind) -> str:
    """The normal name without its kind: `bandung` for Kabupaten Bandung. Only names of regencies carry their kind."""
    whole = normal(name)
    return whole.removeprefix(f"{kind} ") if kind in (RegionKind.KABUPATEN, RegionKind.KOTA) else whole


def full(bare_name: str, kind: RegionKind) -> str:
    """The bare name after its kind: `kabupaten bandung`, `desa adat kayo batu`."""
    return f"{kind.replace('_', ' ')} {bare_name}"


def variants(query: str) -> list[str]:
    """The normal query, and the same for the other kinds of village if it names one: people confuse them."""
    asked = normal(query)
    first, _, rest = asked.partition(" ")
    rest = rest.removeprefix("kelurahan ").removeprefix("kel ")  # `Desa/Kel. Sidomulyo`, a common column heading
    if first not in ("desa", "kelurahan") or not rest:
        return [asked]
    other = "kelurahan" if first == "desa" else "desa"
    return [f"{first} {rest}", f"{other} {rest}"]
