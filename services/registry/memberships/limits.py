"""Which days can be days of a person's part in an institution: not before either was there, nor after today. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.registry.models import Institution
from services.registry.people.models import Person
from shared import days
from shared.language import Text
from shared.problems import Fault

AHEAD = timedelta(days=366)
"""How long before its first day a term may be entered: boards are elected before the year that they serve from."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the days; null where it is not known. `today` is the local date at the institution's seat."""

    today: date
    birth_date: date | None = None
    birth_year: int | None = None
    founded_on: date | None = None
    closed_on: date | None = None

    def begins(self, day: date, at: str, latest: date | None = None) -> list[Fault]:
        """What is wrong with a first day that stands in the field `at`; empty if nothing is. `latest`: if not today."""
        found = self._before_its_time(day, at)
        if self.closed_on is not None and day >= self.closed_on:
            found.append(
                Fault(
                    "institution-closed",
                    Text(f"Lembaga ini tutup sejak {self.closed_on}.", f"It is closed since {self.closed_on}."),
                    Text("Isi hari sebelum tutup.", "Give a day before it was closed."),
                    pointer=f"/{at}",
                )
            )
        return [*found, *self.future(day, at, latest)]

    def future(self, day: date, at: str, latest: date | None = None) -> list[Fault]:
        """The fault of a day after the latest one that can be, which is today if not given; empty if it is none."""
        latest = latest or self.today
        return [days.in_the_future(latest, at)] if day > latest else []

    def _before_its_time(self, day: date, at: str) -> list[Fault]:
        # The faults do not tell the birth date: who may write a membership need not know it.
        born_later = (self.birth_date is not None and day < self.birth_date) or (
            self.birth_year is not None and day.year < self.birth_year
        )
        found = []
        if born_later:
            found.append(
                Fault(
                    "before-birth",
                    Text("Pada hari itu orang ini belum lahir.", "On that day the person was not born yet."),
                    Text("Perbaiki harinya, atau tanggal lahir orangnya.", "Correct the day, or the person's birth date."),
                    pointer=f"/{at}",
                )
            )  # fmt: skip
        if self.founded_on is not None and day < self.founded_on:
            found.append(
                Fault(
                    "before-founded",
                    Text(f"Lembaga ini didirikan pada {self.founded_on}.", f"It was founded on {self.founded_on}."),
                    Text("Perbaiki harinya, atau `founded_on` lembaganya.", "Correct the day, or the institution's `founded_on`."),
                    pointer=f"/{at}",
                )
            )  # fmt: skip
        return found


def of(person: Person, institution: Institution, today: date) -> Limits:
    """The limits of one person's part in one institution."""
    return Limits(today, person.birth_date, person.birth_year, institution.founded_on, institution.closed_on)
