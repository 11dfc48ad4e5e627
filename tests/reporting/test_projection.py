"""The invariant: for every history, in any order of arrival and redelivery, cells are the sum over the dossiers."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import moving, projection, recomputation, versions
from services.reporting.measures import GROUPS
from services.reporting.periods import month_of
from services.reporting.places import Tree
from services.reporting.settings import Settings
from shared.arrived import Arrived
from shared.codes import (
    ActivityKind,
    ActivityStatus,
    RegionKind,
    RegionLevel,
    ValueKind,
    ValueState,
    Verification,
)
from shared.events.activities import Activity
from shared.events.envelope import Spell
from shared.events.registry import CulturalValue, Institution, Lineage, ValueSpell
from tests.reporting import histories
from tests.reporting.histories import HERE, INSTITUTIONS, VILLAGES, History, arrived
from tests.reporting.numbers import numbers
from tests.reporting.projecting import FROM, apply, empty, thorough, verified


@thorough
@given(history=histories.histories())
async def test_cells_equal_their_recomputation_in_any_order_of_arrival(
    engine: AsyncEngine, reporting_settings: Settings, history: History
) -> None:
    await empty(engine)
    for batch in history.delivery:
        await apply(engine, batch)
    assert await verified(reporting_settings) == []
    delivered = await numbers(engine)

    await empty(engine)
    finals: dict[UUID, Arrived] = {}
    for item in history.events:
        finals[item.event.subject] = item
    if finals:
        await apply(engine, list(finals.values()))
    assert delivered == await numbers(engine)


@thorough
@given(history=histories.histories(), data=st.data())
async def test_three_workers_at_once_give_the_same_numbers(
    engine: AsyncEngine, reporting_settings: Settings, history: History, data: st.DataObject
) -> None:
    await empty(engine)
    shares: list[list[Arrived]] = [[], [], []]
    for item in [item for batch in history.delivery for item in batch]:
        shares[item.event.subject.int % 3].append(item)

    async def work(share: list[Arrived]) -> None:
        while share:
            batch, share = share[:4], share[4:]
            await apply(engine, batch)

    await asyncio.gather(*(work(share) for share in shares))
    assert await verified(reporting_settings) == []
    together = await numbers(engine)
    await empty(engine)
    await apply(engine, history.events) if history.events else None
    assert together == await numbers(engine)


@thorough
@given(history=histories.histories(), data=st.data())
async def test_villages_that_follow_a_change_one_by_one_leave_no_number_wrong_on_the_way(
    engine: AsyncEngine, reporting_settings: Settings, history: History, data: st.DataObject
) -> None:
    """With portions of one region: events arrive while what lies in others still counts where it was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving, "REGIONS", 1)
        await empty(engine)
        for batch in history.delivery:
            await apply(engine, batch)
            if data.draw(st.booleans()):
                await moving.one(engine, FROM)
        assert await verified(reporting_settings) == []
        await moving.finish(engine, FROM)
    assert await verified(reporting_settings) == []
    one_by_one = await numbers(engine)
    await empty(engine)
    await apply(engine, history.events) if history.events else None
    assert one_by_one == await numbers(engine)


@thorough
@given(history=histories.histories())
async def test_the_nation_has_the_same_total_in_both_trees(engine: AsyncEngine, history: History) -> None:
    await empty(engine)
    for batch in history.delivery:
        await apply(engine, batch)
    for group in GROUPS:
        sums = {
            tree: await national(engine, group.table.name, group.measures, (Tree.BOTH, tree))
            for tree in (Tree.AS_WAS, Tree.CURRENT)
        }
        assert sums[Tree.AS_WAS] == sums[Tree.CURRENT]


async def national(engine: AsyncEngine, table: str, measures: Sequence[str], trees: Sequence[Tree]) -> set[object]:
    """The nation's sums by month and dimension in these trees."""
    sums = ", ".join(f"sum({measure})" for measure in measures)
    query = (
        f"SELECT month, dimension, {sums} FROM {table} JOIN region ON key = region_key"
        " WHERE id = :nation AND tree = ANY(:trees) GROUP BY month, dimension"
    )
    async with engine.connect() as connection:
        rows = await connection.execute(text(query), {"nation": histories.NATION, "trees": [int(t) for t in trees]})
        return {tuple(row) for row in rows if any(row[2:])}


def village(number: int = 0, sequence: int = 1) -> Arrived:
    state = histories.region(RegionLevel.VILLAGE, RegionKind.DESA, [Lineage(ancestors=HERE)], f"32.04.05.200{number}")
    return arrived(VILLAGES[number], sequence, state)


def completed(number: int, day: date, kind: ActivityKind = ActivityKind.GOTONG_ROYONG, sequence: int = 1) -> Arrived:
    state = Activity(
        title="Kerja bakti", kind=kind, village_id=VILLAGES[0], lead_institution_id=INSTITUTIONS[0],
        status=ActivityStatus.SELESAI, held_from=day, held_until=day,
    )  # fmt: skip
    return arrived(histories.ACTIVITIES[number], sequence, state)


async def total(engine: AsyncEngine, table: str, measure: str) -> int:
    async with engine.connect() as connection:
        query = (
            f"SELECT coalesce(sum({measure}), 0) FROM {table} JOIN region ON key = region_key"
            " WHERE id = :nation AND dimension >= 0"
        )
        return int((await connection.execute(text(query), {"nation": histories.NATION})).scalar_one())


async def test_a_duplicate_changes_nothing(engine: AsyncEngine) -> None:
    event = completed(0, date(2026, 2, 10))
    await apply(engine, [village(), event])
    assert await apply(engine, [event]) == 0
    assert await total(engine, "cell_activity", "completed") == 1


async def test_a_late_event_changes_nothing(engine: AsyncEngine) -> None:
    await apply(engine, [village(), completed(0, date(2026, 2, 10), sequence=2)])
    stale = completed(0, date(2026, 1, 5), sequence=1)
    assert await apply(engine, [stale]) == 0
    async with engine.connect() as connection:
        months = await connection.execute(text("SELECT DISTINCT month FROM cell_activity WHERE completed > 0"))
        assert [row.month for row in months] == [month_of(date(2026, 2, 1))]


async def test_an_activity_counts_nowhere_until_its_village_is_known(engine: AsyncEngine) -> None:
    await apply(engine, [completed(0, date(2026, 2, 10))])
    assert await total(engine, "cell_activity", "completed") == 0
    await apply(engine, [village()])
    assert await total(engine, "cell_activity", "completed") == 1


async def test_a_voided_activity_leaves_every_sum(engine: AsyncEngine, reporting_settings: Settings) -> None:
    event = completed(0, date(2026, 2, 10), ActivityKind.PENYADARAN)
    await apply(engine, [village(), event])
    assert await total(engine, "cell_village", "abs(reached)") > 0
    voided = arrived(event.event.subject, 2, event.state.model_copy(update={"voided": True}))
    await apply(engine, [voided])
    assert await total(engine, "cell_activity", "completed") == 0
    assert await total(engine, "cell_village", "abs(reached)") == 0
    assert await verified(reporting_settings) == []


async def test_verify_names_a_cell_that_was_altered_by_hand_and_recompute_heals_it(
    engine: AsyncEngine, reporting_settings: Settings
) -> None:
    await apply(engine, [village(), completed(0, date(2026, 2, 10))])
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE cell_activity SET completed = 7 FROM region WHERE key = region_key AND code = '32.04.05.2000'")
        )
    (difference,) = await verified(reporting_settings)
    assert (difference.place, difference.measure, difference.stored, difference.recomputed) == (
        "32.04.05.2000", "completed", 7, 1,
    )  # fmt: skip
    assert difference.period == month_of(date(2026, 2, 1))
    assert difference.dimension == "gotong_royong"
    driver = await asyncpg.connect(reporting_settings.driver_dsn, server_settings={"search_path": "live"})
    await recomputation.recompute(driver, FROM)
    await driver.close()
    assert await verified(reporting_settings) == []


async def test_a_worker_refuses_cells_of_another_version_until_they_are_recomputed(
    engine: AsyncEngine, reporting_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(reporting_settings.driver_dsn, server_settings={"search_path": "live"})
    await versions.check(connection, FROM)
    monkeypatch.setattr(versions, "VERSION", -1)
    with pytest.raises(versions.MeasuresChanged, match="recompute"):
        await versions.check(connection, FROM)
    with pytest.raises(versions.MeasuresChanged):
        await apply(engine, [village()])  # one that runs already is refused too
    await recomputation.recompute(connection, FROM)
    await versions.check(connection, FROM)
    await connection.close()


async def test_an_institution_counts_once_verified_from_its_declared_start(engine: AsyncEngine) -> None:
    draft = Institution.model_validate(
        {"type": "ARS", "name": "Arisan Mawar", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
         "verification": "draf", "operation": "aktif", "active": [{"since": "2024-05-10"}],
         "seats": [{"village_id": str(VILLAGES[0])}]}
    )  # fmt: skip
    await apply(engine, [village(), arrived(INSTITUTIONS[0], 1, draft)])
    assert await total(engine, "cell_institution", "active") == 0
    await apply(
        engine, [arrived(INSTITUTIONS[0], 2, draft.model_copy(update={"verification": Verification.TERVERIFIKASI}))]
    )
    async with engine.connect() as connection:
        months = await connection.execute(text("SELECT DISTINCT month FROM cell_institution WHERE active = 1"))
        assert [row.month for row in months] == [month_of(date(2024, 5, 1))]
    closed = draft.model_copy(
        update={
            "verification": Verification.TERVERIFIKASI,
            "active": [Spell(since=date(2024, 5, 10), until=date(2024, 5, 20))],
        }
    )
    await apply(engine, [arrived(INSTITUTIONS[0], 3, closed)])
    assert await total(engine, "cell_institution", "abs(active)") == 0


async def test_workers_that_feed_one_owner_lock_it(engine: AsyncEngine, reporting_settings: Settings) -> None:
    """Without the owner lock both would compute the owner's contributions from the same tallies."""
    active = Institution.model_validate(
        {"type": "ARS", "name": "Arisan Mawar", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
         "verification": "terverifikasi", "operation": "aktif", "active": [{"since": "2024-01-01"}],
         "seats": [{"village_id": str(VILLAGES[0])}]}
    )  # fmt: skip
    await apply(engine, [village(), arrived(INSTITUTIONS[0], 1, active)])
    quarters = [date(2025, 2, 1), date(2025, 5, 1), date(2025, 8, 1), date(2025, 11, 1)]
    await asyncio.gather(*(apply(engine, [completed(n, day)]) for n, day in enumerate(quarters)))
    assert await verified(reporting_settings) == []
    assert await total(engine, "cell_institution", "abs(continuing)") > 0


async def test_one_id_given_by_two_services_names_two_subjects(
    engine: AsyncEngine, reporting_settings: Settings
) -> None:
    """An activity may bear any id its client likes, also one that registry gave to an institution."""
    shared_id = INSTITUTIONS[0]
    active = Institution.model_validate(
        {"type": "ARS", "name": "Arisan Mawar", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
         "verification": "terverifikasi", "operation": "aktif", "active": [{"since": "2024-01-01"}],
         "seats": [{"village_id": str(VILLAGES[0])}]}
    )  # fmt: skip
    impostor = completed(0, date(2026, 2, 10)).state
    await apply(engine, [village(), arrived(shared_id, 1, active)])
    await apply(engine, [arrived(shared_id, 1, impostor)])
    await apply(engine, [arrived(shared_id, 2, impostor)])
    await apply(engine, [arrived(shared_id, 2, active)])
    assert await total(engine, "cell_activity", "completed") == 1
    assert await total(engine, "cell_institution", "active") == 1
    assert await verified(reporting_settings) == []


async def test_a_new_name_moves_nothing_that_lies_in_a_village(engine: AsyncEngine) -> None:
    await apply(engine, [village(), completed(0, date(2026, 2, 10))])
    renamed = arrived(VILLAGES[0], 2, village().state.model_copy(update={"name": "Desa Baru"}))
    async with engine.begin() as connection:
        await connection.execute(text("SELECT 1"))
        await connection.execute(text("ALTER TABLE cell_activity RENAME TO set_aside"))
        assert await projection.handle(connection, [renamed], FROM) == 1  # no cell is written
        await connection.execute(text("ALTER TABLE set_aside RENAME TO cell_activity"))


async def test_readers_see_the_old_numbers_until_a_recomputation_is_whole(
    engine: AsyncEngine, reporting_settings: Settings
) -> None:
    await apply(engine, [village(), completed(0, date(2026, 2, 10))])
    query = text("SELECT sum(completed) FROM cell_activity WHERE dimension >= 0")
    reader = engine.execution_options(isolation_level="REPEATABLE READ")
    async with reader.connect() as connection:
        await connection.execute(text("SELECT 1 FROM region LIMIT 1"))
        driver = await asyncpg.connect(reporting_settings.driver_dsn, server_settings={"search_path": "live"})
        await recomputation.recompute(driver, FROM)
        await driver.close()
        assert (await connection.execute(query)).scalar_one() == 5
    async with engine.connect() as connection:
        assert (await connection.execute(query)).scalar_one() == 5


async def test_workers_that_feed_one_village_lock_it(engine: AsyncEngine, reporting_settings: Settings) -> None:
    """Led by different institutions, so that no institution's lock puts them in a row."""
    await apply(engine, [village()])
    events = []
    for number, month in enumerate((2, 4, 6, 8)):
        event = completed(number, date(2025, month, 1), ActivityKind.PENYADARAN)
        led = event.state.model_copy(update={"lead_institution_id": INSTITUTIONS[number]})
        events.append(arrived(event.event.subject, 1, led))
    await asyncio.gather(*(apply(engine, [event]) for event in events))
    assert await verified(reporting_settings) == []
    assert await total(engine, "cell_village", "abs(reached)") > 0


async def test_workers_that_feed_one_cultural_value_lock_it(engine: AsyncEngine, reporting_settings: Settings) -> None:
    """Led by different institutions, in different villages, so that nothing else puts them in a row."""
    spells = [ValueSpell(state=ValueState.DIJALANKAN, since=date(2024, 1, 1))]
    lived = CulturalValue(name="Rewang", kind=ValueKind.TRADISI, village_ids=VILLAGES[:2], states=spells)
    await apply(engine, [village(0), village(1), arrived(histories.VALUES[0], 1, lived)])
    events = []
    for number, month in enumerate((2, 4, 6, 8)):
        event = completed(number, date(2025, month, 1))
        practises = {"lead_institution_id": INSTITUTIONS[number], "cultural_value_ids": [histories.VALUES[0]]}
        events.append(arrived(event.event.subject, 1, event.state.model_copy(update=practises)))
    await asyncio.gather(*(apply(engine, [event]) for event in events))
    assert await verified(reporting_settings) == []
    async with engine.connect() as connection:
        query = (
            "SELECT month, practised FROM cell_value JOIN region ON key = region_key WHERE id = :nation ORDER BY month"
        )
        rows = await connection.execute(text(query), {"nation": histories.NATION})
        changed = [tuple(row) for row in rows if row.practised]
    assert changed == [(month_of(date(2025, 2, 1)), 1), (month_of(date(2026, 8, 1)), -1)], "once, of two villages"


async def test_an_institution_is_reached_by_a_training_that_is_told_after_it(
    engine: AsyncEngine, reporting_settings: Settings
) -> None:
    active = Institution.model_validate(
        {"type": "ARS", "name": "Arisan Mawar", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
         "verification": "terverifikasi", "operation": "aktif", "active": [{"since": "2024-01-01"}],
         "seats": [{"village_id": str(VILLAGES[0])}]}
    )  # fmt: skip
    await apply(engine, [village(), arrived(INSTITUTIONS[1], 1, active)])
    event = completed(0, date(2025, 2, 1), ActivityKind.PELATIHAN)
    reached = event.state.model_copy(update={"target_institution_ids": [INSTITUTIONS[1]]})
    await apply(engine, [arrived(event.event.subject, 1, reached)])
    assert await total(engine, "cell_institution", "abs(empowered)") == 2
    assert await verified(reporting_settings) == []
