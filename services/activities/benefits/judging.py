"""Whether what is told of a benefit or a referral can be so: who, by whom, when and where. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.activities import unknown
from services.activities.benefits import beneficiaries, givers
from services.activities.benefits.given import Given, Referred
from services.activities.known import places
from services.activities.known.places import Warned
from services.activities.known.references import Institution, Region
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus
from shared.days import in_the_future
from shared.language import Text
from shared.problems import Fault, InvalidPayload


@dataclass(frozen=True, slots=True)
class Judged:
    """Where it was, the giver if it is an institution that is known, and what is odd and was accepted."""

    place: Region
    institution: Institution | None
    warned: list[Warned]

    @property
    def regions(self) -> set[UUID]:
        """The regions it concerns: where it was, and the seat of the institution that gave."""
        return {self.place.id} | ({self.institution.seat_id} if self.institution else set())


@dataclass(frozen=True, slots=True)
class Before:
    """What stands there now and is to be corrected, and the village where it is."""

    given: Given
    village_id: UUID


def judged(given: Given, before: Before | None, known: Referred, by: Principal, now: datetime) -> Judged:
    """Where it was, once nothing is wrong. What stood there before stays, whatever became of it since.

    Raises InvalidPayload naming each fault; ReferenceNotArrived.
    """
    was = before.given if before else None
    place, faults, warned = _place(given, before, known)
    faults += [
        *beneficiaries.beneficiary_faults(given, was, known, by),
        *givers.giver_faults(given, was, known, by),
        *_activity_faults(given, was, known),
        *_day_faults(given, place, now),
        *_outside_faults(given, was, place, by),
    ]
    if place is None or faults:
        raise InvalidPayload(errors=faults)
    odd = [*warned, *beneficiaries.warnings(given, known, by)]
    return Judged(place, known.institutions.get(given.giver.id) if given.institution_id else None, odd)


def _place(given: Given, before: Before | None, known: Referred) -> tuple[Region | None, list[Fault], list[Warned]]:
    if before and given.village == before.given.village:
        return known.places.get(before.village_id), [], []
    if given.village:
        return places.meant(given.village, given.day, known.holders.get(given.village, ()))
    at = known.activities.get(given.activity_id) if given.activity_id else None
    return (known.places.get(at.village_id) if at else None), [], []


def _activity_faults(given: Given, was: Given | None, known: Referred) -> Iterator[Fault]:
    if given.activity_id is None or (was and given.activity_id == was.activity_id):
        return
    at = known.activities.get(given.activity_id)
    if at is None or at.voided:
        yield unknown.ours("activity", given.activity_id, "/activity_id")
    elif at.status is ActivityStatus.DIBATALKAN:
        yield Fault(
            "activity-cancelled",
            Text("Kegiatan itu dibatalkan.", "That activity was cancelled."),
            Text("Pilih kegiatan lain, atau kosongkan.", "Choose another one, or leave it out."),
            pointer="/activity_id",
        )


def _day_faults(given: Given, place: Region | None, now: datetime) -> Iterator[Fault]:
    today = local_date(now, place.time_zone) if place else given.day
    if given.day > today:
        yield in_the_future(today, given.day_at)


def _outside_faults(given: Given, was: Given | None, place: Region | None, by: Principal) -> Iterator[Fault]:
    """What a network or a partner gives is recorded where it is given: they have no seat that would be the caller's."""
    if given.institution_id or place is None or (was and (was.giver, was.village) == (given.giver, given.village)):
        return
    if not by.covers(place.area_code):
        yield Fault(
            "outside-your-area",
            Text("Desa ini di luar wilayah Anda.", "This village is outside your area."),
            Text(
                "Bantuan jaringan dan mitra dicatat oleh wilayah tempat diberikan.",
                "Help by networks and partners is recorded by the area where it is given.",
            ),
            pointer="/village" if given.village else "/activity_id",
        )
