"""The examples of `semantics.md` §5 and §6, word by word, through Kafka and HTTP."""

from datetime import date
from uuid import uuid4

import pytest

from services.reporting.indicators import catalogue
from shared.codes import ActivityKind, ActivityStatus, Verification
from shared.events.registry import Lineage
from tests.reporting.publishing import Desk, Village

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG_AGO = date(2020, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


async def planned(desk: Desk, *plan: tuple[str, str], held: str | None = None) -> Village:
    """A village with one activity with these plan versions (day, recorded on)."""
    village = await desk.village()
    versions = [(day(planned), day(recorded)) for planned, recorded in plan]
    await desk.publish(village.activity(day(held) if held else None, plan=versions))
    return village


async def test_planned_january_moved_after_its_day_to_february_and_done_counts_in_both(desk: Desk) -> None:
    village = await planned(desk, ("2026-01-20", "2026-01-05"), ("2026-02-10", "2026-01-25"), held="2026-02-10")
    assert await desk.ratio("TRH-02", village.code, "2026-01") == (0, 1)
    assert await desk.ratio("TRH-02", village.code, "2026-02") == (1, 1)
    assert await desk.ratio("TRH-02", village.code, "2026-Q1") == (1, 1)


async def test_planned_january_moved_before_its_day_to_february_leaves_january(desk: Desk) -> None:
    village = await planned(desk, ("2026-01-20", "2026-01-05"), ("2026-02-10", "2026-01-15"), held="2026-02-10")
    assert await desk.ratio("TRH-02", village.code, "2026-01") == (0, 0)
    assert await desk.ratio("TRH-02", village.code, "2026-02") == (1, 1)


async def test_planned_february_done_in_april_is_late_for_the_month_only(desk: Desk) -> None:
    village = await planned(desk, ("2026-02-10", "2026-01-15"), held="2026-04-10")
    assert await desk.ratio("TRH-02", village.code, "2026-02") == (0, 1)
    assert await desk.ratio("TRH-02", village.code, "2026-Q1") == (1, 1)
    assert await desk.ratio("TRH-02", village.code, "2026") == (1, 1)


async def test_recorded_after_it_was_held_counts_nowhere(desk: Desk) -> None:
    village = await planned(desk, ("2026-02-10", "2026-02-12"), held="2026-02-10")
    for period in ("2026-02", "2026-Q1", "2026-S1", "2026"):
        assert await desk.ratio("TRH-02", village.code, period) == (0, 0)


async def test_a_skipped_occurrence_is_cancelled_and_stays_not_realised(desk: Desk) -> None:
    village = await desk.village()
    plan = [(day("2026-02-10"), day("2026-01-15"))]
    await desk.publish(village.activity(plan=plan, status=ActivityStatus.DIBATALKAN))
    assert await desk.ratio("TRH-02", village.code, "2026-02") == (0, 1)


async def test_once_verified_an_institution_counts_from_its_declared_start(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((day("2024-05-10"), None), verification=Verification.DIAJUKAN)
    await desk.publish((subject, state))
    assert (await desk.ratio("LEM-01", village.code, "2024-05"))[0] == 0
    await desk.publish((subject, state.model_copy(update={"verification": Verification.TERVERIFIKASI})))
    assert await desk.ratio("LEM-01", village.code, "2024-04") == (0, 1)
    assert await desk.ratio("LEM-01", village.code, "2024-05") == (1, 1)


async def test_dormant_spells_and_days_after_the_closure_do_not_count(desk: Desk) -> None:
    village = await desk.village()
    spells = (day("2025-01-01"), day("2025-03-31")), (day("2025-06-01"), day("2025-09-01"))
    await desk.publish(village.institution(*spells))
    answer = await desk.get("/v1/indicators/LEM-01/values", region=village.code, period="2025-01..2025-10")
    assert [item["numerator"] for item in answer["items"]] == [1, 1, 0, 0, 0, 1, 1, 1, 0, 0]


async def test_longer_periods_sample_their_last_month(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.institution((day("2025-05-01"), day("2025-12-31"))))
    assert (await desk.ratio("LEM-01", village.code, "2025-Q1"))[0] == 0
    assert (await desk.ratio("LEM-01", village.code, "2025-Q2"))[0] == 1
    assert (await desk.ratio("LEM-01", village.code, "2025-S1"))[0] == 1
    assert (await desk.ratio("LEM-01", village.code, "2025"))[0] == 0


async def test_completed_activities_of_unverified_organisers_count(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((LONG_AGO, None), verification=Verification.DIAJUKAN)
    await desk.publish((subject, state), village.activity(day("2026-02-03"), lead=subject))
    assert await desk.ratio("TPD-01", village.code, "2026-02") == (0, 1)


async def test_an_activity_over_several_days_belongs_to_the_period_of_its_last(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.activity(day("2026-02-01"), held_from=day("2026-01-30")))
    assert (await desk.ratio("TPD-01", village.code, "2026-01"))[1] == 0
    assert (await desk.ratio("TPD-01", village.code, "2026-02"))[1] == 1


async def test_awareness_reaches_for_twelve_months_with_its_own_and_no_longer(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(
        village.activity(day("2025-02-28"), kind=ActivityKind.PENYADARAN),
        village.activity(day("2025-05-01"), kind=ActivityKind.SOSIALISASI_WKSBM),
        village.activity(day("2026-05-01"), kind=ActivityKind.PELATIHAN),
    )
    answer = await desk.get("/v1/indicators/STR-01/values", region=village.code, period="2025-01..2026-05")
    assert [item["numerator"] for item in answer["items"]] == [0] + 15 * [1] + [0]
    assert (await desk.value("STR-01", village.code, "2025-Q1"))["value"] == 100


async def quarterly(desk: Desk, *held: str, active: str = "2024-10-01") -> Village:
    """A village whose one institution led a completed activity on each of these days."""
    village = await desk.village()
    subject, state = village.institution((day(active), None))
    await desk.publish((subject, state), *(village.activity(day(held_on), lead=subject) for held_on in held))
    return village


async def test_continuity_looks_at_the_last_four_calendar_quarters_that_have_ended(desk: Desk) -> None:
    village = await quarterly(desk, "2025-01-31", "2025-04-01", "2025-09-30", "2025-10-01")
    for period in ("2025-12", "2026-01", "2026-02", "2025-Q4", "2025-S2", "2025"):
        assert await desk.ratio("KSB-01", village.code, period) == (1, 1), period
    assert await desk.ratio("KSB-01", village.code, "2025-11") == (0, 1), "the fourth quarter has not ended"
    assert await desk.ratio("KSB-01", village.code, "2026-03") == (0, 1), "the first quarter of 2026 is empty"


async def test_younger_than_four_quarters_is_not_in_the_denominator(desk: Desk) -> None:
    village = await quarterly(desk, "2025-01-31", "2025-04-01", "2025-09-30", "2025-10-01", active="2025-01-02")
    assert await desk.ratio("KSB-01", village.code, "2025-12") == (0, 0)
    assert await desk.ratio("KSB-01", village.code, "2026-03") == (0, 1)


async def test_a_dormant_day_breaks_every_day(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.institution((LONG_AGO, day("2025-08-10")), (day("2025-08-11"), None)))
    assert await desk.ratio("KSB-01", village.code, "2025-06") == (0, 1)
    assert await desk.ratio("KSB-01", village.code, "2025-12") == (0, 0)


async def test_co_organisers_go_on_and_targets_do_not(desk: Desk) -> None:
    village = await desk.village()
    (lead, leading), (other, helping), (target, helped) = (village.institution((LONG_AGO, None)) for _ in range(3))
    days = ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01")
    activities = [
        village.activity(day(held), lead=lead, co_organiser_ids=[other], target_institution_ids=[target])
        for held in days
    ]
    await desk.publish((lead, leading), (other, helping), (target, helped), *activities)
    assert await desk.ratio("KSB-01", village.code, "2025") == (2, 3)


async def test_a_region_without_active_institutions_and_reports_has_not_reported(desk: Desk) -> None:
    village = await desk.village()
    for indicator in catalogue.CURRENT:
        item = await desk.value(indicator, village.code, "2026-02")
        assert (item["value"], item["reason"]) == (None, "not_reported"), indicator


async def test_active_institutions_and_no_activity_give_zero_over_villages_and_no_denominator_else(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.institution((day("2026-01-05"), None)))
    for indicator in ("SOL-03", "STR-01", "LEM-02", "LEM-03", "SAR-01"):
        item = await desk.value(indicator, village.code, "2026-02")
        assert (item["value"], item["reason"]) == (0, None), indicator
    for indicator in ("PRT-02", "TPD-01", "TRH-02", "KSB-01", "KSB-02", "LEM-04"):
        item = await desk.value(indicator, village.code, "2026-02")
        assert (item["value"], item["reason"]) == (None, "no_denominator"), indicator


async def test_percentages_are_never_averaged_and_rounded_half_up_on_output(desk: Desk) -> None:
    one, other = await desk.village("94.01.01"), await desk.village("94.01.01")
    await desk.publish(
        one.activity(day("2026-02-01"), invited=1, attended=1),
        other.activity(day("2026-02-01"), invited=799, attended=4),
    )
    assert (await desk.value("PRT-02", one.code, "2026-02"))["value"] == 100
    whole = await desk.value("PRT-02", "94.01.01", "2026-02")
    assert (whole["numerator"], whole["denominator"], whole["value"]) == (5, 800, 0.63), "0.625 is rounded half up"


async def test_a_village_that_moved_counts_where_it_was_and_is_grouped_where_it_is(desk: Desk) -> None:
    village = await desk.village("94.01.01")
    there, here = desk.ancestors("94.01.01.2999"), desk.ancestors("32.04.05.2999")
    moved = [Lineage(ancestors=there, until=day("2026-01-01")), Lineage(ancestors=here, since=day("2026-01-01"))]
    _, region = desk.region(village.code, "Asia/Jakarta")
    await desk.publish(
        (village.id, region.model_copy(update={"lineage": moved})),
        village.activity(day("2019-05-05"), kind=ActivityKind.GOTONG_ROYONG),
    )
    numerators = {
        (tree, district): (await desk.ratio("SOL-03", district, "2019-05", tree=tree))[0]
        for tree in ("as_was", "current")
        for district in ("94.01.01", "32.04.05")
    }
    assert numerators == {
        ("as_was", "94.01.01"): 1, ("as_was", "32.04.05"): 0, ("current", "94.01.01"): 0, ("current", "32.04.05"): 1,
    }  # fmt: skip


async def test_a_village_made_by_a_split_has_no_number_before_in_the_current_tree(desk: Desk) -> None:
    village = await desk.village(since=day("2025-07-01"))
    await desk.publish(village.institution((LONG_AGO, None)))
    before = await desk.value("LEM-01", village.code, "2025-06", tree="current")
    assert (before["numerator"], before["value"], before["reason"]) == (None, None, "series_break")
    assert (await desk.value("LEM-01", village.code, "2025-07", tree="current"))["value"] == 1


async def test_an_institution_that_arrives_after_its_activities_counts_with_them(desk: Desk) -> None:
    village = await desk.village()
    lead = uuid4()
    held = [village.activity(day(text), lead=lead) for text in ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01")]
    await desk.publish(*held)
    assert await desk.ratio("KSB-01", village.code, "2025") == (0, 0), "its institution has not arrived"
    _, state = village.institution((LONG_AGO, None))
    await desk.publish((lead, state))
    assert await desk.ratio("KSB-01", village.code, "2025") == (1, 1)
