"""The steps of an institution's life: which are possible from where, by whom, on which day, and what they leave."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from shared.clock import SettableClock
from tests.house import House
from tests.registry.institutions import (
    VILLAGE,
    People,
    events,
    faults,
    problem,
    record,
    step,
    stored,
    take,
)

BODIES: dict[str, dict[str, Any] | None] = {
    "submission": None,
    "review": None,
    "verification": None,
    "return": {"reason": "Belum lengkap"},
    "rejection": {"reason": "Tidak ada"},
    "dormancy": {"since": "2026-01-01", "reason": "Pengurus pindah"},
    "reactivation": {"on": "2026-02-01", "reason": "Pengurus baru"},
    "closure": {"on": "2026-03-01", "reason": "Bubar"},
    "reopening": {"on": "2026-03-02", "reason": "Dibuka lagi"},
    "voiding": {"reason": "Salah input"},
    "merger": {"successor_id": "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e70", "on": "2026-03-01", "reason": "Bergabung"},
}
POSSIBLE = {
    "draf": {"submission", "dormancy", "closure", "voiding"},
    "diajukan": {"review", "return", "voiding"},
    "diperiksa_kecamatan": {"verification", "return", "rejection", "voiding"},
    "terverifikasi": {"dormancy", "closure", "merger", "voiding"},
    "dikembalikan": {"submission", "dormancy", "closure", "voiding"},
    "ditolak": {"voiding"},
}


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def _at(people: People, verification: str) -> dict[str, Any]:
    makers = {
        "draf": people.registered, "diajukan": people.submitted, "diperiksa_kecamatan": people.reviewed,
        "terverifikasi": people.verified, "dikembalikan": people.returned, "ditolak": people.rejected,
    }  # fmt: skip
    return await makers[verification]()


async def test_the_way_to_verification_and_its_events_in_order(people: People) -> None:
    body = await people.verified()
    assert (body["verification"], body["sequence"]) == ("terverifikasi", 4)
    told = await events(people.house, body["id"])
    assert [(event["sequence"], event["type"].split(".")[2]) for event in told] == [
        (1, "registered"), (2, "submitted"), (3, "reviewed"), (4, "verified"),
    ]  # fmt: skip


async def test_a_returned_record_is_corrected_and_submitted_again(people: People) -> None:
    body = await take(people.operator, await people.returned(), "submission", {"reason": "Sudah dilengkapi"})
    assert body["verification"] == "diajukan"


@pytest.mark.parametrize("verification", POSSIBLE)
async def test_each_state_allows_its_steps_and_refuses_the_others_by_name(people: People, verification: str) -> None:
    body = await _at(people, verification)
    before = await stored(people.house)
    for name in BODIES.keys() - POSSIBLE[verification]:
        refused = problem(await step(people.officer, body, name, BODIES[name]), 409, "wrong-state")
        assert refused["state"]["verification"] == verification
        assert set(refused["possible_steps"]) == POSSIBLE[verification]
        assert f"«{verification}»" in refused["detail"]
    assert await stored(people.house) == before
    for name in sorted(POSSIBLE[verification] - {"merger"}):  # test_merger.py: it needs a successor
        body = await _at(people, verification)
        record(await step(people.officer, body, name, BODIES[name]))


async def test_nothing_is_possible_with_a_voided_record(people: People) -> None:
    body = await take(people.operator, await people.registered(), "voiding", BODIES["voiding"])
    assert body["voided"]
    assert record(await people.operator.get(f"/v1/institutions/{body['id']}"))["voided"]
    for name, content in BODIES.items():
        refused = problem(await step(people.officer, body, name, content), 409, "wrong-state")
        assert refused["possible_steps"] == []


async def test_operation_allows_only_what_follows_from_it(people: People) -> None:
    body = await people.verified()
    assert problem(await step(people.officer, body, "reactivation", BODIES["reactivation"]), 409, "wrong-state")
    body = await take(people.officer, body, "dormancy", BODIES["dormancy"])
    for name in ("dormancy", "reopening"):
        refused = problem(await step(people.officer, body, name, BODIES[name]), 409, "wrong-state")
        assert refused["possible_steps"] == ["reactivation", "closure", "merger", "voiding"]
    body = await take(people.officer, body, "closure", BODIES["closure"])
    for name in ("dormancy", "reactivation", "closure"):
        assert problem(await step(people.officer, body, name, BODIES[name]), 409, "wrong-state")


async def test_a_step_is_meant_for_the_version_that_was_read(people: People) -> None:
    body = await people.registered()
    address = f"/v1/institutions/{body['id']}/submission"
    problem(await people.operator.post(address), 428, "etag-required")
    before = await stored(people.house)
    stale = await people.operator.post(address, headers={"If-Match": '"7"'})
    problem(stale, 412, "stale-etag")
    assert stale.headers["ETag"] == '"1"'
    assert await stored(people.house) == before


WRONG: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    ("return", {}, ("/reason", "missing")),
    ("return", {"reason": " "}, ("/reason", "string-too-short")),
    ("closure", {"on": "2026-03-01"}, ("/reason", "missing")),
    ("closure", {"reason": "Bubar"}, ("/on", "missing")),
    ("closure", {"on": "kemarin", "reason": "Bubar"}, ("/on", "date-malformed")),
    ("closure", {"on": "2026-03-16", "reason": "Bubar"}, ("/on", "in-the-future")),
    ("closure", {"on": "2020-02-01", "reason": "Bubar"}, ("/on", "too-early")),
    ("dormancy", {"since": "2026-03-16", "reason": "Sepi"}, ("/since", "in-the-future")),
    ("dormancy", {"since": "2020-01-31", "reason": "Sepi"}, ("/since", "too-early")),
    ("dormancy", {"since": "2026-01-01", "reason": "Sepi", "until": "2026-02-01"}, ("/until", "extra-forbidden")),
    ("voiding", {"reason": "x" * 501}, ("/reason", "string-too-long")),
    ("voiding", {"reason": "abc\u0000"}, ("/reason", "control-character")),
    ("submission", {"note": "x"}, ("/note", "extra-forbidden")),
]


async def test_a_wrong_body_of_a_step_is_named_and_nothing_is_stored(people: People) -> None:
    subject = await people.registered()
    before = await stored(people.house)
    for name, body, fault in WRONG:
        assert fault in faults(await step(people.officer, subject, name, body)), (name, body)
    assert await stored(people.house) == before


async def test_closing_a_dormant_institution_keeps_the_gap_and_reopening_begins_a_new_spell(people: People) -> None:
    body = await take(people.officer, await people.verified(), "dormancy", {"since": "2024-05-01", "reason": "Sepi"})
    assert (body["operation"], body["active"]) == ("vakum", [{"since": "2020-02-01", "until": "2024-05-01"}])
    assert faults(await step(people.officer, body, "closure", {"on": "2024-04-30", "reason": "Bubar"})) == {
        ("/on", "too-early")
    }
    body = await take(people.officer, body, "closure", {"on": "2025-01-01", "reason": "Bubar"})
    assert (body["operation"], body["closed_on"]) == ("tutup", "2025-01-01")
    assert body["active"] == [{"since": "2020-02-01", "until": "2024-05-01"}]
    assert faults(await step(people.officer, body, "reopening", {"on": "2024-12-31", "reason": "Dibuka"})) == {
        ("/on", "too-early")
    }
    reopened = await take(people.officer, body, "reopening", {"on": "2026-01-10", "reason": "Pengurus baru"})
    assert (reopened["id"], reopened["operation"], reopened["closed_on"]) == (body["id"], "aktif", None)
    assert reopened["active"] == [
        {"since": "2020-02-01", "until": "2024-05-01"}, {"since": "2026-01-10", "until": None},
    ]  # fmt: skip


async def test_reactivation_on_the_day_it_went_dormant_leaves_no_seam(people: People) -> None:
    body = await take(people.operator, await people.registered(), "dormancy", BODIES["dormancy"])
    body = await take(people.operator, body, "reactivation", {"on": "2026-01-01", "reason": "Keliru"})
    assert body["active"] == [{"since": "2020-02-01", "until": None}]


async def test_today_is_the_villages_day(people: People, clock: SettableClock) -> None:
    body = await people.registered()
    clock.instant = datetime(2026, 3, 15, 17, 30, tzinfo=UTC)  # half past midnight of the 16th on Java
    record(await step(people.operator, body, "closure", {"on": "2026-03-16", "reason": "Bubar"}))


async def test_history_names_what_who_when_and_why(people: People, clock: SettableClock) -> None:
    body = await people.reviewed()
    clock.instant = datetime(2026, 3, 20, 3, tzinfo=UTC)
    body = await take(people.officer, body, "return", {"reason": "Lampirkan berita acara"})
    history = record(await people.operator.get(f"/v1/institutions/{body['id']}/history"))
    entries: list[dict[str, Any]] = history["items"] if isinstance(history, dict) else history
    assert [entry["sequence"] for entry in entries] == [1, 2, 3, 4]
    assert entries[0]["changes"]["name"] == {"before": None, "after": "Arisan Melati"}
    last = entries[-1]
    assert (last["type"], last["by"]) == ("registry.institution.returned.v1", "regency-officer@32.04")
    assert last["reason"] == "Lampirkan berita acara"
    assert last["at"] == "2026-03-20T03:00:00Z"
    assert last["changes"] == {"verification": {"before": "diperiksa_kecamatan", "after": "dikembalikan"}}


async def test_an_institutions_operator_keeps_its_own_record_and_sees_no_other(people: People) -> None:
    own, other = await people.registered(), await people.registered(name="Arisan Mawar")
    keeper: httpx.AsyncClient = people.house.client(
        "registry", "institution-operator", VILLAGE, institution=own["id"], sub="pengurus"
    )
    assert (await take(keeper, own, "submission"))["verification"] == "diajukan"
    problem(await step(keeper, other, "submission"), 404, "not-found")
    problem(await keeper.get(f"/v1/institutions/{other['id']}"), 404, "not-found")
    listed = record(await keeper.get("/v1/institutions?count=true"))
    assert ([item["id"] for item in listed["items"]], listed["count"]) == ([own["id"]], 1)


async def test_people_of_another_area_are_told_that_there_is_no_such_record(people: People) -> None:
    body = await people.reviewed()
    for role, area in (
        ("village-operator", "32.04.05.2002"),
        ("regency-officer", "31.71"),
        ("district-facilitator", "32.04.06"),
    ):
        stranger = people.house.client("registry", role, area)
        names = ("submission", "voiding") if role == "village-operator" else tuple(BODIES)
        for name in names:
            problem(await step(stranger, body, name, BODIES[name]), 404, "not-found")
