"""The faults of days that cannot be: after today at the place, or before what they follow. Pure.

`at` is the field that holds the day, as its pointer without the first slash.
"""

from datetime import date

from shared.language import Text
from shared.problems import Fault


def in_the_future(today: date, at: str) -> Fault:
    """The fault of a day that has not come yet at the place."""
    return Fault(
        "in-the-future",
        Text("Hari itu belum tiba.", "That day has not come yet."),
        Text(f"Isi sampai {today}.", f"{today} at the latest."),
        pointer=f"/{at}",
    )


def too_early(earliest: date, at: str) -> Fault:
    """The fault of a day before the earliest one that can be."""
    return Fault(
        "too-early",
        Text(f"Paling awal {earliest}.", f"{earliest} at the earliest."),
        Text("Isi hari setelah keadaan sebelumnya dimulai.", "Give a day after the state before it began."),
        pointer=f"/{at}",
    )
