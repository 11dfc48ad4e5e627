"""KSB-02 as users see it: mergers, closures and moves, with what each record says."""

from datetime import date

import pytest

from shared.events.registry import Seat
from tests.reporting.publishing import Desk
from tests.reporting.records import whys
from tests.reporting.standing import SINCE, absorbing

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_merged_one_survives_in_its_successor_at_its_own_seat_and_type(desk: Desk) -> None:
    village, other = await desk.village(), await desk.village("94.01.01")
    absorbed, successor = await absorbing(desk, village, other)
    assert await desk.ratio("KSB-02", other.code, "2025-05..2025-05") == (1, 1)
    for period in ("2025-06", "2026-05"):
        assert await desk.ratio("KSB-02", other.code, period) == (1, 1), period
        assert await desk.ratio("KSB-02", other.code, period, type="KUBE") == (1, 1), period
        assert await desk.ratio("KSB-02", village.code, period) == (1, 1), period
    assert await desk.ratio("KSB-02", other.code, "2026-06") == (0, 0)
    assert await whys(desk, "KSB-02", other, "2025-12") == {
        successor: "1 active on 2024-12-31 merged into it and going on in it on 2025-12-31"
    }
    assert await whys(desk, "KSB-02", other, "2025-12", records="excluded") == {
        absorbed: f"not active since 2025-06-10; merged into {successor}, which counts for it while active"
    }
    assert await whys(desk, "KSB-02", village, "2025-12") == {successor: "active on 2024-12-31 and on 2025-12-31"}
    assert await whys(desk, "LEM-01", other, "2025-12", records="excluded") == {absorbed: "not active since 2025-06-10"}


async def test_survival_tells_who_closed_and_who_was_not_yet_there(desk: Desk) -> None:
    village = await desk.village()
    closed = village.institution((SINCE, date(2025, 11, 20)))
    young = village.institution((date(2025, 4, 1), None))
    back = village.institution((SINCE, date(2025, 5, 1)), (date(2025, 9, 1), None))
    await desk.publish(closed, young, back)
    assert await desk.ratio("KSB-02", village.code, "2026-03") == (1, 2)
    assert await whys(desk, "KSB-02", village, "2026-03") == {back[0]: "active on 2025-03-31 and on 2026-03-31"}
    assert await whys(desk, "KSB-02", village, "2026-03", records="excluded") == {
        closed[0]: "not active since 2025-11-20", young[0]: "active only from 2025-04-01",
    }  # fmt: skip
    assert (await desk.value("KSB-02", village.code, "2025-06"))["numerator"] == 1, "closed on the last day"


async def test_one_that_moved_counts_where_its_seat_was_a_year_ago(desk: Desk) -> None:
    village, other = await desk.village(), await desk.village()
    moved = date(2025, 8, 1)
    seats = [Seat(village_id=village.id, until=moved), Seat(village_id=other.id, since=moved)]
    await desk.publish(village.institution((SINCE, None), seats=seats))
    answers = {
        (place, period): await desk.ratio("KSB-02", place.code, period)
        for place in (village, other)
        for period in ("2026-06", "2026-08")
    }
    assert list(answers.values()) == [(1, 1), (0, 0), (0, 0), (1, 1)]
