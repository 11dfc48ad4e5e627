"""Numbers and regions in time, over HTTP: both trees, codes that have ended, splits, and how far a change is followed."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.reporting import moving
from services.reporting.measures import GROUPS
from services.reporting.places import Tree
from shared.codes import CodeSystem, Confidence, SuccessionKind
from shared.events.regions import AppliedChange
from shared.events.registry import Lineage, Region, RegionCode, Succession
from tests.house import until
from tests.reporting.publishing import Desk, Village

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAPUA = date(2022, 11, 9)
"""When the provinces of Papua got their codes."""
SPLIT = date(2025, 7, 1)


def code(text: str, since: date | None = None, until_: date | None = None) -> RegionCode:
    return RegionCode(system=CodeSystem.KEMENDAGRI, code=text, since=since, until=until_)


def recoded(desk: Desk, now: str, before: str, day: date) -> tuple[UUID, Region]:
    """A region that had another code and other ancestors until a day."""
    subject, state = desk.region(now, "Asia/Jayapura")
    earlier = [desk._id("ID"), desk._id("91"), *state.lineage[0].ancestors[2:]]
    lineage = [Lineage(ancestors=earlier, until=day), state.lineage[0].model_copy(update={"since": day})]
    codes = [code(before, until_=day), code(now, day)]
    return subject, state.model_copy(update={"codes": codes, "lineage": lineage})


async def merauke(desk: Desk) -> Village:
    """Kabupaten Merauke, once 91.01 in Papua and 93.01 in Papua Selatan since, with a village and its arisan of 2021."""
    await desk.publish(*(desk.region(province, "Asia/Jayapura") for province in ("91", "93")))
    pairs = [("93.01", "91.01"), ("93.01.01", "91.01.01"), ("93.01.01.2001", "91.01.01.2001")]
    await desk.publish(*(recoded(desk, *codes, PAPUA) for codes in pairs))
    village = Village(desk._id("93.01.01.2001"), "93.01.01.2001")
    await desk.publish(village.institution((date(2021, 5, 1), None)))
    return village


async def test_a_body_of_2021_counts_in_papua_then_and_in_papua_selatan_since_or_always(desk: Desk) -> None:
    """Case O-24; and a token with the regency's old code opens it, and nothing else."""
    await merauke(desk)
    numerators = {
        (tree, region, period): (await desk.ratio("LEM-01", region, period, tree=tree))[0]
        for tree in ("as_was", "current")
        for region in ("91", "93")
        for period in ("2021", "2024")
    }
    assert numerators == {
        ("as_was", "91", "2021"): 1, ("as_was", "93", "2021"): 0,
        ("as_was", "91", "2024"): 0, ("as_was", "93", "2024"): 1,
        ("current", "91", "2021"): 0, ("current", "93", "2021"): 1,
        ("current", "91", "2024"): 0, ("current", "93", "2024"): 1,
    }  # fmt: skip
    for period in ("2021", "2024"):
        was, now = [await desk.ratio("LEM-01", "ID", period, tree=tree) for tree in ("as_was", "current")]
        assert was == now
    # The old code means the regency that had it, and the answer says what it is called today.
    (old,) = (await desk.get("/v1/indicators/LEM-01/values", region="91.01", period="2021"))["items"]
    assert (old["numerator"], old["region"]["code"]) == (1, "93.01")
    profile = await desk.get("/v1/profiles/91.01.01.2001", period="2021")
    assert profile["region"]["code"] == "93.01.01.2001"
    unknown = await desk.client().get("/v1/profiles/91.77", params={"period": "2021"})
    assert unknown.status_code == 404
    officer, province = desk.client("regency-officer", "91.01"), desk.client("province-officer", "91")
    query = {"period": "2024"}
    for region in ("91.01", "93.01", "93.01.01.2001"):
        answer = await officer.get("/v1/indicators/LEM-01/values", params=query | {"region": region})
        assert answer.status_code == 200, answer.text
        outside = await province.get("/v1/indicators/LEM-01/values", params=query | {"region": region})
        assert outside.status_code == 404
    assert (await officer.get("/v1/indicators/LEM-01/values", params=query | {"region": "91"})).status_code == 404


async def test_a_split_village_and_what_came_out_of_it_have_no_numbers_before_in_the_current_tree(desk: Desk) -> None:
    mother, part = await desk.village(), await desk.village(since=SPLIT)
    split = Succession(region_id=part.id, kind=SuccessionKind.SPLIT, on=SPLIT, confidence=Confidence.DECREED)
    _, state = desk.region(mother.code, "Asia/Jakarta")
    await desk.publish((mother.id, state.model_copy(update={"successors": [split]})))
    await desk.publish(mother.institution((date(2020, 1, 1), None)), part.institution((date(2025, 8, 1), None)))
    for village in (mother, part):
        broken = await desk.value("LEM-01", village.code, "2025-06", tree="current")
        assert (broken["numerator"], broken["reason"]) == (None, "series_break")
        assert (await desk.value("LEM-01", village.code, "2025-08", tree="current"))["value"] == 1
    assert await desk.ratio("LEM-01", mother.code, "2025-06", tree="as_was") == (1, 1)
    why = await desk.get("/v1/indicators/LEM-01/explanation", region=mother.code, period="2025-06", tree="current")
    assert (why["items"], "2025-07-01" in why["formula"]["en"]) == ([], True)


async def test_a_village_that_was_merged_keeps_its_numbers_and_is_seen_by_who_took_over(desk: Desk) -> None:
    gone, heir = await desk.village(), await desk.village("94.01.01")
    await desk.publish(gone.activity(date(2025, 3, 1), invited=10, attended=9))
    merger = Succession(
        region_id=heir.id, kind=SuccessionKind.MERGE, on=SPLIT, confidence=Confidence.DECREED, rights_follow=True,
        takes_records=True,
    )  # fmt: skip
    _, state = desk.region(gone.code, "Asia/Jakarta")
    ended = {"until": SPLIT, "codes": [code(gone.code, until_=SPLIT)], "successors": [merger]}
    lineage = [state.lineage[0].model_copy(update={"until": SPLIT})]
    await desk.publish((gone.id, state.model_copy(update=ended | {"lineage": lineage})))
    for tree in ("as_was", "current"):
        assert await desk.ratio("PRT-02", gone.code, "2025-03", tree=tree) == (9, 10)
        assert await desk.ratio("SOL-03", gone.code, "2025-07", tree=tree) == (0, 0), "no village any more"

    async def seen() -> bool:
        operator = desk.client("village-operator", heir.code)
        query = {"region": gone.code, "period": "2025-03"}
        return (await operator.get("/v1/indicators/PRT-02/values", params=query)).status_code == 200

    await until(seen, "who took over sees the numbers of the village that is no more")
    stranger = desk.client("village-operator", "94.01.01.2998")
    query = {"region": gone.code, "period": "2025-03"}
    assert (await stranger.get("/v1/indicators/PRT-02/values", params=query)).status_code == 404


async def test_a_village_that_is_no_more_is_grouped_where_its_district_lies_today(desk: Desk) -> None:
    """No event tells it that its district moved into another province later."""
    await desk.publish(*(desk.region(text, "Asia/Jakarta") for text in ("35", "35.06")))
    district, state = desk.region("32.04.77", "Asia/Jakarta")
    await desk.publish((district, state))
    village, lived = desk.region("32.04.77.2001", "Asia/Jakarta")
    ended = {"until": SPLIT, "lineage": [lived.lineage[0].model_copy(update={"until": SPLIT})]}
    await desk.publish((village, lived.model_copy(update=ended)))
    await desk.publish(Village(village, "32.04.77.2001").activity(date(2025, 2, 2)))
    moved = [
        state.lineage[0].model_copy(update={"until": date(2026, 1, 1)}),
        Lineage(ancestors=[desk._id(text) for text in ("ID", "35", "35.06")], since=date(2026, 1, 1)),
    ]
    await desk.publish((district, state.model_copy(update={"lineage": moved})))

    async def followed() -> bool:
        return not await desk.house.fetch("reporting", "SELECT FROM region WHERE moves")

    await until(followed, "what is no more has followed")
    numerators = {
        (tree, province): (await desk.ratio("TPD-01", province, "2025-02", tree=tree))[1]
        for tree in ("as_was", "current")
        for province in ("32.04.77", "32.04", "35")
    }
    assert numerators == {
        ("as_was", "32.04.77"): 1, ("as_was", "32.04"): 1, ("as_was", "35"): 0,
        ("current", "32.04.77"): 1, ("current", "32.04"): 0, ("current", "35"): 1,
    }  # fmt: skip
    assert await trees_agree(desk)


def touched(desk: Desk, village: Village, *numbers: int, **state: Any) -> tuple[UUID, Region]:
    """The village after these region changes, each of which touched two regions."""
    subject, region = desk.region(village.code, "Asia/Jakarta")
    changes = [AppliedChange(number=number, regions=2) for number in numbers]
    return subject, region.model_copy(update={"changes": changes, **state})


async def test_every_answer_says_which_region_change_its_numbers_follow(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await desk.village("94.01.01"), await desk.village("94.01.01")
    await desk.publish(one.institution((date(2020, 1, 1), None)))
    asked = {"region": "32.04.05", "period": "2026-02"}

    async def versions() -> list[tuple[Any, Any]]:
        answers = [
            await desk.get("/v1/indicators/LEM-01/values", **asked),
            await desk.get("/v1/indicators/LEM-01/explanation", **asked),
            await desk.get("/v1/profiles/32.04.05", period="2026-02"),
        ]
        return [(answer["tree_version"], answer["tree_follows"]) for answer in answers]

    assert await versions() == [(0, None)] * 3
    before = (await desk.ratio("LEM-01", "32.04.05", "2026-02"))[0]
    moved = [
        Lineage(ancestors=desk.ancestors(one.code), until=date(2026, 1, 1)),
        Lineage(ancestors=desk.ancestors("32.04.05.2999"), since=date(2026, 1, 1)),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(moving, "REGIONS", 0)  # nothing moves for now
        await desk.publish(touched(desk, one, 1, lineage=moved))
        assert await versions() == [(0, {"number": 1, "followed": 0, "regions": 2})] * 3
        assert (await desk.ratio("LEM-01", "32.04.05", "2026-02"))[0] == before
        waited = await desk.client().get(
            "/v1/indicators/LEM-01/values", params=asked | {"at_least": f"registry/{one.id}@2"}
        )
        assert waited.status_code == 202, "the numbers do not follow the region yet"
    waited = await desk.client().get(
        "/v1/indicators/LEM-01/values", params=asked | {"at_least": f"registry/{one.id}@2"}
    )
    assert (waited.status_code, waited.json()["items"][0]["numerator"]) == (200, before + 1)
    assert await versions() == [(0, {"number": 1, "followed": 1, "regions": 2})] * 3
    await desk.publish(touched(desk, other, 1, 3))
    assert await versions() == [(1, {"number": 3, "followed": 1, "regions": 2})] * 3, "nothing was heard of the second"
    await desk.publish(touched(desk, one, 1, 2, 3, lineage=moved), touched(desk, other, 1, 2, 3))
    assert await versions() == [(3, None)] * 3
    assert await trees_agree(desk)


async def trees_agree(desk: Desk) -> bool:
    """Whether the nation's sums are the same in both trees, for every measure."""
    for group in GROUPS:
        sums = ", ".join(f"coalesce(sum({measure}), 0)" for measure in group.measures)
        query = f"SELECT {sums} FROM {group.table.name} JOIN region ON key = region_key WHERE code = 'ID' AND tree = ANY($1)"
        was, now = [
            await desk.house.fetch("reporting", query, [int(Tree.BOTH), int(tree)])
            for tree in (Tree.AS_WAS, Tree.CURRENT)
        ]
        if was != now:
            return False
    return True
