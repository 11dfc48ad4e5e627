"""TRH-01, SOL-01, BUD-01, STR-02, PRT-02 and TPD-01 over HTTP, each with the records behind it and why others are not."""

from datetime import date
from typing import Any

import pytest

from shared.codes import (
    ActivityKind,
    FundingSource,
    InstitutionType,
    OrganisationKind,
    PartyRole,
    ResourceForm,
    ValueState,
)
from shared.events.activities import Party, ResourceSum, TargetGroup
from shared.events.registry import Lineage, ValueSpell
from tests.reporting.publishing import Desk
from tests.reporting.records import records, whys

pytestmark = pytest.mark.asyncio(loop_scope="module")

HELD, EARLY, SINCE = date(2026, 2, 10), date(2026, 1, 5), date(2020, 1, 1)
FEBRUARY = "2026-02"
AIMED: dict[str, Any] = {"objective": "Saluran bersih", "target_group": TargetGroup(members=True)}


def money(source: FundingSource, value: int, unvalued: int = 0) -> ResourceSum:
    return ResourceSum(source=source, form=ResourceForm.TUNAI, value=value, unvalued=unvalued)


async def test_directed_activities_and_what_the_others_lack(desk: Desk) -> None:
    village = await desk.village()
    plan = [(HELD, EARLY)]
    directed = village.activity(HELD, plan=plan, **AIMED)
    expected = {
        "without a plan": village.activity(HELD, **AIMED),
        "no plan recorded before its first day": village.activity(HELD, plan=[(HELD, HELD)], **AIMED),
        "without an objective, without a target group": village.activity(HELD, plan=plan),
        "emergency aid cannot be planned": village.activity(HELD, kind=ActivityKind.TANGGAP_DARURAT),
    }
    await desk.publish(directed, *expected.values())
    assert await desk.ratio("TRH-01", village.code, FEBRUARY) == (1, 4)
    assert await whys(desk, "TRH-01", village, FEBRUARY) == {
        directed[0]: "completed 2026-02-10, its plan recorded 2026-01-05, with an objective and a target group"
    }
    found = await whys(desk, "TRH-01", village, FEBRUARY, records="excluded")
    assert found == {subject: why for why, (subject, _) in expected.items()}
    left = await whys(desk, "TRH-01", village, FEBRUARY, part="denominator", records="excluded")
    assert list(left.values()) == ["emergency aid cannot be planned"]


async def test_self_help_in_rupiah_by_source_net_of_refunds(desk: Desk) -> None:
    village = await desk.village()
    mixed = village.activity(
        HELD, resources=[money(FundingSource.IURAN, 300_000, 1), money(FundingSource.APBD, 600_000)]
    )
    given = village.activity(HELD, resources=[money(FundingSource.DONASI_WARGA, 100_000)])
    expected = {
        "only from apbn": village.activity(HELD, resources=[money(FundingSource.APBN, 1)]),
        "its resources are without a value": village.activity(HELD, resources=[money(FundingSource.JIMPITAN, 0, 2)]),
        "worth 0 after refunds": village.activity(HELD, resources=[money(FundingSource.IURAN, 0)]),
        "no resources recorded": village.activity(HELD),
    }
    await desk.publish(mixed, given, *expected.values())
    item = await desk.value("SOL-01", village.code, FEBRUARY)
    assert (item["numerator"], item["denominator"], item["value"]) == (400_000, 1_000_001, 40.0)
    assert await whys(desk, "SOL-01", village, FEBRUARY) == {
        mixed[0]: "completed 2026-02-10: iuran Rp300.000; 1 without a value",
        given[0]: "completed 2026-02-10: donasi_warga Rp100.000",
    }
    found = await whys(desk, "SOL-01", village, FEBRUARY, records="excluded")
    assert found == {subject: why for why, (subject, _) in expected.items()}

    for region in (village.code, "32.04.05"):
        query = {"region": region, "period": FEBRUARY}
        parts = (await desk.get("/v1/indicators/SOL-01/values", **query, by="source"))["items"]
        assert {part["part"]: (part["numerator"], part["denominator"]) for part in parts} == {
            "iuran": (300_000, 300_000), "donasi_warga": (100_000, 100_000), "apbd": (0, 600_000), "apbn": (0, 1),
        }  # fmt: skip
        for part in parts:
            one = await desk.ratio("SOL-01", **query, source=part["part"])
            assert one == (part["numerator"], part["denominator"])
    (record,) = await records(desk, "SOL-01", village.code, FEBRUARY, source="apbd", part="denominator")
    assert record["amount"] == 600_000

    subject, state = mixed
    refunded = [money(FundingSource.IURAN, 200_000), money(FundingSource.APBD, 600_000)]
    await desk.publish((subject, state.model_copy(update={"resources": refunded})))
    assert await desk.ratio("SOL-01", village.code, FEBRUARY) == (300_000, 900_001)


async def test_no_resources_are_no_zero(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.institution((SINCE, None)), village.activity(HELD))
    item = await desk.value("SOL-01", village.code, FEBRUARY)
    assert (item["numerator"], item["denominator"], item["value"], item["reason"]) == (0, 0, None, "no_denominator")


async def test_named_people_came_and_only_activities_with_an_invited_number_count(desk: Desk) -> None:
    village = await desk.village()
    named = village.activity(HELD, invited=20, named=15)
    counted = village.activity(HELD, invited=12, attended=12, named=3)
    await desk.publish(named, counted, village.activity(HELD, named=6))
    assert await desk.ratio("PRT-02", village.code, FEBRUARY) == (27, 32)
    assert await whys(desk, "PRT-02", village, FEBRUARY) == {
        named[0]: "completed 2026-02-10, 15 of 20 invited",
        counted[0]: "completed 2026-02-10, 12 of 12 invited",
    }


async def test_networks_and_partners_make_an_activity_joint(desk: Desk) -> None:
    village = await desk.village()
    network = Party(
        organisation=OrganisationKind.NETWORK, id=village.network()[0], role=PartyRole.PENDUKUNG, of_lead=True
    )
    partner = Party(organisation=OrganisationKind.PARTNER, id=village.network()[0], role=PartyRole.PENDANA)
    own, joint = village.activity(HELD, parties=[network]), village.activity(HELD, parties=[network, partner])
    await desk.publish(own, joint)
    assert await desk.ratio("TPD-01", village.code, FEBRUARY) == (1, 2)
    assert await whys(desk, "TPD-01", village, FEBRUARY) == {
        joint[0]: "completed 2026-02-10, 1 institutions, 0 networks and 1 partners"
    }
    assert await whys(desk, "TPD-01", village, FEBRUARY, records="excluded") == {
        own[0]: "only one organisation: its lead is a member of its network"
    }


async def test_institutions_that_were_trained_guided_or_equipped_in_the_last_twelve_months(desk: Desk) -> None:
    village = await desk.village()
    reached, missed, closed = (
        village.institution((SINCE, None), type=InstitutionType.KUBE),
        village.institution((SINCE, None)),
        village.institution((SINCE, date(2025, 12, 1))),
    )
    trained = village.activity(
        date(2025, 3, 31), kind=ActivityKind.PELATIHAN, target_institution_ids=[reached[0], closed[0]]
    )
    await desk.publish(
        trained, reached, missed, closed, village.activity(HELD, lead=missed[0], kind=ActivityKind.PELATIHAN)
    )
    for period, ratio in (
        ("2025-02", (0, 3)),
        ("2025-03", (2, 3)),
        ("2025-11", (2, 3)),
        ("2026-02", (1, 2)),
        ("2026-03", (0, 2)),
    ):
        assert await desk.ratio("STR-02", village.code, period) == ratio, period
    assert await desk.ratio("STR-02", village.code, FEBRUARY, type="KUBE") == (1, 1)
    assert await whys(desk, "STR-02", village, FEBRUARY) == {
        reached[0]: "target of an empowering activity completed in 2025-03"
    }
    assert await whys(desk, "STR-02", village, FEBRUARY, records="excluded") == {
        missed[0]: "no target of training, guidance or equipment in the 12 months to 2026-02-28",
        closed[0]: "not active since 2025-12-01",
    }


async def test_values_count_in_each_of_their_villages_and_once_above(desk: Desk) -> None:
    one, other = await desk.village(), await desk.village()
    there, moved = desk.ancestors("94.01.01.2999"), date(2025, 7, 10)
    lineage = [Lineage(ancestors=desk.ancestors(other.code), until=moved), Lineage(ancestors=there, since=moved)]
    subject, state = desk.region(other.code, "Asia/Jakarta")
    codes = (one.code, other.code, "32.04.05", "94.01.01", "ID")
    before = {
        tree: [await desk.ratio("BUD-01", code, FEBRUARY, tree=tree) for code in codes]
        for tree in ("as_was", "current")
    }
    shared, idle = one.value(SINCE, other), one.value(SINCE, other)
    lost = one.value(
        states=[ValueSpell(state=ValueState.DIJALANKAN, since=SINCE), ValueSpell(state=ValueState.HILANG, since=EARLY)]
    )
    young, error = one.value(date(2026, 3, 1)), one.value(voided=True)
    held = one.activity(HELD, cultural_value_ids=[shared[0], lost[0]])
    await desk.publish(held, shared, idle, lost, young, error)
    await desk.publish((subject, state.model_copy(update={"lineage": lineage})))
    expected = {"as_was": [(1, 2), (1, 2), (1, 2), (1, 2), (1, 2)], "current": [(1, 2), (1, 2), (1, 2), (1, 2), (1, 2)]}
    for tree, ratios in expected.items():
        found = [await desk.ratio("BUD-01", code, FEBRUARY, tree=tree) for code in codes]
        more = [(n - m, d - e) for (n, d), (m, e) in zip(found, before[tree], strict=True)]
        assert more == ratios, tree
    # Before the village moved, its new district had no value in the tree of then.
    assert [(await desk.ratio("BUD-01", "94.01.01", "2025-06", tree=tree))[1] for tree in ("as_was", "current")] == [
        0,
        2,
    ]
    assert await whys(desk, "BUD-01", one, FEBRUARY) == {shared[0]: "a linked activity completed in 2026-02"}
    assert await whys(desk, "BUD-01", one, FEBRUARY, records="excluded") == {
        idle[0]: "no linked activity completed in the 12 months to 2026-02-28",
        lost[0]: "lost (hilang) since 2026-01-05",
        young[0]: "its first state is of 2026-03-01",
        error[0]: "an entry error",
    }
    assert await whys(desk, "BUD-01", one, FEBRUARY, part="denominator") == {
        each[0]: "dijalankan since 2020-01-01" for each in (shared, idle)
    }
    counted = await records(desk, "BUD-01", "32.04.05", FEBRUARY, part="denominator")
    assert {item["noun"] for item in counted} == {"cultural-value"}
    assert sum(item["amount"] for item in counted) == (await desk.ratio("BUD-01", "32.04.05", FEBRUARY))[1]
