"""Stocks over time (case O-17): what one month ends with the next begins with, and each change has its records."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.reporting.indicators import candidates, catalogue, queries
from services.reporting.indicators.contributions import Cell
from services.reporting.indicators.definitions import Taken, Term
from services.reporting.indicators.queries import Asked
from services.reporting.measures import INSTITUTION, MEMBER, VALUE, VILLAGE
from services.reporting.periods import Period, PeriodKind
from services.reporting.places import Tree
from services.reporting.regions import Place
from shared import database
from shared.arrived import Arrived
from shared.codes import (
    DevelopmentStage,
    DocumentKind,
    FacilityClass,
    FacilityCondition,
    InstitutionType,
    LegalStatus,
    NetworkStatus,
    Operation,
    Origin,
    RegionKind,
    RegionLevel,
    Role,
    ValueKind,
    ValueState,
    Verification,
)
from shared.events.envelope import Spell, State
from shared.events.registry import (
    Absorbed,
    Assessment,
    CulturalValue,
    Document,
    Facility,
    FacilityCheck,
    Institution,
    Legalisation,
    Lineage,
    Network,
    Seat,
    Territory,
    ValueSpell,
)
from shared.events.registry import (
    Term as Office,
)
from tests.reporting import histories
from tests.reporting.histories import HERE, NATION, SPACE, THERE, VILLAGES, arrived
from tests.reporting.projecting import FROM, apply

BODIES, NETWORKS, VALUES = 200, 12, 30
FIRST = date(2025, 1, 1)
MONTHS = [Period(2025 * 12 + number, PeriodKind.MONTH) for number in range(13)]
Thing = TypeVar("Thing")


class Life:
    """Made-up lives, mostly of 2024 and 2025, from one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # to be repeatable

    def day(self) -> date:
        return FIRST + timedelta(days=self.chance.randrange(-500, 400))

    def some(self, made: Callable[[], Thing], most: int) -> list[Thing]:
        return [made() for _ in range(self.chance.randrange(most + 1))]

    def lasting(self) -> dict[str, Any]:
        since = self.day()
        return {
            "since": since,
            "until": self.chance.choice([None, since + timedelta(days=self.chance.randrange(1, 500))]),
        }

    def spells(self) -> list[Spell]:
        cuts = sorted({self.day() for _ in range(self.chance.randrange(1, 6))})
        return [Spell(since=a, until=b) for a, b in zip(cuts[::2], [*cuts[1::2], None][: len(cuts[::2])], strict=False)]

    def seats(self) -> list[Seat]:
        one, other = self.chance.sample(VILLAGES[:3], 2)
        moved = self.day()
        still = [Seat(village_id=one)]
        return self.chance.choice([still, [Seat(village_id=one, until=moved), Seat(village_id=other, since=moved)]])

    def office(self) -> Office:
        return Office(role=self.chance.choice([Role.KETUA, Role.SEKRETARIS]), **self.lasting())

    def facility(self) -> Facility:
        checks = self.some(
            lambda: FacilityCheck(on=self.day(), condition=self.chance.choice(list(FacilityCondition))), 3
        )
        return Facility(
            facility_class=self.chance.choice(list(FacilityClass)), name="Tenda", checks=checks, **self.lasting()
        )

    def institution(self) -> Institution:
        choice = self.chance.choice
        return Institution(
            type=choice(list(InstitutionType)), name="Arisan", origin=Origin.TUMBUH,
            legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM, operation=Operation.AKTIF, active=self.spells(),
            seats=self.seats(), verification=choice([Verification.TERVERIFIKASI] * 4 + [Verification.DIAJUKAN]),
            voided=self.chance.random() < 0.05,
            documents=self.some(lambda: Document(kind=choice(list(DocumentKind)), **self.lasting()), 4),
            officers=self.some(self.office, 4), facilities=self.some(self.facility, 6),
            assessments=self.some(
                lambda: Assessment(on=self.day(), stage=choice(list(DevelopmentStage)), instrument="KUBE, 1"), 2
            ),
            absorbed=self.some(self.absorbed, 1),
        )  # fmt: skip

    def absorbed(self) -> Absorbed:
        return Absorbed(
            institution_id=VILLAGES[0], type=InstitutionType.KUBE, active=self.spells(), seats=self.seats(),
            merged_on=self.day(),
        )  # fmt: skip

    def network(self) -> Network:
        territory = [Territory(village_id=place, **self.lasting()) for place in self.chance.sample(VILLAGES[:3], 2)]
        return Network(
            name="WKSBM", status=NetworkStatus.AKTIF, territory=territory, active=self.spells(),
            legalisations=[Legalisation(number="1", **self.lasting())], management=[self.office() for _ in range(4)],
        )  # fmt: skip

    def value(self) -> CulturalValue:
        days = sorted({self.day() for _ in range(self.chance.randrange(1, 5))})
        return CulturalValue(
            name="Rewang", kind=ValueKind.TRADISI, village_ids=self.chance.sample(VILLAGES[:3], 2),
            states=[ValueSpell(state=self.chance.choice(list(ValueState)), since=day) for day in days],
        )  # fmt: skip


def lives() -> list[list[Arrived]]:
    """Villages, institutions, networks and values with corrections, told late and in any order, in batches."""
    life = Life(seed=17)
    moved = [Lineage(ancestors=HERE, until=date(2025, 6, 20)), Lineage(ancestors=THERE, since=date(2025, 6, 20))]
    lineages = [[Lineage(ancestors=HERE)], [Lineage(ancestors=THERE)], moved]
    events = [
        arrived(place, 1, histories.region(RegionLevel.VILLAGE, RegionKind.DESA, lineage, f"32.04.05.200{number}"))
        for number, (place, lineage) in enumerate(zip(VILLAGES, lineages, strict=False))
    ]
    made: list[tuple[int, Callable[[], State]]] = [
        (BODIES, life.institution),
        (NETWORKS, life.network),
        (VALUES, life.value),
    ]
    for count, state in made:
        for number in range(count):
            subject = uuid5(SPACE, f"{count} {number}")
            events += [arrived(subject, sequence, state()) for sequence in range(1, life.chance.randrange(2, 5))]
    life.chance.shuffle(events)
    return [events[start : start + 50] for start in range(0, len(events), 50)]


# Members come of people's memberships, which are looked up through them.
STOCKS = sorted(
    {
        term
        for each in catalogue.CURRENT.values()
        for term in each.read
        if term.taken is Taken.AT_END and term.group is not MEMBER
    },
    key=lambda term: term.name,
)


async def test_what_a_month_ends_with_the_next_begins_with_and_records_make_the_difference(engine: AsyncEngine) -> None:
    for batch in lives():
        await apply(engine, batch)
    async with database.transaction(database.sessions(engine)) as session:
        for region in (VILLAGES[0], VILLAGES[2], NATION):
            key = await key_of(session, region)
            for tree in (Tree.AS_WAS, Tree.CURRENT):
                series = await queries.read(session, catalogue.CURRENT.values(), Asked([key], MONTHS, tree))
                for term in STOCKS:
                    listed = await records(session, term, key, tree)
                    opening, before = series.of(term, key, 0), listed[0]
                    assert opening == sum(before.values())
                    for number, month in list(enumerate(MONTHS))[1:]:
                        now = listed[number]
                        gone = sum(max(before.get(each, 0) - now.get(each, 0), 0) for each in before)
                        come = sum(max(now.get(each, 0) - before.get(each, 0), 0) for each in now)
                        closing = series.of(term, key, number)
                        assert closing == opening + come - gone, (term.name, region, tree, str(month))
                        opening, before = closing, now
    assert {term.group for term in STOCKS} == {INSTITUTION, VALUE, VILLAGE}


async def test_a_month_alone_and_the_end_of_a_longer_period_say_the_same(engine: AsyncEngine) -> None:
    for batch in lives():
        await apply(engine, batch)
    async with database.transaction(database.sessions(engine)) as session:
        key = await key_of(session, NATION)
        alone = {
            str(period): await queries.read(session, catalogue.CURRENT.values(), Asked([key], [period], Tree.AS_WAS))
            for period in map(Period.parse, ("2025-06", "2025-Q2", "2025-S1", "2025-12", "2025-Q4", "2025"))
        }
        for term in STOCKS:
            assert len({alone[name].of(term, key, 0) for name in ("2025-06", "2025-Q2", "2025-S1")}) == 1, term.name
            assert len({alone[name].of(term, key, 0) for name in ("2025-12", "2025-Q4", "2025")}) == 1, term.name
        # Nobody organised anything, and nobody is a member: what comes of activities and people has nothing to tell.
        silent = [term.measure for term in STOCKS if not alone["2025"].of(term, key, 0)]
        assert silent == ["continuing", "empowered", "members", "named", "practised", "reached"]


async def key_of(session: AsyncSession, region: UUID) -> int:
    """A region's number."""
    driver = await database.driver(await session.connection())
    return int(await driver.fetchval("SELECT key FROM region WHERE id = $1", region))


async def records(session: AsyncSession, term: Term, key: int, tree: Tree) -> list[dict[UUID, int]]:
    """What each record gives to a term, month by month."""
    place = Place(key, "", "", "village", "Asia/Jakarta", None)
    statement, _ = candidates.of(term, place, MONTHS[0])
    rows = (await session.execute(statement)).all()
    page = await candidates.page(session, term, rows)
    return [
        {row.id: amount for row in rows if (amount := Cell(term, key, month, tree, FROM).of(row.id, page))}
        for month in MONTHS
    ]
