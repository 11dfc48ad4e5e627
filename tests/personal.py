"""People who do not exist, and the proof that what identifies them stays in registry's database.

Names and numbers are marked: they occur nowhere else, so that any place they leak to can be found by them. NIKs carry the
district part `00`, which no district has.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Marked:
    """A person with what would identify them."""

    name: str
    nik: str
    sex: str
    birth_date: date
    phone: str


def _marked(place: int) -> Marked:
    sex = "PL"[place % 2]
    born = date(1960 + place, 1 + place % 12, 1 + place % 28)
    day = born.day + (40 if sex == "P" else 0)
    return Marked(
        name=f"{_GIVEN[place % len(_GIVEN)]} Xqzwarga{place:02}",
        nik=f"320400{day:02}{born.month:02}{born.year % 100:02}{7300 + place}",
        sex=sex,
        birth_date=born,
        phone=f"+6281299007{place:03}",
    )


_GIVEN = ("Siti", "Budi", "Dewi", "Agus")
PEOPLE = [_marked(place) for place in range(40)]


def found_in(text: str) -> list[str]:
    """What of the marked people stands in a text: names in any spelling, numbers, or what a number is made of."""
    lower = text.casefold()
    return [mark for mark in MARKS if mark in lower]


MARKS = sorted(
    {part for one in PEOPLE for part in ("xqzwarga", one.nik, one.phone[3:], one.nik[6:])},
    key=len,
)
