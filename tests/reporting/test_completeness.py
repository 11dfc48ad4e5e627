"""Reports of villages: coverage beside every value, completeness by month, and silence told from nothing done."""

from datetime import date
from typing import Any

import pytest

from shared.codes import VillageReportState
from shared.events.registry import Lineage
from tests.reporting.publishing import Desk, Village

pytestmark = pytest.mark.asyncio(loop_scope="module")

COUNTS = ("villages", "reported", "accepted", "in_time")


async def counts(desk: Desk, region: str, period: str) -> tuple[list[int], dict[str, list[int]]]:
    """Villages, reported, accepted and in time of a region: in the period, and in each of its months."""
    (item,) = (await desk.get("/v1/completeness", region=region, period=period))["items"]
    months = {month["period"]: [month[name] for name in COUNTS] for month in item["months"]}
    return [item[name] for name in COUNTS], months


async def reason(desk: Desk, indicator: str, village: Village, period: str = "2026-02") -> tuple[Any, str | None]:
    item = await desk.value(indicator, village.code, period)
    return item["value"], item["reason"]


async def test_a_village_counts_once_in_a_period_however_many_months_it_reported(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.report("2026-01"), village.report("2026-02"))
    assert await counts(desk, village.code, "2026-Q1") == (
        [1, 1, 1, 1],
        {"2026-01": [1, 1, 1, 1], "2026-02": [1, 1, 1, 1], "2026-03": [1, 0, 0, 0]},
    )
    assert (await counts(desk, village.code, "2026"))[0] == [1, 1, 1, 1]
    assert (await counts(desk, village.code, "2025-Q4"))[0] == [1, 0, 0, 0]


async def test_a_report_counts_as_what_became_of_it(desk: Desk) -> None:
    expected = {
        VillageReportState.DIAJUKAN: [1, 1, 0, 0],
        VillageReportState.DITERIMA: [1, 1, 1, 1],
        VillageReportState.DIKEMBALIKAN: [1, 0, 0, 0],
    }
    for state, found in expected.items():
        village = await desk.village()
        subject, report = village.report("2026-02", state=state)
        await desk.publish((subject, report))
        assert (await counts(desk, village.code, "2026-02"))[0] == found, state
        await desk.publish((subject, report.model_copy(update={"voided": True})))
        assert (await counts(desk, village.code, "2026-02"))[0] == [1, 0, 0, 0], state


async def test_a_report_is_in_time_until_the_day_it_is_due_by_its_first_submission(desk: Desk) -> None:
    village = await desk.village()
    due = date(2026, 3, 10)
    subject, report = village.report("2026-02", due_on=due, first_submitted_on=due, submitted_on=date(2026, 3, 25))
    await desk.publish((subject, report))
    assert (await counts(desk, village.code, "2026-02"))[0] == [1, 1, 1, 1], "put right later on demand"
    await desk.publish((subject, report.model_copy(update={"first_submitted_on": date(2026, 3, 11)})))
    assert (await counts(desk, village.code, "2026-02"))[0] == [1, 1, 1, 0]


async def test_children_add_up_to_their_region_and_coverage_stands_beside_every_value(desk: Desk) -> None:
    villages = [await desk.village("94.01.01") for _ in range(3)]
    await desk.publish(*(village.report("2024-05") for village in villages[:2]))
    query = {"region": "94.01.01", "period": "2024-05"}
    answer = await desk.get("/v1/completeness", **query, children=True, count=True)
    (whole,) = (await desk.get("/v1/completeness", **query))["items"]
    assert answer["count"] == len(answer["items"])
    for name in COUNTS:
        assert sum(item[name] for item in answer["items"]) == whole[name]
    assert whole["accepted"] == 2
    assert whole["coverage"] == pytest.approx(100 * 2 / whole["villages"], abs=0.005)
    for item in (await desk.get("/v1/profiles/94.01.01", period="2024-05"))["items"]:
        told = item["companions"]["coverage"]
        assert (told["numerator"], told["denominator"], told["value"]) == (2, whole["villages"], whole["coverage"])


async def test_an_accepted_report_of_nothing_makes_silence_a_zero(desk: Desk) -> None:
    silent, told, waiting = [await desk.village() for _ in range(3)]
    await desk.publish(told.report("2026-02"), waiting.report("2026-02", state=VillageReportState.DIAJUKAN))
    for indicator in ("SOL-03", "LEM-01", "LEM-02", "STR-01"):
        assert await reason(desk, indicator, silent) == (None, "not_reported")
        assert await reason(desk, indicator, waiting) == (None, "not_reported"), "it has not been accepted"
        assert await reason(desk, indicator, told) == (0, None)
        assert await reason(desk, indicator, told, "2026-01") == (None, "not_reported")
    for indicator in ("PRT-02", "SOL-01", "TPD-01", "TRH-01", "BUD-01", "STR-02"):
        assert await reason(desk, indicator, silent) == (None, "not_reported")
        assert await reason(desk, indicator, told) == (None, "no_denominator")


async def test_a_village_that_moved_counts_where_it_lies_on_the_periods_last_day(desk: Desk) -> None:
    village = await desk.village()
    there, moved = desk.ancestors("94.01.01.2999"), date(2023, 2, 10)
    lineage = [Lineage(ancestors=desk.ancestors(village.code), until=moved), Lineage(ancestors=there, since=moved)]
    subject, state = desk.region(village.code, "Asia/Jakarta")
    await desk.publish((subject, state.model_copy(update={"lineage": lineage})), village.report("2023-01"))
    assert [(await counts(desk, region, "2023-01"))[0][2] for region in ("32.04.05", "94.01.01")] == [1, 0]
    assert [(await counts(desk, region, "2023-Q1"))[0][2] for region in ("32.04.05", "94.01.01")] == [0, 1]


async def test_a_village_that_is_no_more_reported_nothing_of_that_period(desk: Desk) -> None:
    village = await desk.village(until=date(2023, 6, 15))
    await desk.publish(village.report("2023-05"))
    assert [(await counts(desk, village.code, period))[0][:3] for period in ("2023-05", "2023-Q2")] == [
        [1, 1, 1], [0, 0, 0],
    ]  # fmt: skip


async def test_completeness_is_of_the_callers_areas(desk: Desk) -> None:
    officer = desk.client("regency-officer", "94.01")
    query = {"period": "2026-02"}
    assert (await officer.get("/v1/completeness", params={"region": "32.04", **query})).status_code == 404
    assert (await officer.get("/v1/completeness", params={"region": "94.01", **query})).status_code == 200
    assert (await desk.client("public").get("/v1/completeness", params={"region": "ID", **query})).status_code == 403
