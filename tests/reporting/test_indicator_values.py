"""Values of one region, its children, a series and a breakdown; status, age, rights, and what cannot be asked."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.reporting.indicators import catalogue
from shared.codes import ActivityKind, InstitutionType
from tests.house import until
from tests.reporting.publishing import NOON, Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

SINCE = date(2020, 1, 1)
HELD = date(2026, 2, 10)


async def refused(desk: Desk, indicator: str = "LEM-01", **parameters: Any) -> tuple[int, str, str, str]:
    """Status, slug, faulty parameter and code of the refusal of a request for values."""
    asked = {"region": "ID", "period": "2026-02", **parameters}
    answer = await desk.client().get(f"/v1/indicators/{indicator}/values", params=asked)
    document = answer.json()
    (fault,) = document["errors"]
    assert fault["message"]
    assert fault["remedy"]
    return answer.status_code, document["type"].rpartition(":")[2], fault["parameter"], fault["code"]


async def test_a_value_carries_what_it_is_made_of(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.activity(HELD, invited=32, attended=27))
    answer = await desk.get("/v1/indicators/PRT-02/values", region=village.code.replace(".", ""), period="2026-02")
    assert answer["items"] == [
        {
            "indicator": "PRT-02", "definition_version": 2, "tree": "as_was",
            "region": {"code": village.code, "name": f"Wilayah {village.code}", "level": "village"},
            "period": "2026-02", "part": None, "counted": None, "numerator": 27, "denominator": 32, "value": 84.38,
            "status": "provisional", "reason": None, "flags": [],
            "companions": {"coverage": {"numerator": 0, "denominator": 1, "value": 0}},
        }
    ]  # fmt: skip
    assert (answer["indicator"], answer["definition_version"], answer["tree"]) == ("PRT-02", 2, "as_was")
    assert (answer["tree_version"], answer["tree_follows"]) == (0, None)


async def test_more_who_came_than_were_invited_is_flagged_and_not_capped(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.activity(HELD, invited=10, attended=15))
    item = await desk.value("PRT-02", village.code, "2026-02")
    assert (item["value"], item["flags"]) == (150, ["over_100"])


async def test_the_children_come_in_pages_by_code_and_add_up_to_the_region(desk: Desk) -> None:
    villages = [await desk.village("94.01.01") for _ in range(3)]
    for village in villages:
        await desk.publish(village.institution((SINCE, None)))
    path, query = "/v1/indicators/LEM-01/values", {"region": "94.01.01", "period": "2026-02", "children": True}
    first = await desk.get(path, **query, limit=2, count=True)
    rest = await desk.get(path, **query, limit=2, count=True, cursor=first["next"])
    children = first["items"] + rest["items"]
    assert [item["region"]["code"] for item in children] == sorted(item["region"]["code"] for item in children)
    assert {village.code for village in villages} <= {item["region"]["code"] for item in children}
    assert first["count"] == len(children)
    whole = await desk.value("LEM-01", "94.01.01", "2026-02")
    assert sum(item["numerator"] for item in children) == whole["numerator"]
    assert sum(item["denominator"] for item in children) == whole["denominator"]


async def test_every_level_above_holds_what_its_villages_hold(desk: Desk) -> None:
    village = await desk.village()
    codes = [village.code, "32.04.05", "32.04", "32", "ID"]
    before = [(await desk.ratio("SOL-03", code, "2024-05"))[0] for code in codes]
    await desk.publish(village.activity(date(2024, 5, 5), kind=ActivityKind.GOTONG_ROYONG))
    after = [(await desk.ratio("SOL-03", code, "2024-05"))[0] for code in codes]
    assert [b + 1 for b in before] == after


async def test_a_series_has_one_value_for_each_period_and_longer_ones_sum_flows(desk: Desk) -> None:
    village = await desk.village()
    for held in (date(2025, 1, 5), date(2025, 1, 31), date(2025, 4, 1), date(2025, 12, 31)):
        await desk.publish(village.activity(held))
    expected = {
        "2025-01..2025-12": [2, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], "2025-Q1..2025-Q4": [2, 1, 0, 1],
        "2025-S1..2025-S2": [3, 1], "2024..2026": [0, 4, 0],
    }  # fmt: skip
    for period, completed in expected.items():
        answer = await desk.get("/v1/indicators/TPD-01/values", region=village.code, period=period)
        assert [item["denominator"] for item in answer["items"]] == completed, period
    assert [item["period"] for item in answer["items"]] == ["2024", "2025", "2026"]


async def test_a_filter_and_a_breakdown_by_kind_agree_and_leave_out_what_there_is_none_of(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(
        village.activity(HELD, kind=ActivityKind.PELATIHAN, invited=10, attended=9),
        village.activity(HELD, kind=ActivityKind.LUMBUNG, invited=20, attended=6),
    )
    query = {"region": village.code, "period": "2026-02"}
    answer = await desk.get("/v1/indicators/PRT-02/values", **query, by="kind")
    parts = {item["part"]: (item["numerator"], item["denominator"], item["value"]) for item in answer["items"]}
    assert parts == {"pelatihan": (9, 10, 90), "lumbung": (6, 20, 30)}
    for kind, part in parts.items():
        item = await desk.value("PRT-02", **query, kind=kind)
        assert (item["numerator"], item["denominator"], item["value"]) == part


async def test_a_type_without_institutions_is_zero_where_others_are_active(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.institution((SINCE, None), type=InstitutionType.KMT))
    assert (await desk.value("LEM-01", village.code, "2026-02", type="ARS"))["value"] == 0
    assert (await desk.value("LEM-01", village.code, "2026-02", type="KMT"))["value"] == 1
    answer = await desk.get("/v1/indicators/LEM-01/values", region=village.code, period="2026-02", by="type")
    assert [(item["part"], item["value"]) for item in answer["items"]] == [("KMT", 1)]


async def test_a_period_runs_until_its_last_day_is_over_at_the_place(desk: Desk) -> None:
    west, east = await desk.village(), await desk.village("94.01.01")
    desk.clock.instant = datetime(2026, 3, 31, 15, 30, tzinfo=UTC)
    statuses = [(await desk.value("LEM-01", each.code, "2026-03"))["status"] for each in (west, east)]
    assert statuses == ["running", "provisional"], "it is 22:30 on the 31st in WIB, 00:30 on the 1st in WIT"
    assert (await desk.value("LEM-01", west.code, "2026"))["status"] == "running"


async def test_a_running_period_tells_its_last_day_as_known_now(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.institution((SINCE, date(2026, 3, 20))), village.institution((date(2026, 3, 25), None)))
    item = await desk.value("LEM-01", village.code, "2026-03")
    assert (item["numerator"], item["status"]) == (1, "running")


async def test_an_answer_is_as_old_as_the_older_of_its_sources(desk: Desk) -> None:
    through = NOON - timedelta(seconds=90)
    await desk.tell_age(through)

    async def aged() -> Any:
        return (await desk.get("/v1/profiles/ID", period="2026-02"))["as_of"]

    await until(aged, "the watermarks have arrived")
    answer = await desk.get("/v1/indicators/LEM-01/values", region="ID", period="2026-02")
    assert datetime.fromisoformat(answer["as_of"]) == through
    assert answer["lag_seconds"] == 90
    assert await lags(desk) == {"registry": 90, "activities": 90}


async def lags(desk: Desk) -> dict[str, float]:
    """The metric of each source's lag."""
    found = re.findall(
        r'^wahana_lag_seconds\{source="(\w+)"\} (\S+)$', (await desk.client().get("/metrics")).text, re.M
    )
    return {source: float(seconds) for source, seconds in found}


async def test_a_source_whose_clock_is_ahead_is_not_behind(desk: Desk) -> None:
    await desk.tell_age(NOON - timedelta(seconds=80))

    async def aged() -> Any:
        return (await desk.get("/v1/profiles/ID", period="2026-02"))["lag_seconds"] == 80

    await until(aged, "the watermarks have arrived")
    desk.clock.instant = NOON - timedelta(hours=1)
    assert (await desk.get("/v1/profiles/ID", period="2026-02"))["lag_seconds"] == 0
    assert await lags(desk) == {"registry": 0, "activities": 0}


async def test_a_profile_gives_all_indicators_as_each_alone(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((SINCE, None))
    await desk.publish(
        (subject, state),
        village.activity(
            HELD, lead=subject, kind=ActivityKind.GOTONG_ROYONG, plan=[(HELD, date(2026, 1, 3))], invited=5, attended=4
        ),
    )
    profile = await desk.get(f"/v1/profiles/{village.code}", period="2026-02")
    assert [item["indicator"] for item in profile["items"]] == list(catalogue.CURRENT)
    for item in profile["items"]:
        alone = await desk.value(item["indicator"], village.code, "2026-02")
        assert {key: item[key] for key in alone} == alone
        assert item.keys() - alone.keys() == {"name", "unit"}


async def test_a_region_outside_of_the_callers_area_is_not_there(desk: Desk) -> None:
    village = await desk.village()
    officer = desk.client("regency-officer", "94.01")
    for path in ("/v1/indicators/LEM-01/values", "/v1/indicators/LEM-01/explanation"):
        for outside in (village.code, "32.04", "ID", "32.04.05.2998"):
            answer = await officer.get(path, params={"region": outside, "period": "2026-02"})
            assert (answer.status_code, answer.json()["type"]) == (404, "urn:wahana:problem:not-found"), outside
            children = await officer.get(path.replace("explanation", "values"), params={
                "region": outside, "period": "2026-02", "children": True})  # fmt: skip
            assert children.status_code == 404
        assert (await officer.get(path, params={"region": "94.01.01", "period": "2026-02"})).status_code == 200
    assert (await officer.get("/v1/profiles/32", params={"period": "2026-02"})).status_code == 404


async def test_numbers_need_their_right(desk: Desk) -> None:
    for role in ("public", "institution-operator"):
        for path in ("/v1/indicators/LEM-01/values?region=ID&period=2026", "/v1/profiles/ID?period=2026",
                     "/v1/indicators/LEM-01/explanation?region=ID&period=2026"):  # fmt: skip
            assert (await desk.client(role).get(path)).status_code == 403


async def test_a_region_that_does_not_exist_is_told_from_a_misspelt_one(desk: Desk) -> None:
    assert await refused(desk, region="32.04.05.2998") == (400, "region-unknown", "region", "region-unknown")
    assert await refused(desk, region="3204050") == (400, "not-a-region-code", "region", "not-a-region-code")


async def test_an_address_of_a_region_that_does_not_exist_is_not_there(desk: Desk) -> None:
    answer = await desk.client().get("/v1/profiles/32.04.05.2998?period=2026")
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:wahana:problem:region-unknown")
    assert (fault["parameter"], fault["code"]) == ("region", "region-unknown")


async def seen(desk: Desk, indicator: str, region: str, period: str, tree: str) -> list[dict[str, Any]]:
    """What values, the profile and the explanation say of one number."""
    asked = {"period": period, "tree": tree}
    value = await desk.value(indicator, region, **asked)
    profile = await desk.get(f"/v1/profiles/{region}", **asked)
    (item,) = (item for item in profile["items"] if item["indicator"] == indicator)
    explanation = await desk.get(f"/v1/indicators/{indicator}/explanation", region=region, **asked)
    told = ("numerator", "denominator", "value", "status", "reason", "flags", "companions")
    if explanation["reason"] == "series_break":
        assert (explanation["items"], explanation["next"]) == ([], None)
        assert "2025-07-15" in explanation["formula"]["en"]
    return [{name: answer[name] for name in told} for answer in (value, item, explanation)]


async def test_values_profiles_and_explanations_say_the_same_of_every_number(desk: Desk) -> None:
    village = await desk.village(since=date(2025, 7, 15))
    subject, state = village.institution((SINCE, None))
    held = village.activity(HELD, lead=subject, kind=ActivityKind.GOTONG_ROYONG, invited=5, attended=6)
    await desk.publish((subject, state), held)
    for indicator in ("PRT-02", "SOL-03", "LEM-01", "LEM-03", "LEM-04", "TRH-02", "KSB-02"):
        for tree in ("as_was", "current"):
            for period in ("2025-06", "2025-07", "2025-Q3", "2026-02", "2026"):
                value, item, explanation = await seen(desk, indicator, village.code, period, tree)
                assert value == item == explanation, (indicator, tree, period)


async def test_a_stock_is_broken_until_its_sample_and_a_flow_until_a_whole_period(desk: Desk) -> None:
    village = await desk.village(since=date(2025, 7, 15))
    await desk.publish(village.institution((SINCE, None)))
    broken = {
        indicator: [
            period
            for period in ("2025-06", "2025-Q2", "2025-07", "2025-Q3", "2025-S2", "2025", "2025-08", "2025-Q4", "2026")
            if (await desk.value(indicator, village.code, period, tree="current"))["reason"] == "series_break"
        ]
        for indicator in ("LEM-01", "LEM-02", "LEM-03", "LEM-04", "SAR-01", "KSB-01", "KSB-02", "TPD-01", "SOL-03")
    }
    stocks, flows = ["2025-06", "2025-Q2"], ["2025-06", "2025-Q2", "2025-07", "2025-Q3", "2025-S2", "2025"]
    assert broken == {code: flows if code in ("TPD-01", "SOL-03") else stocks for code in broken}


async def test_a_region_made_later_has_what_lay_in_it_before_in_the_tree_of_today(desk: Desk) -> None:
    village = await desk.village("94.01.01")
    await desk.publish(village.institution((SINCE, None)))
    subject, state = desk.region("94.01.01", "Asia/Jayapura")
    await desk.publish((subject, state.model_copy(update={"since": date(2025, 7, 1)})))
    item = await desk.value("LEM-01", "94.01.01", "2025-06", tree="current")
    assert item["numerator"] >= 1
    assert item["reason"] is None


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2026-13", "no-such-period"), ("2026-Q5", "no-such-period"), ("2026-S3", "no-such-period"),
        ("2026-3", "no-such-period"), ("26", "no-such-period"), ("", "no-such-period"), ("2026..", "no-such-period"),
        ("..2026", "no-such-period"), ("2025..2026..2027", "no-such-period"),
        ("2025-01..2026-Q1", "mixed-period-kinds"), ("2026-02..2026-01", "series-ends-before-it-begins"),
        ("2015-01..2025-01", "series-too-long"), ("2014-12", "before-the-statistics"),
    ],
)  # fmt: skip
async def test_a_period_that_does_not_exist_is_refused(desk: Desk, period: str, code: str) -> None:
    assert await refused(desk, period=period) == (400, "invalid-period", "period", code)


async def test_the_longest_series_is_answered(desk: Desk) -> None:
    answer = await desk.get("/v1/indicators/LEM-01/values", region="ID", period="2015-01..2024-12")
    assert len(answer["items"]) == 120


@pytest.mark.parametrize("path", ["/v1/profiles/ID?period={}", "/v1/indicators/LEM-01/explanation?region=ID&period={}"])
async def test_a_profile_and_an_explanation_are_of_one_period(desk: Desk, path: str) -> None:
    answer = await desk.client().get(path.format("2025..2026"))
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["parameter"], fault["code"]) == (400, "period", "one-period-only")


async def test_a_dimension_that_the_indicator_is_not_kept_by_is_refused(desk: Desk) -> None:
    expected = (400, "dimension-not-allowed")
    assert await refused(desk, "LEM-01", kind="pelatihan") == (*expected, "kind", "dimension-not-allowed")
    assert await refused(desk, "PRT-02", type="ARS") == (*expected, "type", "dimension-not-allowed")
    assert await refused(desk, "STR-01", by="kind") == (*expected, "by", "dimension-not-allowed")
    assert await refused(desk, "SOL-03", kind="pelatihan") == (*expected, "kind", "dimension-not-allowed")
    assert await refused(desk, "LEM-01", type="XXX") == (400, "bad-request", "type", "enum")
    assert await refused(desk, "LEM-01", typ="ARS") == (400, "unknown-parameter", "typ", "unknown-parameter")


async def test_an_answer_that_would_be_too_large_is_refused_with_the_remedy(desk: Desk) -> None:
    for _ in range(12):
        await desk.village("94.01.01")
    asked: dict[str, Any] = {"region": "94.01.01", "period": "2015-01..2024-12", "children": True, "by": "kind"}
    answer = await desk.client().get("/v1/indicators/TPD-01/values", params=asked)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:wahana:problem:too-many-values")
    assert (await desk.client().get("/v1/indicators/TPD-01/values", params={**asked, "limit": 5})).status_code == 200


async def test_the_sums_that_upper_levels_keep_agree_with_their_kinds_and_types(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.institution((date(2023, 2, 1), date(2024, 3, 5)), type=InstitutionType.OSN)
    subject_2, other = village.institution((date(2023, 5, 1), None), type=InstitutionType.LBD)
    kinds = (ActivityKind.GOTONG_ROYONG, ActivityKind.KESEHATAN)
    held = [village.activity(date(2023, 6, 1), kind=kind, invited=9, attended=7) for kind in kinds]
    await desk.publish((subject, state), (subject_2, other), *held)
    for region in ("32.04", "32", "ID"):
        for indicator, by, period in (("LEM-01", "type", "2023-02..2024-05"), ("PRT-02", "kind", "2023-05..2023-07")):
            path, query = f"/v1/indicators/{indicator}/values", {"region": region, "period": period}
            whole = (await desk.get(path, **query))["items"]
            parts = (await desk.get(path, **query, by=by))["items"]
            for item in whole:
                found = [part["numerator"] for part in parts if part["period"] == item["period"]]
                assert sum(found) == item["numerator"], (region, indicator, item["period"])
