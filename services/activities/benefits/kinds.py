"""Kinds of PPKS of one who is helped: which fit a person, a family or a community, which are kept back, which look odd. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from services.activities.known.places import Warned
from shared.code_lists import lists
from shared.codes import BeneficiaryUnit, CommunityKind, PpksKind, Sex
from shared.language import Text

SENSITIVE: frozenset[PpksKind] = frozenset(
    {PpksKind.ABH, PpksKind.AKTK, PpksKind.TS, PpksKind.KMIN, PpksKind.BWBLP, PpksKind.ODHA, PpksKind.NAPZA, PpksKind.KTR,
     PpksKind.KTK}
)  # fmt: skip
"""Kinds 3, 6, 10 and 14 to 19, which are protected most (`domain.md` §4.4): who is shown them of somebody is recorded."""
WITHOUT_WORDS: frozenset[PpksKind] = frozenset({PpksKind.TS, PpksKind.KMIN, PpksKind.ODHA})
"""Kinds 10, 14 and 16: why somebody is of them is written nowhere (`domain.md` §2.1)."""
# Source: domain.md §2.1 and §3 of it on age: the bounds conflict between sources, so the widest of them; completed years.
_AGES: Mapping[PpksKind, tuple[int, int]] = {
    PpksKind.ABT: (0, 5), PpksKind.AT: (5, 18), PpksKind.ABH: (6, 18), PpksKind.AJ: (5, 18), PpksKind.ADK: (0, 18),
    PpksKind.AKTK: (0, 18), PpksKind.AMPK: (0, 18), PpksKind.LUT: (60, 200),
}  # fmt: skip
_UNITS: Mapping[BeneficiaryUnit, frozenset[str]] = {
    BeneficiaryUnit.PERORANGAN: frozenset({"person"}),
    BeneficiaryUnit.KELUARGA: frozenset({"family"}),
    BeneficiaryUnit.KOMUNITAS: frozenset({"community", "group"}),
}


@cache
def fitting(unit: BeneficiaryUnit) -> tuple[PpksKind, ...]:
    """The kinds that can be said of a unit, in the order of the official list."""
    return tuple(PpksKind(one.code) for one in lists.edition("ppks", "2012").entries if _UNITS[unit] & set(one.units))


def kept_back(kinds: Collection[PpksKind]) -> bool:
    """Whether one of the kinds is shown only one record at a time, and each time recorded."""
    return not SENSITIVE.isdisjoint(kinds)


def age_warnings(kinds: Sequence[PpksKind], birth_year: int, on: date) -> Iterator[Warned]:
    """Kinds whose age somebody born in that year cannot have on a day; the sources disagree, so none is refused."""
    oldest = on.year - birth_year
    youngest = max(oldest - 1, 0)
    for place, kind in enumerate(kinds):
        least, most = _AGES.get(kind, (0, 200))
        if oldest < least or youngest > most:
            yield Warned(
                f"/ppks_kinds/{place}",
                "age-unusual-for-kind",
                Text(
                    f"{kind}: lazimnya berumur {_span(least, most).id}; lahir tahun {birth_year}. Data tetap disimpan.",
                    f"{kind}: usually {_span(least, most).en} old; born in {birth_year}. It was stored.",
                ),
            )


def sex_warnings(kinds: Sequence[PpksKind], sex: Sex) -> Iterator[Warned]:
    """The one kind that is of women only, said of a man."""
    if PpksKind.PRSE in kinds and sex is Sex.L:
        yield Warned(
            f"/ppks_kinds/{kinds.index(PpksKind.PRSE)}",
            "sex-unusual-for-kind",
            Text(
                "PRSE: perempuan; orang ini tercatat laki-laki. Data tetap disimpan.",
                "PRSE is about women; this person is recorded as a man. It was stored.",
            ),
        )


def community_warnings(kinds: Sequence[PpksKind], community: CommunityKind) -> Iterator[Warned]:
    """A remote indigenous community that is registered as another one."""
    if PpksKind.KAT in kinds and community is not CommunityKind.KAT:
        yield Warned(
            f"/ppks_kinds/{kinds.index(PpksKind.KAT)}",
            "community-of-another-kind",
            Text(
                "Di registri komunitas ini bukan KAT. Data tetap disimpan.",
                "In registry this community is no KAT. It was stored.",
            ),
        )


def _span(least: int, most: int) -> Text:
    if most == 200:
        return Text(f"{least} tahun ke atas", f"{least} years and more")
    return Text(f"{least} sampai {most} tahun", f"{least} to {most} years")
