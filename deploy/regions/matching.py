"""Which region of one code table is which region of a later one, and how sure that is. Pure.

A link is exact when nothing else could be meant, in this order, each among what the steps before have left:

1. the same name under the same code, within the same lineage of regencies and districts;
2. a district: the same code or nearly the same name, and more of its old villages than any other district there;
3. the same name, once in the old and once in the new table there (villages: first in their district, then in their
   regency);
4. the same code and nearly the same name, such as a repaired spelling.

Everything else is ambiguous: the candidates are listed, for a person to decide. Villages and districts are never sought
outside their regency: a name is no identity in the country.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

from services.registry.regions import naming
from shared.codes import Confidence, SuccessionKind

SIMILAR = 0.7
"""Least likeness of two spellings of one name, by `difflib`."""
LEVEL = {2: 0, 5: 1, 8: 2, 13: 3}
"""Length of a dotted code → level, from province down."""

Table = Mapping[str, str]
"""Dotted code → name."""


class Link(NamedTuple):
    """An old code and the region of today that it became; `code` is empty when no candidate was found."""

    old: str
    code: str
    kind: SuccessionKind
    confidence: Confidence


def links(old: Table, new: Table) -> list[Link]:
    """The link of each old region, several for one with several candidates; ordered by old code.

    Raises ValueError when a regency cannot be followed: below it nothing could be.
    """
    return _Comparison(old, new).links()


class _Comparison:
    def __init__(self, old: Table, new: Table) -> None:
        self._old_names = {code: naming.letters(name) for code, name in old.items()}
        self._new_names = {code: naming.letters(name) for code, name in new.items()}
        self._old_below, self._new_below = _below(old), _below(new)
        self._exact: dict[str, str] = {code: code for code in old if LEVEL[len(code)] == 0 and code in new}
        self._taken: set[str] = set(self._exact.values())

    def links(self) -> list[Link]:
        self._regencies()
        regencies = [code for code in self._exact if LEVEL[len(code)] == 1]
        for regency in regencies:
            self._districts(regency)
        for regency in regencies:
            self._villages(regency)
        found = [Link(old, code, self._kind(old, code), Confidence.EXACT) for old, code in self._exact.items()]
        for old in self._old_names.keys() - self._exact.keys():
            found += [Link(old, code, self._kind(old, code), Confidence.AMBIGUOUS) for code in self._candidates(old)]
        return sorted(found + self._provinces())

    def _regencies(self) -> None:
        codes = [code for code in self._old_names if LEVEL[len(code)] == 1]
        self._same_place(codes, lambda code: code, alike=True)
        self._same_name(codes, [code for code in self._new_names if LEVEL[len(code)] == 1])
        if lost := sorted(set(codes) - self._exact.keys()):
            raise ValueError(f"no regency of today could be found for {', '.join(lost)}")

    def _districts(self, regency: str) -> None:
        districts, today = self._old_below[regency], self._new_below[self._exact[regency]]
        here = self._moved_with(regency)
        self._same_place(districts, here)
        for code in self._left(districts):
            most = self._holds_most(code, today)
            if most and most not in self._taken and (most == here(code) or self._alike(code, most)):
                self._link(code, most)
        self._same_name(districts, today)
        self._same_place(districts, here, alike=True)

    def _villages(self, regency: str) -> None:
        districts = self._old_below[regency]
        for district in (code for code in districts if code in self._exact):
            villages, here = self._old_below[district], self._moved_with(district)
            self._same_place(villages, here)
            self._same_name(villages, self._new_below[self._exact[district]])
            self._same_place(villages, here, alike=True)
        everywhere = [village for district in districts for village in self._old_below[district]]
        today = [village for district in self._new_below[self._exact[regency]] for village in self._new_below[district]]
        self._same_name(everywhere, today)

    def _same_place(self, codes: Iterable[str], here: Callable[[str], str], *, alike: bool = False) -> None:
        """Links those whose code holds the same name today, or nearly the same."""
        for code in self._left(codes):
            name, same = self._old_names[code], here(code)
            today = self._new_names.get(same)
            if today is None or same in self._taken:
                continue
            if name == today or (alike and self._alike(code, same)):
                self._link(code, same)

    def _alike(self, old: str, code: str) -> bool:
        return SequenceMatcher(None, self._old_names[old], self._new_names[code]).ratio() >= SIMILAR

    def _same_name(self, codes: Iterable[str], today: Iterable[str]) -> None:
        """Links those whose name stands once on either side among what is left there."""
        left, free = self._left(codes), [code for code in today if code not in self._taken]
        times = Counter(self._old_names[code] for code in left)
        named = defaultdict(list)
        for code in free:
            named[self._new_names[code]].append(code)
        for code in left:
            name = self._old_names[code]
            if times[name] == 1 and len(named[name]) == 1:
                self._link(code, named[name][0])

    def _holds_most(self, district: str, today: Iterable[str]) -> str | None:
        """The one district of today that holds most of an old one's villages by name; None if none or several do."""
        names = Counter(self._old_names[code] for code in self._old_below[district])
        shares = {
            other: (names & Counter(self._new_names[code] for code in self._new_below[other])).total()
            for other in today
        }
        most = max(shares.values(), default=0)
        best = [code for code, share in shares.items() if share == most]
        return best[0] if most and len(best) == 1 else None

    def _candidates(self, old: str) -> list[str]:
        """What an unlinked region may have become: what has its code, its name in the regency, or its villages."""
        parent = old.rpartition(".")[0]
        regency = self._exact[old[:5]]
        here = self._moved_with(parent)(old) if parent in self._exact else ""
        pool = self._new_below[regency]
        if LEVEL[len(old)] == 3:
            pool = [village for district in pool for village in self._new_below[district]]
        found = {code for code in pool if self._new_names[code] == self._old_names[old]}
        if here in self._new_names:
            found.add(here)
        if LEVEL[len(old)] == 2 and (most := self._holds_most(old, self._new_below[regency])):
            found.add(most)
        return sorted(found) or [""]

    def _provinces(self) -> list[Link]:
        """New provinces whose regencies all come out of one old province."""
        origins = defaultdict(set)
        for old, code in self._exact.items():
            if LEVEL[len(old)] == 1:
                origins[code[:2]].add(old[:2])
        return [
            Link(min(origins[code]), code, SuccessionKind.SPLIT, Confidence.EXACT)
            for code in self._new_names
            if LEVEL[len(code)] == 0 and code not in self._old_names and len(origins[code]) == 1
        ]

    def _moved_with(self, parent: str) -> Callable[[str], str]:
        """How a code below a linked parent reads today, if only what stands above it changed."""
        today = self._exact[parent]
        return lambda code: today + code[len(parent) :]

    def _left(self, codes: Iterable[str]) -> list[str]:
        return [code for code in codes if code not in self._exact]

    def _link(self, old: str, code: str) -> None:
        self._exact[old] = code
        self._taken.add(code)

    def _kind(self, old: str, code: str) -> SuccessionKind:
        above = old.rpartition(".")[0]
        if not code:
            return SuccessionKind.RECODE
        if old == code:
            return SuccessionKind.RENAME
        if LEVEL[len(old)] == 3 and old[9] != code[9]:
            return SuccessionKind.STATUS
        if above and self._exact.get(above) != code.rpartition(".")[0]:
            return SuccessionKind.TRANSFER
        return SuccessionKind.RECODE


def _below(table: Table) -> dict[str, list[str]]:
    """Code → the codes one level below, in order."""
    below: dict[str, list[str]] = defaultdict(list)
    for code in sorted(table):
        if parent := code.rpartition(".")[0]:
            below[parent].append(code)
    return below
