"""LEM-02, LEM-03, LEM-04 and SAR-01 as users see them: values, explanations, expiry, trees and sums of regions."""

from datetime import UTC, date, datetime

import pytest

from shared.codes import (
    DevelopmentStage,
    DocumentKind,
    FacilityClass,
    FacilityCondition,
    InstitutionType,
    Role,
)
from shared.events.envelope import Spell
from shared.events.registry import (
    Assessment,
    Document,
    Facility,
    FacilityCheck,
    Legalisation,
    Lineage,
    Term,
    Territory,
)
from tests.reporting.publishing import Desk
from tests.reporting.records import records, whys
from tests.reporting.standing import SINCE, complete

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEVELS = ("32.04.05", "32.04", "32", "ID")


async def test_each_is_told_with_the_integers_it_is_made_of(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(complete(village), village.institution((SINCE, None)), village.network())
    expected = {"LEM-02": (1, 1), "LEM-03": (4, 8), "LEM-04": (1, 1), "SAR-01": (1, 2), "KSB-02": (2, 2)}
    for indicator, ratio in expected.items():
        assert await desk.ratio(indicator, village.code, "2026-03") == ratio, indicator
    assert (await desk.value("LEM-03", village.code, "2026-03"))["value"] == 50
    told = await desk.value("LEM-04", village.code, "2026-03")
    assert told["companions"] == {
        "assessed_share": {"numerator": 1, "denominator": 2, "value": 50},
        "coverage": {"numerator": 0, "denominator": 1, "value": 0},
    }


async def test_what_expires_at_a_months_end_leaves_the_numbers_with_the_workers_stopped(desk: Desk) -> None:
    village = await desk.village()
    decree = Legalisation(number="140/7", since=SINCE, until=date(2026, 4, 1))
    await desk.publish(complete(village), village.network(legalisations=[decree]))
    await desk.house.stop_worker("reporting")
    expected = {
        "2026-03": {"LEM-02": (1, 1), "LEM-03": (4, 4), "LEM-04": (1, 1), "SAR-01": (1, 1)},
        "2026-04": {"LEM-02": (0, 1), "LEM-03": (0, 4), "LEM-04": (0, 0), "SAR-01": (0, 1)},
    }
    for now, status in (("2026-03-31", "running"), ("2026-04-30", "provisional")):
        desk.clock.instant = datetime.fromisoformat(f"{now}T16:59:00").replace(tzinfo=UTC)
        for period, ratios in expected.items():
            for indicator, ratio in ratios.items():
                assert await desk.ratio(indicator, village.code, period) == ratio, (now, period, indicator)
        assert (await desk.value("LEM-03", village.code, "2026-03"))["status"] == status
    await desk.house.start_worker("reporting")


async def test_every_level_above_holds_what_its_villages_hold(desk: Desk) -> None:
    village, other = await desk.village(), await desk.village()
    codes = [village.code, *LEVELS]
    indicators = ("LEM-02", "LEM-03", "LEM-04", "SAR-01", "KSB-02")
    before = {(each, code): await desk.ratio(each, code, "2026-03") for each in indicators for code in codes}
    territory = [Territory(village_id=village.id), Territory(village_id=other.id)]
    await desk.publish(complete(village), village.network(territory=territory))
    for indicator, gains in zip(indicators, ((2, 0), (4, 4), (1, 1), (1, 1), (1, 1)), strict=True):
        for code in codes:
            gained = (1, 0) if (indicator, code) == ("LEM-02", village.code) else gains
            was = before[indicator, code]
            now = await desk.ratio(indicator, code, "2026-03")
            assert (now[0] - was[0], now[1] - was[1]) == gained, (indicator, code)


async def test_types_are_told_apart_and_add_up(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(complete(village), complete(village, type=InstitutionType.KUBE, documents=[]))
    answer = await desk.get("/v1/indicators/LEM-03/values", region=village.code, period="2026-03", by="type")
    assert {item["part"]: item["numerator"] for item in answer["items"]} == {"ARS": 4, "KUBE": 1}
    told = await desk.value("LEM-04", village.code, "2026-03", type="KUBE")
    assert told["companions"]["assessed_share"] == {"numerator": 1, "denominator": 1, "value": 100}
    assert await desk.ratio("KSB-02", village.code, "2026-03", type="KUBE") == (1, 1)


async def test_completeness_tells_the_items_of_each_institution(desk: Desk) -> None:
    village = await desk.village()
    whole, bare = complete(village), village.institution((SINCE, None))
    partly = complete(
        village, officers=[Term(role=Role.KETUA, since=SINCE)],
        documents=[Document(kind=DocumentKind.PENGESAHAN, since=SINCE, until=date(2026, 3, 31))],
    )  # fmt: skip
    ready = complete(village, documents=[Document(kind=DocumentKind.BUKU_ANGGOTA, since=SINCE)])
    await desk.publish(whole, bare, partly, ready)
    found = await whys(desk, "LEM-03", village, "2026-03")
    assert found == {
        whole[0]: "4 of 4 items; has: ketua and sekretaris, legalisation, written rules, cash book or member book",
        ready[
            0
        ]: "2 of 4 items; has: ketua and sekretaris, cash book or member book; lacks: legalisation, written rules",
    }
    nothing = "ketua and sekretaris in office, legalisation, written rules, cash book or member book"
    assert await whys(desk, "LEM-03", village, "2026-03", records="excluded") == {
        bare[0]: f"0 of 4 items; lacks: {nothing}",
        partly[0]: "0 of 4 items; lacks: sekretaris in office, legalisation (ended 2026-03-31), written rules, "
        "cash book or member book",
    }
    amounts = [item["amount"] for item in await records(desk, "LEM-03", village.code, "2026-03", part="denominator")]
    assert amounts == [4, 4, 4, 4]


async def test_stage_and_facilities_tell_what_was_found(desk: Desk) -> None:
    village = await desk.village()
    whole, bare = complete(village), village.institution((SINCE, None))
    found = [Assessment(on=date(2025, 5, 1), stage=DevelopmentStage.TUMBUH, instrument="KUBE 2012, 1")]
    broken = FacilityCheck(on=date(2026, 1, 9), condition=FacilityCondition.RUSAK_BERAT)
    old = FacilityCheck(on=date(2025, 3, 5), condition=FacilityCondition.BAIK)
    items = [
        Facility(facility_class=FacilityClass.TEMPAT, name="Balai", since=SINCE, checks=[broken]),
        Facility(facility_class=FacilityClass.ALAT, name="Tenda", since=SINCE, checks=[old]),
        Facility(facility_class=FacilityClass.ALAT, name="Kursi", since=SINCE),
    ]
    young = complete(village, assessments=found, facilities=items)
    aged = complete(village, assessments=[found[0].model_copy(update={"on": date(2024, 3, 31)})])
    await desk.publish(whole, bare, young, aged)
    assert await whys(desk, "LEM-04", village, "2026-03") == {whole[0]: "mandiri by the assessment of 2024-04-09"}
    assert await whys(desk, "LEM-04", village, "2026-03", records="excluded") == {
        bare[0]: "not assessed", young[0]: "tumbuh by the assessment of 2025-05-01",
        aged[0]: "the last assessment, of 2024-03-31, is 24 months old",
    }  # fmt: skip
    usable = "usable: Balai tempat (tempat), Balai alat (alat), Balai administrasi (administrasi)"
    assert await whys(desk, "SAR-01", village, "2026-03") == {whole[0]: usable, aged[0]: usable}
    assert await whys(desk, "SAR-01", village, "2026-03", records="excluded") == {
        bare[0]: "tempat: nothing recorded; alat: nothing recorded; administrasi: nothing recorded",
        young[
            0
        ]: "tempat: Balai rusak_berat on 2026-01-09; alat: Tenda last checked on 2025-03-05, 12 months ago or more, "
        "Kursi never checked; administrasi: nothing recorded",
    }


async def test_a_village_tells_which_network_covers_it_or_what_is_missing(desk: Desk) -> None:
    covered, dark, empty = await desk.village(), await desk.village(), await desk.village()
    expired = Legalisation(number="140/7", since=SINCE, until=date(2026, 3, 31))
    await desk.publish(
        covered.network(), covered.network(name="WKSBM Lain", active=[]),
        dark.network(legalisations=[expired], management=[Term(role=Role.KETUA, since=SINCE)]),
        dark.network(name="WKSBM Lama", active=[Spell(since=SINCE, until=date(2025, 1, 1))], legalisations=[]),
        dark.network(name="WKSBM Batal", voided=True),
    )  # fmt: skip
    assert await whys(desk, "LEM-02", covered, "2026-03") == {
        covered.id: "covered by «WKSBM Karangasem»: active, legalised, ketua and sekretaris in office"
    }
    (why,) = (await whys(desk, "LEM-02", dark, "2026-03", records="excluded")).values()
    assert sorted(why.split("; ")) == [
        "«WKSBM Karangasem»: legalisation not in force since 2026-03-31, no sekretaris in office",
        "«WKSBM Lama»: not active, not legalised",
    ]
    assert await whys(desk, "LEM-02", empty, "2026-03", records="excluded") == {
        empty.id: "no network works in this village"
    }


async def test_a_village_that_moved_takes_coverage_and_survival_along_in_the_tree_of_today(desk: Desk) -> None:
    village = await desk.village("94.01.01")
    there, here = desk.ancestors("94.01.01.2999"), desk.ancestors("32.04.05.2999")
    moved = date(2026, 1, 1)
    lineage = [Lineage(ancestors=there, until=moved), Lineage(ancestors=here, since=moved)]
    _, region = desk.region(village.code, "Asia/Jakarta")
    asked = [
        (indicator, tree, district, period)
        for indicator in ("LEM-02", "LEM-03", "KSB-02")
        for tree in ("as_was", "current")
        for district in ("94.01.01", "32.04.05")
        for period in ("2025-12", "2026-01")
    ]
    before = [(await desk.ratio(each, where, when, tree=tree))[0] for each, tree, where, when in asked]
    await desk.publish(village.network(), complete(village))
    await desk.publish((village.id, region.model_copy(update={"lineage": lineage})))
    after = [(await desk.ratio(each, where, when, tree=tree))[0] for each, tree, where, when in asked]
    gained = [now - was for now, was in zip(after, before, strict=True)]
    assert gained == [
        1, 0, 0, 1, 0, 0, 1, 1,
        4, 0, 0, 4, 0, 0, 4, 4,
        1, 0, 0, 1, 0, 0, 1, 1,
    ]  # fmt: skip


async def test_a_network_can_be_waited_for(desk: Desk) -> None:
    village = await desk.village()
    subject, state = village.network()
    await desk.send(subject, state, 1)
    answer = await desk.client().get(
        "/v1/indicators/LEM-02/values",
        params={"region": village.code, "period": "2026-03", "at_least": f"registry/{subject}@1"},
    )
    assert answer.json()["items"][0]["numerator"] == 1
