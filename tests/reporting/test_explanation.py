"""Every number equals the sum of its records (case O-18), and each record says why it is counted or is not."""

from datetime import date
from typing import Any

import pytest

from shared.codes import ActivityKind, ActivityStatus, InstitutionType, Verification
from shared.events.registry import Lineage, Seat
from tests.reporting.publishing import Desk
from tests.reporting.records import records, whys

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELD = date(2026, 2, 10)
SINCE = date(2020, 1, 1)


async def test_a_filtered_number_is_the_sum_of_its_filtered_records(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(
        village.activity(HELD, kind=ActivityKind.LUMBUNG, invited=5, attended=4),
        village.activity(HELD, kind=ActivityKind.PELATIHAN, invited=7, attended=6),
        village.institution((SINCE, None), type=InstitutionType.KMT),
        village.institution((SINCE, None), type=InstitutionType.ARS),
    )
    (only,) = await records(desk, "PRT-02", village.code, "2026-02", kind="lumbung", part="denominator")
    assert only["amount"] == 5
    (only,) = await records(desk, "LEM-01", village.code, "2026-02", type="KMT")
    assert (only["noun"], only["village"], only["amount"]) == ("institution", village.code, 1)


async def test_a_record_in_two_trees_is_counted_once_in_each(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.activity(HELD))
    for tree in ("as_was", "current"):
        (only,) = await records(desk, "TPD-01", village.code, "2026-02", part="denominator", tree=tree)
        assert only["amount"] == 1


async def test_the_formula_is_told_with_its_numbers_in_both_languages(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.activity(HELD, invited=32, attended=27))
    query = {"region": village.code, "period": "2026-02"}
    answer = await desk.get("/v1/indicators/PRT-02/explanation", **query)
    assert answer["formula"] == {"id": "100 × 27 ÷ 32 = 84,38 persen", "en": "100 × 27 ÷ 32 = 84.38 per cent"}
    assert (answer["numerator"], answer["denominator"], answer["value"]) == (27, 32, 84.38)
    (item,) = answer["items"]
    assert item["why"] == {
        "id": "selesai 2026-02-10, hadir 27 dari 32 undangan", "en": "completed 2026-02-10, 27 of 32 invited"
    }  # fmt: skip
    answer = await desk.get("/v1/indicators/TRH-02/explanation", **query)
    assert answer["formula"]["en"] == "100 × 0 ÷ 0: no value (not_reported)"


async def test_activities_that_are_not_counted_say_why(desk: Desk) -> None:
    village = await desk.village()
    told = date(2026, 1, 5)
    plan = [(HELD, told)]
    expected = {
        "an entry error": village.activity(HELD, invited=1, attended=1, voided=True),
        "cancelled": village.activity(plan=plan, status=ActivityStatus.DIBATALKAN),
        "not reported as completed": village.activity(plan=plan),
        "completed 2026-03-01, outside of the period": village.activity(date(2026, 3, 1), plan=plan),
        "no invited number": village.activity(HELD, attended=3),
        "no attended number": village.activity(HELD, invited=3),
    }
    await desk.publish(*expected.values(), village.activity(HELD, invited=1, attended=1))
    found = await whys(desk, "PRT-02", village, "2026-02", records="excluded")
    assert found == {subject: why for why, (subject, _) in expected.items()}
    single = await whys(desk, "TPD-01", village, "2026-02", records="excluded")
    assert "only one organisation in role" in single.values()


async def test_plans_that_are_not_counted_or_not_realised_say_why(desk: Desk) -> None:
    village = await desk.village()
    early, late = date(2026, 1, 5), date(2026, 2, 11)
    unplanned = {
        "recorded without a plan": village.activity(HELD),
        "the plan was recorded on or after its own first day": village.activity(HELD, plan=[(HELD, HELD)]),
        "moved to another period before its first day": village.activity(
            date(2026, 3, 1), plan=[(HELD, early), (date(2026, 3, 1), early)]
        ),
    }
    unrealised = {
        "moved to 2026-03-01 after its first day": village.activity(
            date(2026, 3, 1), plan=[(HELD, early), (date(2026, 3, 1), late)]
        ),
        "cancelled": village.activity(plan=[(HELD, early)], status=ActivityStatus.DIBATALKAN),
        "not reported as completed": village.activity(plan=[(HELD, early)]),
        "completed 2026-03-31, more than 30 days after the period": village.activity(
            date(2026, 3, 31), plan=[(HELD, early)]
        ),
    }
    realised = village.activity(date(2026, 3, 30), plan=[(HELD, early)])
    await desk.publish(*unplanned.values(), *unrealised.values(), realised)
    found = await whys(desk, "TRH-02", village, "2026-02", part="denominator", records="excluded")
    assert found == {subject: why for why, (subject, _) in unplanned.items()}
    found = await whys(desk, "TRH-02", village, "2026-02", records="excluded")
    assert found == {subject: why for why, (subject, _) in (unplanned | unrealised).items()}
    assert await whys(desk, "TRH-02", village, "2026-02") == {
        realised[0]: "planned until 2026-02-10, recorded 2026-01-05; completed 2026-03-30"
    }


async def test_institutions_that_are_not_counted_say_why(desk: Desk) -> None:
    village, other = await desk.village(), await desk.village()
    seats = [Seat(village_id=village.id, until=HELD), Seat(village_id=other.id, since=HELD)]
    expected = {
        "an entry error": village.institution((SINCE, None), voided=True),
        "not verified (diajukan)": village.institution((SINCE, None), verification=Verification.DIAJUKAN),
        "not active since 2026-01-09": village.institution((SINCE, date(2026, 1, 9))),
        "active only from 2026-03-01": village.institution((date(2026, 3, 1), None)),
        "its seat was not in this region on 2026-02-28": village.institution((SINCE, None), seats=seats),
    }
    counted = village.institution((SINCE, None))
    await desk.publish(*expected.values(), counted)
    found = await whys(desk, "LEM-01", village, "2026-02", records="excluded")
    assert found == {subject: why for why, (subject, _) in expected.items()}
    assert await whys(desk, "LEM-01", village, "2026-02") == {counted[0]: "active since 2020-01-01"}


@pytest.mark.parametrize(("records_", "amount"), [("counted", 1), ("excluded", 0)])
async def test_an_institution_that_moved_away_tells_its_old_area_its_amount_and_nothing_else(
    desk: Desk, records_: str, amount: int
) -> None:
    village, other = await desk.village(), await desk.village("94.01.01")
    seats = [Seat(village_id=village.id, until=HELD), Seat(village_id=other.id, since=HELD)]
    subject, state = village.institution((SINCE, None), seats=seats)
    await desk.publish((subject, state))
    asked = {"region": village.code, "period": "2026-01" if amount else "2026-02", "records": records_}
    officer = desk.client("regency-officer", "32.04")
    (item,) = (await officer.get("/v1/indicators/LEM-01/explanation", params=asked)).json()["items"]
    assert item == {
        "id": str(subject), "noun": "institution", "name": None, "village": None, "outside_your_area": True,
        "amount": amount, "why": {"id": "kini di luar wilayah Anda", "en": "lies outside of your area today"},
    }  # fmt: skip
    (item,) = (await desk.get("/v1/indicators/LEM-01/explanation", **asked))["items"]
    assert (item["name"], item["village"], item["outside_your_area"]) == (state.name, other.code, False)


async def test_what_lies_in_a_village_that_left_the_area_tells_its_old_area_its_amount_and_nothing_else(
    desk: Desk,
) -> None:
    village = await desk.village("94.01.01")
    there, here = desk.ancestors("94.01.01.2999"), desk.ancestors("32.04.05.2999")
    moved = [Lineage(ancestors=there, until=HELD), Lineage(ancestors=here, since=HELD)]
    code = "32.04.05.2997"
    _, region = desk.region(code, "Asia/Jakarta")
    activity = village.activity(date(2025, 5, 5))
    await desk.publish((village.id, region.model_copy(update={"lineage": moved})), activity)
    asked: dict[str, Any] = {"region": "94.01.01", "period": "2025-05", "part": "denominator", "limit": 200}
    officer = desk.client("regency-officer", "94.01")
    for indicator, subject in (("TPD-01", activity[0]), ("STR-01", village.id)):
        answer = await officer.get(f"/v1/indicators/{indicator}/explanation", params=asked)
        (item,) = (item for item in answer.json()["items"] if item["id"] == str(subject))
        assert (item["name"], item["village"], item["outside_your_area"], item["amount"]) == (None, None, True, 1)


async def test_a_plan_recorded_after_the_activity_was_held_says_so(desk: Desk) -> None:
    village = await desk.village()
    late = village.activity(HELD, plan=[(date(2026, 2, 20), date(2026, 2, 15))])
    await desk.publish(late)
    found = await whys(desk, "TRH-02", village, "2026-02", part="denominator", records="excluded")
    assert found == {late[0]: "the plan was recorded after it was held"}


async def test_continuity_and_reach_say_what_is_missing(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    young = village.institution((date(2025, 2, 1), None))
    days = [date(2025, 2, 1), date(2025, 8, 1)]
    held = [village.activity(day, lead=subject, kind=ActivityKind.PENYADARAN) for day in days]
    await desk.publish((subject, state), young, *held)
    broken = "not active on every day of 2025-Q1 to 2025-Q4"
    missing = "no completed activity in 2025-Q2, 2025-Q4"
    assert await whys(desk, "KSB-01", village, "2025", records="excluded") == {subject: missing, young[0]: broken}
    assert await whys(desk, "KSB-01", village, "2025", part="denominator") == {
        subject: "active on every day of 2025-Q1 to 2025-Q4"
    }
    assert await whys(desk, "STR-01", village, "2025") == {village.id: "awareness activity completed in 2025-08"}
    assert await whys(desk, "STR-01", village, "2026-08", records="excluded") == {
        village.id: "no awareness activity completed in the 12 months to 2026-08-31"
    }


async def test_records_come_in_pages_without_gap_or_overlap(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(*(village.activity(HELD) for _ in range(7)))
    found = await records(desk, "TPD-01", village.code, "2026-02", part="denominator", limit=3)
    assert len({item["id"] for item in found}) == len(found) == 7
    assert [item["id"] for item in found] == sorted(item["id"] for item in found)


async def test_the_last_page_has_no_link_to_another(desk: Desk) -> None:
    village = await desk.village()
    cancelled = [village.activity(plan=[(HELD, HELD)], status=ActivityStatus.DIBATALKAN) for _ in range(5)]
    await desk.publish(*cancelled)
    answer = await desk.client().get(
        "/v1/indicators/TPD-01/explanation",
        params={"region": village.code, "period": "2026-02", "part": "denominator", "limit": 2},
    )
    assert (answer.json()["items"], answer.json()["next"]) == ([], None)
    assert "Link" not in answer.headers


async def test_a_count_is_refused_where_the_integers_are_the_answer(desk: Desk) -> None:
    answer = await desk.client().get("/v1/indicators/LEM-01/explanation?region=ID&period=2026&count=true")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:wahana:problem:count-not-offered")
