"""The life of a network: pure dates, then the steps over HTTP, by whom, on which day, and what they leave."""

from datetime import date
from typing import Any

import httpx
import pytest

from services.registry.networks import lifecycle
from services.registry.networks.lifecycle import Life, Step
from shared.codes import NetworkStatus
from shared.events.envelope import Spell
from shared.problems import InvalidPayload
from tests.house import House
from tests.registry.institutions import VILLAGE, VILLAGE_OVER, faults, patched, problem, record, step, take
from tests.registry.networks import NETWORKS, SK, Circle, kept, network, told

TODAY = date(2026, 3, 15)
WHY = {"reason": "Musyawarah"}
BODIES: dict[str, dict[str, Any]] = {
    "formation": {"on": "2025-11-10"},
    "legalisation": SK,
    "activation": {"on": "2025-12-01"},
    "dormancy": {"since": "2026-01-01", **WHY},
    "reactivation": {"on": "2026-02-01", **WHY},
    "dissolution": {"on": "2026-03-01", **WHY},
}
POSSIBLE = {
    "dirintis": {"formation", "dissolution", "voiding"},
    "dibentuk": {"legalisation", "dissolution", "merger", "voiding"},
    "disahkan": {"legalisation", "activation", "dissolution", "merger", "voiding"},
    "aktif": {"legalisation", "dormancy", "dissolution", "merger", "voiding"},
    "vakum": {"legalisation", "reactivation", "dissolution", "merger", "voiding"},
    "bubar": {"voiding"},
}


@pytest.fixture
def circle(registry_api: House) -> Circle:
    return Circle(registry_api)


def _life(*steps: tuple[Step, str]) -> Life:
    life = Life(NetworkStatus.DIRINTIS, date(2025, 1, 1))
    for name, day in steps:
        assert name in lifecycle.STEPS[life.status]
        life = lifecycle.stepped(life, name, date.fromisoformat(day), TODAY, "on")
    return life


FORMED = ((Step.FORMATION, "2025-11-10"), (Step.LEGALISATION, "2025-11-20"))
ACTIVE = (*FORMED, (Step.ACTIVATION, "2025-12-01"))


def test_days_at_work_have_a_gap_for_a_dormancy_and_end_with_the_network() -> None:
    rested = (*ACTIVE, (Step.DORMANCY, "2026-01-01"), (Step.REACTIVATION, "2026-02-01"))
    life = _life(*rested, (Step.DISSOLUTION, "2026-03-01"))
    assert (life.status, life.ended_on) == (NetworkStatus.BUBAR, date(2026, 3, 1))
    assert list(life.active) == [
        Spell(since=date(2025, 12, 1), until=date(2026, 1, 1)), Spell(since=date(2026, 2, 1), until=date(2026, 3, 1)),
    ]  # fmt: skip


def test_the_day_it_went_dormant_undoes_the_dormancy_and_a_dormant_network_ends_where_it_stopped() -> None:
    undone = _life(*ACTIVE, (Step.DORMANCY, "2026-01-01"), (Step.REACTIVATION, "2026-01-01"))
    assert list(undone.active) == [Spell(since=date(2025, 12, 1))]
    ended = _life(*ACTIVE, (Step.DORMANCY, "2026-01-01"), (Step.MERGER, "2026-02-01"))
    assert list(ended.active) == [Spell(since=date(2025, 12, 1), until=date(2026, 1, 1))]


@pytest.mark.parametrize(
    ("before", "name", "earliest"),
    [
        ((), Step.FORMATION, date(2025, 1, 1)),
        ((), Step.DISSOLUTION, date(2025, 1, 1)),
        (FORMED[:1], Step.LEGALISATION, date(2025, 11, 10)),
        (FORMED, Step.ACTIVATION, date(2025, 11, 20)),
        (ACTIVE, Step.LEGALISATION, date(2025, 11, 10)),
        (ACTIVE, Step.DORMANCY, date(2025, 12, 2)),
        ((*ACTIVE, (Step.DORMANCY, "2026-01-01")), Step.REACTIVATION, date(2026, 1, 1)),
        ((*ACTIVE, (Step.DORMANCY, "2026-01-01")), Step.DISSOLUTION, date(2026, 1, 1)),
    ],
    ids=str,
)
def test_no_step_is_before_what_it_follows_or_after_today(
    before: tuple[tuple[Step, str], ...], name: Step, earliest: date
) -> None:
    life = _life(*before)
    lifecycle.stepped(life, name, earliest, TODAY, "on")
    for day, code in ((date.fromordinal(earliest.toordinal() - 1), "too-early"), (date(2026, 3, 16), "in-the-future")):
        with pytest.raises(InvalidPayload) as refused:
            lifecycle.stepped(life, name, day, TODAY, "on")
        assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/on", code)]


async def test_a_network_goes_its_way_and_each_step_is_one_event(circle: Circle) -> None:
    body = await circle.active()
    body = await take(circle.operator, body, "dormancy", BODIES["dormancy"], NETWORKS)
    body = await take(circle.operator, body, "reactivation", BODIES["reactivation"], NETWORKS)
    body = await take(circle.facilitator, body, "dissolution", BODIES["dissolution"], NETWORKS)
    assert (body["status"], body["formed_on"], body["ended_on"]) == ("bubar", "2025-11-10", "2026-03-01")
    assert body["legalisations"][0]["valid_until"] == "2027-12-31"
    assert [verb for _, verb in await told(circle.house, body["id"])] == [
        "registered", "management_changed", "management_changed", "formed", "legalised", "activated", "made_dormant",
        "reactivated", "dissolved",
    ]  # fmt: skip


async def test_each_status_allows_its_steps_and_refuses_the_others_by_name(circle: Circle) -> None:
    body = await circle.complete()
    others = {name: {**content} for name, content in BODIES.items()} | {
        "merger": {"successor_id": (await circle.formed())["id"], "on": "2026-03-01", **WHY}
    }
    path = ["formation", "legalisation", "activation", "dormancy", "reactivation", "dissolution"]
    while True:
        for name in others.keys() - POSSIBLE[body["status"]]:
            refused = problem(await step(circle.officer, body, name, others[name], NETWORKS), 409, "wrong-state")
            assert refused["state"] == {"status": body["status"]}
            assert set(refused["possible_steps"]) == POSSIBLE[body["status"]]
        if not path:
            break
        name = path.pop(0)
        by = circle.officer if name in ("legalisation", "dissolution") else circle.operator
        body = await take(by, body, name, others[name], NETWORKS)
    voided = await take(circle.officer, body, "voiding", WHY, NETWORKS)
    refused = problem(await step(circle.officer, voided, "voiding", WHY, NETWORKS), 409, "wrong-state")
    assert (refused["state"], refused["possible_steps"]) == ({"status": "bubar", "voided": "true"}, [])
    problem(await patched(circle.officer, voided, {"name": "X"}, NETWORKS), 409, "record-not-changeable")


async def test_a_network_is_formed_with_ketua_sekretaris_and_two_members_of_that_day(circle: Circle) -> None:
    body = await circle.begun()
    refused = problem(
        await step(circle.operator, body, "formation", BODIES["formation"], NETWORKS), 409, "formation-incomplete"
    )
    assert (refused["missing_roles"], refused["members"]) == (["ketua", "sekretaris"], 0)
    await circle.joined(body)
    await circle.joined(body, on="2025-11-11")
    await circle.appointed(body, "ketua")
    await circle.appointed(body, "sekretaris", valid_until="2025-11-09")
    body = await circle.now(body)
    refused = problem(
        await step(circle.operator, body, "formation", BODIES["formation"], NETWORKS), 409, "formation-incomplete"
    )
    assert (refused["missing_roles"], refused["members"]) == (["sekretaris"], 1)
    await circle.appointed(body, "sekretaris", since="2025-11-10")
    body = await circle.now(body)
    body = await take(circle.operator, body, "formation", {"on": "2025-11-11"}, NETWORKS)
    assert (body["status"], body["formed_on"]) == ("dibentuk", "2025-11-11")


async def test_no_maker_of_record_management_or_members_legalises(circle: Circle) -> None:
    body = await circle.complete()
    member = circle.house.client("registry", "regency-officer", "32.04", sub="pencatat-anggota")
    manager = circle.house.client("registry", "regency-officer", "32.04", sub="pencatat-pengurus")
    former = circle.house.client("registry", "regency-officer", "32.04", sub="pembentuk")
    await circle.joined(body, by=member)
    await circle.appointed(body, "bendahara", by=manager)
    body = await take(former, await circle.now(body), "formation", BODIES["formation"], NETWORKS)
    problem(await step(circle.operator, body, "legalisation", SK, NETWORKS), 403, "forbidden")
    before = await kept(circle.house)
    for maker in (member, manager, former):
        problem(await step(maker, body, "legalisation", SK, NETWORKS), 403, "maker-may-not-verify")
    assert await kept(circle.house) == before
    assert (await take(circle.officer, body, "legalisation", SK, NETWORKS))["status"] == "disahkan"


async def test_a_network_over_two_districts_is_legalised_by_who_covers_both(circle: Circle) -> None:
    both = [{"village": VILLAGE}, {"village": VILLAGE_OVER}]
    body = await circle.complete()
    body = record(await patched(circle.officer, body, {"territory": both}, NETWORKS))
    body = await take(circle.operator, body, "formation", BODIES["formation"], NETWORKS)
    refused = problem(
        await step(circle.facilitator, body, "legalisation", SK, NETWORKS), 403, "network-outside-your-area"
    )
    assert VILLAGE_OVER in refused["detail"]
    assert (await take(circle.ministry, body, "legalisation", SK, NETWORKS))["status"] == "disahkan"


async def test_legalisations_follow_each_other_and_a_wrong_one_is_corrected(circle: Circle) -> None:
    body = await circle.active()
    first = body["legalisations"][0]["id"]
    renewal = {"number": "141/09/SK/2026", "on": "2026-03-01"}
    body = await take(circle.officer, body, "legalisation", renewal, NETWORKS)
    assert body["status"] == "aktif"
    right = {"number": "141/08/SK/2026", "on": "2025-11-21", "valid_until": "2026-02-28", "corrects": first}
    body = await take(circle.officer, body, "legalisation", right, NETWORKS)
    assert [(k["number"], k["on"], k["valid_until"]) for k in body["legalisations"]] == [
        ("141/08/SK/2026", "2025-11-21", "2026-02-28"), ("141/09/SK/2026", "2026-03-01", None),
    ]  # fmt: skip
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"valid_until": "2026-02-27", "on": "2026-02-28"}, ("/valid_until", "valid-until-before-date")),
        ({"on": "2026-03-16"}, ("/on", "in-the-future")),
        ({"on": "2025-11-09"}, ("/on", "too-early")),
        ({"number": " "}, ("/number", "string-too-short")),
        ({"corrects": first}, ("/corrects", "legalisation-unknown")),
    ]
    for changes, fault in wrong:
        answer = await step(circle.officer, body, "legalisation", renewal | changes, NETWORKS)
        assert fault in faults(answer), changes


async def test_what_is_legalised_is_changed_and_ended_by_a_verifier_who_wrote_none_of_it(circle: Circle) -> None:
    body = await circle.active()
    maker: httpx.AsyncClient = circle.house.client("registry", "regency-officer", "32.04", sub="pencatat")
    await circle.appointed(body, "bendahara", by=maker)
    body = await circle.now(body)
    before = await kept(circle.house)
    for by, slug in ((circle.operator, "legalised-needs-verifier"), (maker, "maker-may-not-verify")):
        problem(await patched(by, body, {"name": "WKSBM Baru"}, NETWORKS), 403, slug)
        problem(await step(by, body, "dissolution", BODIES["dissolution"], NETWORKS), 403, slug)
        problem(await step(by, body, "voiding", WHY, NETWORKS), 403, slug)
    assert await kept(circle.house) == before
    body = record(await patched(circle.officer, body, {"name": "WKSBM Baru"}, NETWORKS))
    body = await take(circle.officer, body, "legalisation", {"number": "141/9", "on": "2026-03-01"}, NETWORKS)
    assert (await take(circle.officer, body, "voiding", WHY, NETWORKS))["voided"]


async def test_a_merger_is_told_by_both_and_ends_the_one_that_was_merged(circle: Circle) -> None:
    body, successor = await circle.active(), await circle.formed(name="WKSBM Induk")
    young = await circle.begun(name="WKSBM Muda")
    merger = {"successor_id": successor["id"], "on": "2026-03-01", **WHY}
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"successor_id": body["id"]}, ("/successor_id", "successor-itself")),
        ({"successor_id": young["id"]}, ("/successor_id", "successor-not-formed")),
        ({"successor_id": "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"}, ("/successor_id", "successor-unknown")),
        ({"on": "2025-11-09"}, ("/on", "too-early")),
        ({"on": "2026-03-16"}, ("/on", "in-the-future")),
    ]
    for changes, fault in wrong:
        assert fault in faults(await step(circle.officer, body, "merger", merger | changes, NETWORKS)), changes
    body = await take(circle.officer, body, "merger", merger, NETWORKS)
    assert (body["status"], body["successor_id"], body["ended_on"]) == ("digabung", successor["id"], "2026-03-01")
    assert body["active"] == [{"since": "2025-12-01", "until": "2026-03-01"}]
    successor = await circle.now(successor)
    assert successor["absorbed"] == [{"network_id": body["id"], "merged_on": "2026-03-01"}]
    assert (await told(circle.house, successor["id"]))[-1] == (successor["sequence"], "absorbed")
    again = await step(circle.officer, successor, "merger", {**merger, "successor_id": body["id"]}, NETWORKS)
    assert faults(again) == {("/successor_id", "successor-not-formed")}
    audited = await circle.house.fetch(
        "registry", "SELECT after FROM audit_entry WHERE record_id = $1 AND action = 'absorbed'", successor["id"]
    )
    assert "absorbed" in audited[0]["after"]


async def test_a_successor_that_the_caller_may_not_see_is_answered_like_none(circle: Circle) -> None:
    over = record(await circle.over.post("/v1/networks", json=network(territory=[{"village": VILLAGE_OVER}])), 201)
    body = await circle.formed()
    merger = {"successor_id": over["id"], "on": "2026-03-01", **WHY}
    before = await kept(circle.house)
    assert faults(await step(circle.operator, body, "merger", merger, NETWORKS)) == {
        ("/successor_id", "successor-unknown")
    }
    assert await kept(circle.house) == before
