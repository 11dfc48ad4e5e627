"""Two workers, one of which has not committed when the other begins: nobody counts by half, whoever comes first.

Each pair writes a link and changes what the link leads to, or writes two facts of one owner.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import projection
from services.reporting.settings import Settings
from shared.arrived import Arrived
from shared.codes import BeneficiaryUnit, OrganisationKind
from shared.events.envelope import State
from tests.house import until
from tests.reporting import people_fold
from tests.reporting.people_events import benefit, family, institution, membership, person, place, sheet, village
from tests.reporting.people_histories import FAMILIES, PEOPLE
from tests.reporting.projecting import FROM, apply, empty, verified

TO_PERSON, TO_FAMILY = BeneficiaryUnit.PERORANGAN, BeneficiaryUnit.KELUARGA
BY_NETWORK, BY_INSTITUTION = OrganisationKind.NETWORK, OrganisationKind.INSTITUTION
GIVEN = benefit(TO_PERSON, PEOPLE[1], BY_NETWORK, number=1)
"""So that the network was heard of: otherwise each would wait for the other to note it."""
PAIRS: dict[str, tuple[list[Arrived], Arrived, Arrived]] = {
    "two sheets of one person": ([person()], sheet(0), sheet(0, number=1)),
    "a membership, and its institution closes": (
        [institution(), person()], membership(), institution(until=date(2024, 3, 10), sequence=2),
    ),
    "a membership of no months, and its institution opens": (
        [institution(until=date(2024, 1, 20))], membership(), institution(sequence=2),
    ),
    "who came joins, and the institution closes": (
        [institution(), sheet(0)], membership(), institution(until=date(2024, 5, 10), sequence=2),
    ),
    "a member comes, and the institution closes": (
        [institution(), membership()], sheet(0), institution(until=date(2024, 5, 10), sequence=2),
    ),
    "who was helped joins the giver": (
        [person()], benefit(TO_PERSON, PEOPLE[0], BY_INSTITUTION), membership(),
    ),
    "a network gives, and an institution joins it": (
        [membership(), GIVEN], benefit(TO_PERSON, PEOPLE[0], BY_NETWORK), place(),
    ),
    "a network gives to a family, and an institution joins it": (
        [membership(), family(0), GIVEN], benefit(TO_FAMILY, FAMILIES[0], BY_NETWORK), place(),
    ),
    "a family has a head, who joins the giver": (
        [benefit(TO_FAMILY, FAMILIES[0], BY_INSTITUTION)], family(0), membership(),
    ),
    "a family has a head, whose other record joins the giver": (
        [benefit(TO_FAMILY, FAMILIES[0], BY_INSTITUTION), person(1), person(0, duplicate_of=1)], family(0), membership(1),
    ),
    "a family has a head, who is found to be a member": (
        [benefit(TO_FAMILY, FAMILIES[0], BY_INSTITUTION), membership(1), person(0)], family(0), person(0, 1, sequence=2),
    ),
    "two records of one person, and each comes": (
        [person(0), person(1, duplicate_of=0)], sheet(0), sheet(1, number=1),
    ),
    "two are found to be one, and the one comes": (
        [sheet(0), person(0), person(1)], person(1, duplicate_of=0, sequence=2), sheet(1, number=1),
    ),
    "two are separated, and the one comes": (
        [sheet(0), person(0), person(1, duplicate_of=0)], person(1, sequence=2), sheet(1, number=1),
    ),
    "two are found to be one, and the other comes": (
        [sheet(1), person(0), person(1)], person(1, duplicate_of=0, sequence=2), sheet(0, number=1),
    ),
    "two are found to be one, of whom one joins": (
        [institution(), sheet(0), person(1)], person(1, duplicate_of=0, sequence=2), membership(1),
    ),
    "two are found to be the same third": (
        [sheet(0, 1, 2), person(0)], person(1, duplicate_of=0), person(2, duplicate_of=0),
    ),
    "links that make a chain": ([sheet(0, 1, 2)], person(2, duplicate_of=1), person(1, duplicate_of=0)),
    "links that make a circle": ([sheet(0, 1, 2)], person(0, duplicate_of=1), person(1, duplicate_of=0)),
    "two sheets of people unheard of": ([], sheet(0, 1, 2), sheet(2, 1, 0, number=1)),
}  # fmt: skip
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def both(engine: AsyncEngine, first: Arrived, second: Arrived) -> None:
    """Applies the second while the first is applied and not yet committed."""
    async with engine.begin() as connection:
        await connection.execute(text("SELECT 1"))
        await projection.handle(connection, [first], FROM)
        task = asyncio.create_task(apply(engine, [second]))
        async with engine.connect() as looking:
            # Within one transaction PostgreSQL would show the same activity for ever.
            await looking.execution_options(isolation_level="AUTOCOMMIT")

            async def done_or_waits() -> bool:
                return task.done() or (await looking.execute(text(WAITS))).scalar_one() > 0

            await until(done_or_waits, "the second waits for the first, or need not")
    await task


@pytest.mark.timeout(600)
async def test_nobody_counts_by_half_between_two_workers(engine: AsyncEngine, reporting_settings: Settings) -> None:
    wrong: list[str] = []
    for name, (before, one, other) in PAIRS.items():
        for order, (first, second) in enumerate(((one, other), (other, one))):
            await empty(engine)
            for event in [village(), *before]:
                await apply(engine, [event])
            await both(engine, first, second)
            told = people_fold.expected(_final([village(), *before, one, other]))
            answers = await people_fold.answered(engine)
            assert answers
            if answers != people_fold.within(told) or await verified(reporting_settings):
                wrong.append(f"{name}, {('as told', 'the other way round')[order]}")
    assert wrong == []


def _final(events: Sequence[Arrived]) -> dict[UUID, State]:
    newest: dict[UUID, Any] = {}
    for item in sorted(events, key=lambda event: event.event.sequence):
        newest[item.event.subject] = item.state
    return newest
