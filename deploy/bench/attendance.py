"""Attendance: who came, 30 in a sheet, projected by one worker into facts and cells of distinct people.

Among people who are registered, half of them members of the institutions that hold the activities. Timed as `projection`
is. People per second, against what is asked for, and against COPY of the same events.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from uuid import UUID

from deploy.bench import events, projection
from deploy.bench.events import Told
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from services.reporting.dossiers import PROJECTION_LOCK
from shared.codes import AttendanceRole, Sex
from shared.events.activities import AttendanceSheet, Attendee
from shared.events.registry import Membership, MembershipSpell, Person

GOAL = Goal(10_000, 15_000)
"""People per second, one worker."""
NAMED = 30
"""In each sheet."""
TIMES = 4
"""How often each person comes, on average."""
VILLAGE = 120
"""People of a village who come to anything."""
_SEXES, _ROLES = list(Sex), list(AttendanceRole)


class Country:
    """Villages with institutions and people, and what these come to in a year."""

    def __init__(self, sheets: int, villages: Sequence[UUID]) -> None:
        self._chance = random.Random(2)  # noqa: S311  # made-up data
        count = max(1, sheets * NAMED // TIMES // VILLAGE)
        self._villages = self._chance.sample(list(villages), min(count, len(villages)))
        self._institutions = {village: [self._id() for _ in range(3)] for village in self._villages}
        self._people = {village: [self._id() for _ in range(VILLAGE)] for village in self._villages}
        self._sheets = sheets

    def _id(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)

    def known(self) -> Iterator[Told]:
        """What is known before: institutions, people, and who of them are members."""
        for village in self._villages:
            for institution in self._institutions[village]:
                yield Told(institution, 1, events.institution(self._chance, village).state, "verified")
            for number, person in enumerate(self._people[village]):
                state = Person(
                    sex=self._chance.choice(_SEXES), birth_year=self._chance.randrange(1940, 2020), village_id=village
                )
                yield Told(person, 1, state, "registered")
                if number % 2:
                    joined = MembershipSpell(since=date(2020, 1, 1) + timedelta(days=self._chance.randrange(1000)))
                    of = self._chance.choice(self._institutions[village])
                    yield Told(
                        self._id(), 1, Membership(person_id=person, institution_id=of, spells=[joined]), "joined"
                    )  # fmt: skip

    def sheets(self) -> Iterator[Told]:
        """Who came, sheet by sheet."""
        for _ in range(self._sheets):
            village = self._chance.choice(self._villages)
            came = self._chance.sample(self._people[village], NAMED)
            state = AttendanceSheet(
                activity_id=self._id(), held_on=date(2025, 1, 1) + timedelta(days=self._chance.randrange(365)),
                people=[Attendee(person_id=each, role=self._chance.choice(_ROLES)) for each in came],
                village_id=village, organiser_ids=[self._chance.choice(self._institutions[village])],
            )  # fmt: skip
            yield Told(self._id(), 1, state, "recorded")


def run(stage: Stage) -> list[Row]:
    """People per second of one worker."""
    country = Country(max(10, stage.size.events // 10), [identity for _, identity in stage.villages()])
    known = [(one.state, one.event()) for one in country.known()]
    told = [(one.state, one.event()) for one in country.sheets()]
    copied: list[float] = []
    projected: list[float] = []
    taken: list[float] = []
    for number in range(stage.size.rounds):
        with installed(stage, "reporting") as wahana:
            copied.append(NAMED * asyncio.run(projection.copy(wahana, [event for _, event in told])))
            wahana.start("reporting-worker")
            events.publish(wahana.settings("reporting"), known)
            wahana.until(lambda: _applied(wahana) >= len(known), "all that is known before is applied")
            before = wahana.processor("reporting-worker")
            projected.append(NAMED * _project(wahana, told))
            taken.append((wahana.processor("reporting-worker") - before) * 1e6 / (NAMED * len(told)))
            if number == 0:
                asyncio.run(projection.verify(wahana))
    people = Measured.of(projected, "people/s")
    path = f"attendance of {len(told) * NAMED:,} people, 1 worker"
    return [
        Row(path, people, goal=GOAL),
        against("attendance / COPY", people, Measured.of(copied, "people/s COPY")),
        Row("… processor time of the worker", Measured.of(taken, "ms/1,000 people")),
    ]


def _applied(wahana: Installation) -> int:
    (row,) = wahana.fetch("reporting", projection.PLACE, wahana.prefix)
    return int(row[0])


def _project(wahana: Installation, told: list[projection.Published]) -> float:
    """Sheets per second. The worker is held back by the lock of the projection until it has work."""
    with asyncio.Runner() as runner:
        connection = runner.run(wahana.connect("reporting"))
        runner.run(connection.execute("SELECT pg_advisory_lock($1, hashtext('live'))", PROJECTION_LOCK))
        runner.run(asyncio.to_thread(events.publish, wahana.settings("reporting"), told))
        wahana.until(lambda: runner.run(connection.fetchval(projection.WAITING)), "the worker has a batch", within=60)
        runner.run(connection.execute("SELECT pg_advisory_unlock($1, hashtext('live'))", PROJECTION_LOCK))
        topics = f"{wahana.prefix}.{AttendanceSheet.topic()}"
        return runner.run(projection.timed(wahana, connection, topics, len(told)))
