"""Made-up events that look like a country at work: institutions in every kind of village, activities planned, then held."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared import kafka
from shared.codes import (
    ActivityKind,
    ActivityStatus,
    InstitutionType,
    LegalStatus,
    Operation,
    Origin,
    Strategy,
    Verification,
)
from shared.events import envelope
from shared.events.activities import Activity, BySex, Headcount, PlanVersion, TargetGroup
from shared.events.envelope import Event, Spell, State
from shared.events.registry import Institution, MemberCounts, Seat
from shared.settings import SharedSettings

OPEN_PLANS = 3000
"""Activities that are planned and not yet held, once the country is running."""
_KINDS, _TYPES = list(ActivityKind), list(InstitutionType)


@dataclass(frozen=True, slots=True)
class Told:
    """An event and what it says."""

    subject: UUID
    sequence: int
    state: State
    fact: str

    def event(self) -> Event:
        """In the envelope of our topics."""
        return Event(
            id=uuid4(), type=self.state.event_type(self.fact), subject=self.subject, sequence=self.sequence,
            time=datetime.now(UTC), data=self.state.model_dump_json().encode(), schema=self.state.schema_uri(),
        )  # fmt: skip


def institution(chance: random.Random, village: UUID) -> Told:
    """A verified institution at work."""
    subject = UUID(int=chance.getrandbits(128), version=4)
    since = date(2015, 1, 1) + timedelta(days=chance.randrange(3000))
    state = Institution(
        type=chance.choice(_TYPES), name=f"Kelompok Arisan Mawar {chance.randrange(1000)}", origin=Origin.TUMBUH,
        legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM, founded_on=since, members=MemberCounts(female=12, male=8),
        verification=Verification.TERVERIFIKASI, operation=Operation.AKTIF, active=[Spell(since=since)],
        seats=[Seat(village_id=village)],
    )  # fmt: skip
    return Told(subject, 1, state, "verified")


def institutions(count: int, villages: Sequence[UUID], seed: int) -> list[Told]:
    """That many, in random villages."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    return [institution(chance, chance.choice(villages)) for _ in range(count)]


def country(count: int, villages: Sequence[UUID], seed: int) -> Iterator[Told]:
    """That many events nation-wide: a fifth institutions, the others activities, most of them planned and later held."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    known: list[tuple[UUID, UUID]] = []
    planned: list[tuple[UUID, Activity]] = []
    for number in range(count):
        draw = chance.random()
        if draw < 0.2 or not known:
            told = institution(chance, chance.choice(villages))
            known.append((told.subject, told.state.seats[0].village_id))  # type: ignore[attr-defined]
            yield told
        elif draw < 0.6 and len(planned) > min(OPEN_PLANS, count // 20):
            place = chance.randrange(len(planned))
            planned[place], planned[-1] = planned[-1], planned[place]
            subject, activity = planned.pop()
            yield Told(subject, 2, _held(chance, activity), "completed")
        else:
            subject, activity = UUID(int=chance.getrandbits(128), version=4), _planned(chance, known, number)
            planned.append((subject, activity))
            yield Told(subject, 1, activity, "planned")


def _planned(chance: random.Random, known: list[tuple[UUID, UUID]], number: int) -> Activity:
    lead, village = chance.choice(known)
    other = chance.choice(known)[0]
    day = date(2024, 1, 1) + timedelta(days=chance.randrange(700))
    return Activity(
        title=f"Kerja bakti saluran air dusun {number % 97}", kind=chance.choice(_KINDS), strategy=Strategy.PEMBERDAYAAN,
        objective="Saluran air lancar sebelum musim hujan", target_group=TargetGroup(members=True), village_id=village,
        lead_institution_id=lead, co_organiser_ids=[other] if other != lead and chance.random() < 0.3 else [],
        plan=[PlanVersion(planned_from=day, planned_until=day, recorded_on=day - timedelta(days=9))],
        status=ActivityStatus.DIRENCANAKAN,
    )  # fmt: skip


def _held(chance: random.Random, activity: Activity) -> Activity:
    day = activity.plan[0].planned_until
    female, male = chance.randrange(5, 20), chance.randrange(1, 10)
    attended = Headcount(total=female + male, by_sex=BySex(female=female, male=male))
    changes: dict[str, Any] = {
        "status": ActivityStatus.SELESAI, "held_from": day, "held_until": day, "invited": Headcount(total=30),
        "attended": attended,
    }  # fmt: skip
    return activity.model_copy(update=changes)


def publish(settings: SharedSettings, told: Sequence[tuple[State, Event]]) -> None:
    """Into the topics of an installation, keyed by subject, in this order."""
    asyncio.run(_publish(settings, told))


async def _publish(settings: SharedSettings, told: Sequence[tuple[State, Event]]) -> None:
    producer = kafka.producer(settings)
    await producer.start()
    try:
        sent = [
            await producer.send(
                kafka.full_name(settings, state.topic()), key=str(event.subject).encode(), value=event.data,
                headers=envelope.headers(event),
            )
            for state, event in told
        ]  # fmt: skip
        await asyncio.gather(*sent)
    finally:
        await producer.stop()
