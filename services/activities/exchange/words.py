"""Indonesian words as they are searched: the words of a text, and the forms under which the stemmer may know one. Pure.

PostgreSQL's Indonesian stemmer (snowball, configuration `indonesian`) takes off prefixes and suffixes, but cannot know which
first letter a prefix has swallowed: `menulis` (write) becomes `ulis`, and `tulis` stays. So a word is looked for with the
prefix that would have swallowed its first letter too, and a word with such a prefix also as those it may come from.
"""

import re

from shared.fields import folded

MOST = 60
"""Words of a text by which it is compared with others."""
# They tell nothing about what is meant; in an exchange neither does that something is needed or offered.
_STOP = """
    ada adalah agar akan anda antara apa atas atau bagi bahwa banyak beberapa belum berupa bila bisa bukan cara dalam dan
    dapat dari demi dengan di dia hal hanya hari harus hingga ia ini itu jika juga kami kalau karena ke kepada kita lagi
    lain lebih maka masih mereka mohon namun oleh orang pada para per pernah pun saat saja sama sampai sangat satu saya
    sebagai sebuah secara sedang sehingga sejak sekitar selama semua seperti serta setelah siap sudah supaya tahun tanpa
    telah tentang terhadap tersebut tetapi tiap tidak untuk yaitu yang warga kelompok
    butuh membutuhkan dibutuhkan kebutuhan perlu memerlukan diperlukan keperluan minta meminta tawar menawarkan ditawarkan
    tawaran sedia menyediakan tersedia punya mempunyai dipunyai cari mencari dicari
"""
STOP = frozenset(_STOP.split())
_SWALLOWED = re.compile(r"(?:(?:me|pe)(?P<nasal>ng|ny|n|m)|pe(?P<r>r))(?P<rest>[aeiou].*)")
_COMES_FROM = {"ng": ("k", ""), "ny": ("s", "ny"), "n": ("t", "n"), "m": ("p", "m"), "r": ("r",)}
_BECOMES = {"k": "meng", "s": "meny", "t": "men", "p": "mem"}


def words(text: str) -> list[str]:
    """The words of a text that tell something, each once, in their order; all of them if none does."""
    found = list(dict.fromkeys(folded(text).split()))
    return [word for word in found if word not in STOP] or found


def forms(word: str) -> list[str]:
    """A word and the forms under which the stemmer may know it.

    `tulis` also as `menulis`, which is stemmed to `ulis`; `menulis` also as `tulis`; `olah` also as `mengolah` (`mengo`);
    `rawat` also as `perawat` (`awat`).
    """
    found = [word]
    if len(word) > 3:
        if word[0] in _BECOMES and word[1] in "aeiou":
            found.append(_BECOMES[word[0]] + word[1:])
        elif word[0] in "aeiou":
            found.append(f"meng{word}")
        elif word[0] == "r":
            found.append(f"pe{word}")
        elif word[0] in "mn" and not word.startswith("me"):
            found.append(f"me{word}")
    if swallowed := _SWALLOWED.fullmatch(word):
        found += [first + swallowed["rest"] for first in _COMES_FROM[swallowed["nasal"] or swallowed["r"]]]
    return list(dict.fromkeys(found))


def query(text: str) -> str:
    """What `to_tsquery` is asked so that a text holds every word, each in any of its forms."""
    return " & ".join(f"({' | '.join(forms(word))})" for word in words(text))


def any_of(text: str) -> str:
    """… so that it holds one of them."""
    return " | ".join(form for word in words(text)[:MOST] for form in forms(word))
