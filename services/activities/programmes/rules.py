"""Which activities may belong to a programme. Pure: takes what is known, gives faults with pointers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.activities import unknown
from services.activities.known.networks import NetworkMembership
from shared.codes import OrganisationKind
from shared.language import Text
from shared.problems import Fault

POINTER = "/programme_id"


@dataclass(frozen=True, slots=True)
class Named:
    """A programme that an activity names; of a network's, with which institutions were its members and when."""

    id: UUID
    owner_kind: OrganisationKind
    owner_id: UUID
    year: int
    title: str
    voided: bool
    memberships: list[NetworkMembership] = field(default_factory=list)

    def may_be_led_by(self, institution: UUID, day: date | None) -> bool:
        """Whether it is the institution's own, or its network's on that day; without a day: on any."""
        return institution == self.owner_id or any(
            one.institution_id == institution and (day is None or one.on(day)) for one in self.memberships
        )


def faults(
    id: UUID | None, known: Mapping[UUID, Named], lead: UUID, last_day: date | None, at: str = POINTER
) -> list[Fault]:
    """What is wrong with an activity's naming of a programme: it is not known to the caller, was voided, is of another year
    than the activity's last day, or not one of the lead's.

    Without a `last_day` the year is not asked about, and a network's institution may be one of any day.
    """
    if id is None:
        return []
    programme = known.get(id)
    if programme is None or programme.voided:
        return [unknown.ours("programme", id, at)]
    wrong = []
    if last_day is not None and last_day.year != programme.year:
        wrong.append(_of_another_year(programme, last_day, at))
    if not programme.may_be_led_by(lead, last_day):
        wrong.append(_not_of_the_lead(programme, at))
    return wrong


def _of_another_year(programme: Named, last_day: date, at: str) -> Fault:
    return Fault(
        "programme-of-another-year",
        Text(
            f"Program kerja ini untuk tahun {programme.year}, hari terakhir kegiatan {last_day}.",
            f"This programme is of {programme.year}, the activity's last day is {last_day}.",
        ),
        Text(
            f"Pilih program kerja tahun {last_day.year}, atau perbaiki tanggalnya.",
            f"Choose a programme of {last_day.year}, or correct the day.",
        ),
        pointer=at,
    )


def _not_of_the_lead(programme: Named, at: str) -> Fault:
    return Fault(
        "programme-not-of-the-lead",
        Text(
            f"Program kerja «{programme.title}» bukan milik penyelenggara utama atau jaringannya.",
            f"The programme «{programme.title}» is neither the lead's nor one of its network's.",
        ),
        Text(
            "Pilih program kerja penyelenggara utama, atau jaringan tempat lembaga itu menjadi anggota pada hari itu.",
            "Choose a programme of the lead, or of a network of which it is a member on that day.",
        ),
        pointer=at,
    )
