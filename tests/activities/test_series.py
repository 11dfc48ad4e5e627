"""Recurring activities over HTTP: begun, each occurrence on its own, described otherwise, another rule, ended, voided."""

from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from tests.activities.recurring import WHY, Recurring, every
from tests.activities.world import HERE, NEXT_DISTRICT, NEXT_VILLAGE, faults

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUNDAYS = every("2026-03-15", 7, "2027-03-14")


@pytest_asyncio.fixture(loop_scope="module")
async def recurring(recurring_house: Recurring) -> Recurring:
    """The same, on 15 March 2026."""
    recurring_house.on("2026-03-15")
    return recurring_house


async def test_occurrences_are_planned_for_the_coming_year_and_dates_are_told_beyond(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY", title="Arisan Sore")
    assert (series["made"], series["made_through"]) == (53, "2027-03-15")
    assert series["next_dates"] == SUNDAYS[:5]
    found = await recurring.occurrences(series)
    assert [one["on"] for one in found if one["activity_id"]] == SUNDAYS
    assert all(one["given"] for one in found)
    assert (found[53]["on"], found[53]["status"], found[53]["sequence"]) == ("2027-03-21", None, 0)
    activity = (await recurring.world.client().get(f"/v1/activities/{found[1]['activity_id']}")).json()
    assert (activity["title"], activity["series_id"]) == ("Arisan Sore", series["id"])
    assert (activity["occurrence_on"], activity["plan"]["planned_from"]) == ("2026-03-22", "2026-03-22")
    assert activity["plan_versions"] == [
        {"planned_from": "2026-03-22", "planned_until": "2026-03-22", "recorded_on": "2026-03-15"}
    ]
    events = await recurring.world.events(activity["id"])
    assert [(event["type"], event["occurrence_on"]) for event in events] == [("planned", "2026-03-22")]
    (begun,) = await recurring.world.events(series["id"])
    assert begun["rules"] == [{"rule": "FREQ=WEEKLY", "starts_on": "2026-03-15", "days": 1}]


async def test_the_31st_of_every_month_is_answered_with_the_rule_as_understood_and_a_warning(
    recurring: Recurring,
) -> None:
    series = await recurring.begun("FREQ=MONTHLY;COUNT=4", "2026-01-31", days=2)
    assert series["rules"][0]["rule"] == "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4"
    assert [warning["code"] for warning in series["warnings"]] == ["rule-to-last-day"]
    # What lies before the day on which it was told is not planned; it counts for COUNT.
    found = await recurring.occurrences(series)
    assert [(one["planned_from"], one["planned_until"]) for one in found] == [
        ("2026-03-31", "2026-04-01"), ("2026-04-30", "2026-05-01"),
    ]  # fmt: skip


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"rule": "FREQ=HOURLY"}, ("/rule", "rule-below-a-day")),
    ({"rule": "FREQ=DAILY;UNTIL=20260314", "starts_on": "2026-03-01"}, ("/rule", "rule-gives-nothing")),
    ({"rule": "FREQ=DAILY;COUNT=5000"}, ("/rule", "rule-gives-too-many")),
    ({"starts_on": "2020-01-01"}, ("/starts_on", "too-early")),
    ({"days": 0}, ("/days", "greater-than-equal")),
    ({"lead_institution_id": str(UUID(int=5))}, ("/lead_institution_id", "institution-unknown")),
    ({"programme_id": str(UUID(int=5))}, ("/programme_id", "programme-unknown")),
    ({"village": "32.04.05.2999"}, ("/village", "region-unknown")),
    ({"plan": {}}, ("/plan", "extra-forbidden")),
]


async def test_what_is_wrong_with_a_series_is_named_and_nothing_is_stored(recurring: Recurring) -> None:
    before = await recurring.world.stored()
    for changes, fault in REFUSED:
        answer = await recurring.world.client().post("/v1/series", json=recurring.body("FREQ=WEEKLY") | changes)
        assert answer.status_code == 422, answer.text
        assert faults(answer) == [fault]
    assert await recurring.world.stored() == before
    series = await recurring.begun("FREQ=WEEKLY;COUNT=1")
    taken = await recurring.world.client().post("/v1/series", json=recurring.body("FREQ=WEEKLY", id=series["id"]))
    assert taken.json()["type"] == "urn:wahana:problem:id-taken"


async def test_each_occurrence_is_completed_moved_or_skipped_on_its_own(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=5")
    assert (await recurring.complete(series, "2026-03-15")).status_code == 200
    assert (await recurring.move(series, "2026-03-22", "2026-03-24")).status_code == 200
    skipped = await recurring.skip(series, "2026-03-29")
    assert (skipped.status_code, skipped.json()["status"], skipped.json()["reason"]) == (200, "dibatalkan", "Lebaran")
    found = await recurring.occurrences(series)
    assert [(one["on"], one["status"], one["moved"]) for one in found] == [
        ("2026-03-15", "selesai", False), ("2026-03-22", "direncanakan", True), ("2026-03-29", "dibatalkan", False),
        ("2026-04-05", "direncanakan", False), ("2026-04-12", "direncanakan", False),
    ]  # fmt: skip
    events = await recurring.world.events(found[2]["activity_id"])
    assert [event["type"] for event in events] == ["planned", "skipped"]
    for day, sequence in (("2026-03-15", 2), ("2026-03-22", 2), ("2026-03-29", 2)):
        refused = await recurring.skip(series, day, sequence)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:wahana:problem:wrong-state")
    assert (await recurring.skip(series, "2026-04-05", 3)).status_code == 412


async def test_a_day_that_the_rule_does_not_give_is_refused_with_the_nearest(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=5")
    answer = await recurring.skip(series, "2026-03-30", 0)
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:wahana:problem:occurrence-not-given")
    assert answer.json()["nearest"] == ["2026-03-29", "2026-04-05"]
    assert (await recurring.skip(series, "2026-05-01", 0)).json()["nearest"] == ["2026-04-12"]


async def test_a_date_beyond_what_is_made_is_skipped_ahead_and_not_planned_later(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=17")
    assert (await recurring.skip(series, "2027-08-17", 1)).status_code == 412
    assert (await recurring.skip(series, "2027-08-17", 0)).json()["status"] == "dibatalkan"
    recurring.on("2026-10-01")
    await recurring.keep()
    found = [(one["on"], one["status"]) for one in await recurring.occurrences(series)]
    assert found == [("2026-08-17", "direncanakan"), ("2027-08-17", "dibatalkan")]


async def test_a_new_rule_withdraws_and_plans_what_is_to_come_and_keeps_what_was_touched(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY")
    await recurring.complete(series, "2026-03-15")
    await recurring.move(series, "2026-04-12", "2026-04-14")
    await recurring.skip(series, "2026-04-19")
    told = await recurring.one(series, "2026-04-26")
    await recurring.world.step(told, "change", {"objective": "Pembicara tamu"})
    recurring.on("2026-03-22")
    early = await recurring.step(series, "rule-change", {"rule": "FREQ=WEEKLY", "starts_on": "2026-03-22"} | WHY)
    assert faults(early) == [("/starts_on", "too-early")]
    changed = await recurring.stepped(
        series, "rule-change", {"rule": "FREQ=WEEKLY;BYDAY=SU,WE", "starts_on": "2026-04-10"} | WHY
    )
    assert (changed["withdrawn"], changed["made"]) == (0, 50)
    fewer = await recurring.stepped(
        changed, "rule-change", {"rule": "FREQ=MONTHLY;BYDAY=1SU", "starts_on": "2026-04-06"} | WHY
    )
    assert [rule["rule"] for rule in fewer["rules"]] == ["FREQ=WEEKLY", "FREQ=MONTHLY;BYDAY=1SU"]
    found = await recurring.occurrences(series)
    assert [(one["on"], one["status"], one["given"]) for one in found][:9] == [
        ("2026-03-15", "selesai", True), ("2026-03-22", "direncanakan", True), ("2026-03-29", "direncanakan", True),
        ("2026-04-05", "direncanakan", True), ("2026-04-12", "direncanakan", False), ("2026-04-19", "dibatalkan", False),
        ("2026-04-26", "direncanakan", False), ("2026-05-03", "direncanakan", True), ("2026-06-07", "direncanakan", True),
    ]  # fmt: skip
    history = (await recurring.world.client().get(f"/v1/series/{series['id']}/history")).json()
    assert [entry["type"].split(".")[2] for entry in history] == ["begun", "rule_changed", "rule_changed"]


async def test_a_plan_that_its_rule_takes_away_is_withdrawn_and_planned_anew_if_the_rule_gives_it_again(
    recurring: Recurring,
) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=6")
    gone = (await recurring.one(series, "2026-04-05"))["id"]
    mistaken = await recurring.one(series, "2026-04-12")
    await recurring.world.step(mistaken, "voiding", {"reason": "Salah catat"})
    changed = await recurring.stepped(
        series, "rule-change", {"rule": "FREQ=MONTHLY;COUNT=1", "starts_on": "2026-03-29"} | WHY
    )
    assert await recurring.open(series) == ["2026-03-15", "2026-03-22", "2026-03-29"]
    events = await recurring.world.events(gone)
    assert [(event["type"], event["voided"]) for event in events] == [("planned", False), ("withdrawn", True)]
    (_, last) = (await recurring.world.client().get(f"/v1/activities/{gone}/history")).json()
    assert last["reason"] == WHY["reason"]
    again = await recurring.stepped(
        changed, "rule-change", {"rule": "FREQ=WEEKLY;COUNT=4", "starts_on": "2026-03-29"} | WHY
    )
    assert again["made"] == 3
    assert (await recurring.one(series, "2026-04-05"))["id"] != gone


async def test_a_rule_of_the_same_dates_leaves_what_somebody_voided_alone(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=4")
    await recurring.world.step(await recurring.one(series, "2026-03-29"), "voiding", {"reason": "Salah catat"})
    same = {"rule": "FREQ=WEEKLY;COUNT=3", "starts_on": "2026-03-22"} | WHY
    assert (await recurring.stepped(series, "rule-change", same))["made"] == 0
    assert (await recurring.one(series, "2026-03-29"))["voided"] is True
    await recurring.keep()
    assert await recurring.open(series) == ["2026-03-15", "2026-03-22", "2026-04-05"]


async def test_an_occurrence_that_was_given_resources_stays(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=3")
    given = {"source": "iuran", "form": "tunai", "value": 50_000, "received_on": "2026-03-15"}
    one = (await recurring.one(series, "2026-03-22"))["id"]
    answer = await recurring.world.client().post("/v1/resources", json={"activity_id": one, **given})
    assert answer.status_code == 201, answer.text
    ended = await recurring.stepped(series, "ending", {"on": "2026-03-16"} | WHY)
    assert ended["withdrawn"] == 1
    assert await recurring.open(series) == ["2026-03-15", "2026-03-22"]


async def test_longer_occurrences_take_the_place_of_shorter_ones(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=3")
    longer = {"rule": "FREQ=WEEKLY;COUNT=2", "starts_on": "2026-03-22", "days": 2} | WHY
    changed = await recurring.stepped(series, "rule-change", longer)
    assert (changed["withdrawn"], changed["made"]) == (2, 2)
    assert (await recurring.one(series, "2026-03-29"))["planned_until"] == "2026-03-30"


async def test_a_new_description_reaches_what_is_to_come_and_nobody_touched(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=5")
    own = await recurring.one(series, "2026-04-05")
    await recurring.world.step(own, "change", {"title": "Arisan besar"})
    changed = await recurring.stepped(series, "change", {"title": "Arisan Melati", "village": NEXT_VILLAGE})
    assert (changed["title"], changed["village"]) == ("Arisan Melati", NEXT_VILLAGE)

    async def told(day: str) -> tuple[str, str]:
        one = await recurring.one(series, day)
        activity = (await recurring.world.client(area="32.04").get(f"/v1/activities/{one['id']}")).json()
        return activity["title"], activity["village"]

    assert await told("2026-03-15") == ("Arisan Mawar", HERE)
    assert await told("2026-03-22") == await told("2026-04-12") == ("Arisan Melati", NEXT_VILLAGE)
    assert await told("2026-04-05") == ("Arisan besar", HERE)
    assert (await recurring.stepped(changed, "change", {"title": "Arisan Melati"}))["sequence"] == changed["sequence"]
    refused = await recurring.step(changed, "change", {"lead_institution_id": str(UUID(int=6))})
    assert faults(refused) == [("/lead_institution_id", "institution-unknown")]
    assert (await recurring.step(series, "change", {"title": "Lain"})).status_code == 412
    # What follows from now on follows the new description too.
    again = await recurring.stepped(changed, "change", {"title": "Arisan Anggrek"})
    assert (await told("2026-03-22"))[0] == "Arisan Anggrek"
    assert again["sequence"] == 3


async def test_a_series_ends_from_a_day_on_and_begins_no_more(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY")
    await recurring.move(series, "2026-05-03", "2026-05-05")
    ended = await recurring.stepped(series, "ending", {"on": "2026-04-05"} | WHY)
    assert (ended["ended_on"], ended["withdrawn"], ended["next_dates"][-1]) == ("2026-04-05", 49, "2026-03-29")
    assert await recurring.open(series) == ["2026-03-15", "2026-03-22", "2026-03-29", "2026-05-03"]
    recurring.on("2027-03-01")
    await recurring.keep()
    assert len(await recurring.occurrences(series)) == 4
    for name, body in (
        ("ending", {"on": "2026-05-01"}),
        ("rule-change", {"rule": "FREQ=DAILY", "starts_on": "2027-04-01"}),
    ):
        refused = await recurring.step(ended, name, body | WHY)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:wahana:problem:series-over")


async def test_an_entry_error_takes_its_plans_along_unless_one_was_touched(recurring: Recurring) -> None:
    touched = await recurring.begun("FREQ=WEEKLY;COUNT=3")
    refused = await recurring.step(touched, "voiding", WHY)
    assert (refused.status_code, refused.json()["occurrences"]) == (409, 1)
    series = await recurring.begun("FREQ=WEEKLY;COUNT=3", "2026-03-22")
    voided = await recurring.stepped(series, "voiding", WHY)
    assert (voided["voided"], voided["withdrawn"], voided["next_dates"]) == (True, 3, [])
    assert await recurring.open(series) == []
    assert (await recurring.skip(series, "2026-04-12", 0)).status_code == 404


async def test_occurrences_belong_to_the_programme_of_their_year_alone(recurring: Recurring) -> None:
    plan = {"owner": {"organisation": "institution", "id": str(recurring.world.lead)}, "year": 2026, "title": "Rutin"}
    programme = (await recurring.world.client().post("/v1/programmes", json=plan)).json()
    series = await recurring.begun("FREQ=MONTHLY;BYMONTHDAY=15", programme_id=programme["id"])
    progress = (await recurring.world.client().get(f"/v1/programmes/{programme['id']}/progress")).json()
    assert (series["made"], progress["activities"]["planned"]) == (13, 10)
    headers = {"If-Match": '"1"'}
    voiding = await recurring.world.client().post(
        f"/v1/programmes/{programme['id']}/voiding", json={"reason": "Salah catat"}, headers=headers
    )
    assert (voiding.status_code, voiding.json()["activities"], voiding.json()["series"]) == (409, 10, 1)
    # An occurrence without the programme is untouched all the same.
    ended = await recurring.stepped(series, "ending", {"on": "2026-03-16"} | WHY)
    assert ended["withdrawn"] == 12


async def test_a_series_is_seen_where_it_is_held_and_changed_from_where_it_is_led(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=WEEKLY;COUNT=2", village=NEXT_DISTRICT, title="Lumbung Bersama")
    address, body = f"/v1/series/{series['id']}", {"title": "Lain"}
    there, elsewhere = recurring.world.client(area=NEXT_DISTRICT), recurring.world.client(area=NEXT_VILLAGE)
    own = recurring.world.client("institution-operator", HERE, institution=str(recurring.world.lead))
    foreign = recurring.world.client("institution-operator", HERE, institution=str(recurring.world.helper))
    for client, status in ((there, 200), (own, 200), (elsewhere, 404), (foreign, 404)):
        for path in ("", "/history", "/occurrences"):
            assert (await client.get(f"{address}{path}")).status_code == status
        listed = (await client.get("/v1/series", params={"q": "lumbung bersama"})).json()["items"]
        assert [one["id"] for one in listed] == ([series["id"]] if status == 200 else [])
    for client, status in ((there, 403), (elsewhere, 404), (foreign, 404), (own, 200)):
        assert (await client.patch(address, json=body, headers={"If-Match": '"1"'})).status_code == status
    narrowed = await there.get(
        "/v1/series", params={"region": "32.04.06", "kind": "simpan_pinjam", "sort": "-changed_at"}
    )
    assert series["id"] in [one["id"] for one in narrowed.json()["items"]]


async def test_the_list_of_dates_is_read_on_from_where_it_stopped(recurring: Recurring) -> None:
    series = await recurring.begun("FREQ=DAILY")
    address, seen, since = f"/v1/series/{series['id']}/occurrences", [], "2026-03-20"
    while since:
        page = (
            await recurring.world.client().get(address, params={"from": since, "until": "2026-04-20", "limit": 7})
        ).json()
        seen += [one["on"] for one in page["items"]]
        since = page["next"]
    assert seen == every("2026-03-20", 1, "2026-04-20")
