"""The change feed, and the relay that gives it its order."""

from typing import Any

import httpx
from aiokafka.structs import TopicPartition

from services.registry.regions import identity, table
from shared import database, kafka, outbox
from shared.events import envelope
from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    REGENCY,
    VILLAGE,
    VILLAGE_OVER,
    People,
    faults,
    patched,
    problem,
    record,
    registration,
)
from tests.registry.regions import AT, load

REGIONS = "registry.region.v1"
INSTITUTIONS = "registry.institution.v1"
DESA = table.row("32.04.05.2001", "Cileunyi Kulon")


async def all_events(client: httpx.AsyncClient, **parameters: Any) -> list[dict[str, Any]]:
    """The feed from its beginning to its end."""
    events: list[dict[str, Any]] = []
    after = 0
    while True:
        answer = record(await client.get("/v1/events", params={**parameters, "after": after, "limit": 30}))
        if not answer["items"]:
            assert answer["next"] >= after
            return events
        events += answer["items"]
        after = answer["next"]


async def registered(house: House, village: str) -> str:
    """The id of an institution that was registered in a village."""
    client = house.client("registry", "village-operator", village)
    body = record(await client.post("/v1/institutions", json=registration(village=village)), 201)
    return str(body["id"])


async def test_the_feed_tells_every_event_once_in_the_order_of_gap_free_positions(registry: House) -> None:
    here = await registered(registry, VILLAGE)
    await load(registry, [DESA._replace(name="Cileunyi Lor")])
    await registry.caught_up()
    events = await all_events(registry.client("registry"))
    rows = await registry.fetch("registry", "SELECT * FROM outbox ORDER BY id")
    assert [event["position"] for event in events] == list(range(1, len(rows) + 1))
    assert [event["id"] for event in events] == [str(row["event_id"]) for row in rows]
    first = events[0]
    assert (first["source"], first["type"], first["sequence"]) == ("registry", "registry.region.loaded.v1", 1)
    assert first["dataschema"] == "urn:wahana:schema:registry.region.v1"
    assert {first["subject"], first["data"]["name"]} == {str(identity.region_id("ID")), "Indonesia"}
    assert [(e["type"], e["sequence"]) for e in events if e["subject"] == str(identity.region_id(DESA.code))] == [
        ("registry.region.loaded.v1", 1),
        ("registry.region.renamed.v1", 2),
    ]
    assert here in {event["subject"] for event in events}


async def test_the_feed_holds_only_institutions_of_the_callers_area(registry: House) -> None:
    here, elsewhere = await registered(registry, VILLAGE), await registered(registry, ELSEWHERE)
    await registry.caught_up()
    for role, area, visible in (
        ("village-operator", VILLAGE, {here}),
        ("district-facilitator", DISTRICT, {here}),
        ("village-operator", "32.04.05.2002", set()),
        ("regency-officer", "31.71", {elsewhere}),
        ("integration", "ID", {here, elsewhere}),
    ):
        client = registry.client("registry", role, area)
        events = await all_events(client)
        assert {event["subject"] for event in events if ".institution." in event["type"]} == visible, area
        assert {e["subject"] for e in await all_events(client, type=INSTITUTIONS)} == visible
        regions = await all_events(client, type=REGIONS)
        assert len(regions) == len([event for event in events if ".region." in event["type"]]) > 0
        assert all(event["type"].startswith("registry.region.") for event in regions)


async def test_the_area_that_a_record_leaves_is_told_so_and_nothing_after(registry: House) -> None:
    people = People(registry)
    body = await people.registered()
    mover = registry.client("registry", "regency-officer", REGENCY)
    body = record(await patched(mover, body, {"village": VILLAGE_OVER}))
    record(await patched(mover, body, {"name": "Arisan Baru"}))
    await registry.caught_up()
    old = await all_events(registry.client("registry", "village-operator", VILLAGE), type=INSTITUTIONS)
    new = await all_events(registry.client("registry", "village-operator", VILLAGE_OVER), type=INSTITUTIONS)
    assert [event["sequence"] for event in old] == [1, 2]
    assert old[-1]["data"]["seats"][-1]["village_id"] == str(identity.region_id(VILLAGE_OVER))
    assert [event["sequence"] for event in new] == [2, 3]


async def test_a_caller_who_may_see_nothing_need_not_scan_the_feed_again(registry: House) -> None:
    await registered(registry, ELSEWHERE)
    await registry.caught_up()
    client = registry.client("registry", "village-operator", "32.04.05.2002")
    answer = record(await client.get("/v1/events", params={"type": INSTITUTIONS}))
    (newest,) = await registry.fetch("registry", "SELECT max(feed_position) AS position FROM outbox")
    assert answer == {"items": [], "next": newest["position"]}


async def test_the_feed_goes_on_after_a_position(registry: House) -> None:
    await registry.caught_up()
    client = registry.client("registry")
    whole = await all_events(client)
    page = record(await client.get("/v1/events", params={"after": 10, "limit": 5}))
    assert (page["items"], page["next"]) == (whole[10:15], 15)


async def test_an_event_is_in_the_feed_only_once_it_is_published(registry: House) -> None:
    await registry.caught_up()
    await registry.stop_worker("registry")
    before = len(await all_events(registry.client("registry")))
    await load(registry, [DESA._replace(name="Cileunyi Lor")])
    assert len(await all_events(registry.client("registry"))) == before
    await registry.start_worker("registry")
    await registry.caught_up()
    assert [event["data"]["name"] for event in (await all_events(registry.client("registry")))[before:]] == [
        "Cileunyi Lor"
    ]


async def test_the_feed_needs_a_token_and_its_right(registry: House) -> None:
    async with httpx.AsyncClient(base_url=registry.url("registry"), trust_env=False) as nobody:
        problem(await nobody.get("/v1/events"), 401, "unauthorized")
    for role in ("public", "institution-operator"):
        problem(await registry.client("registry", role, "ID").get("/v1/events"), 403, "forbidden")


async def test_a_wrong_parameter_of_the_feed_is_named(registry: House) -> None:
    client = registry.client("registry")
    for parameter, value, slug, code in (
        ("since", "1", "unknown-parameter", "unknown-parameter"),
        ("type", "registry.weather.v1", "bad-request", "enum"),
        ("after", "-1", "bad-request", "greater-than-equal"),
        ("limit", "201", "bad-request", "less-than-equal"),
    ):
        answer = await client.get("/v1/events", params={parameter: value})
        assert faults(answer, 400, slug) == {(parameter, code)}


async def published(house: House, topic: str) -> list[envelope.Event]:
    """Every message of a topic, partition by partition."""
    settings = house.settings("registry")
    name = kafka.full_name(settings, topic)
    consumer = kafka.consumer(settings, None)
    await consumer.start()
    try:
        partitions = [TopicPartition(name, number) for number in range(kafka.PARTITIONS)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[envelope.Event] = []
        while len(found) < sum(ends.values()):
            for messages in (await consumer.getmany(timeout_ms=200)).values():
                found += [envelope.read(message.headers, message.value) for message in messages]
        return found
    finally:
        await consumer.stop()


async def test_the_relay_publishes_each_subjects_events_in_order_and_marks_them(registry: House) -> None:
    for name in ("Satu", "Dua", "Tiga"):
        await load(registry, [DESA._replace(name=name)])
    await registry.caught_up()
    messages = await published(registry, REGIONS)
    mine = [message for message in messages if message.subject == identity.region_id(DESA.code)]
    assert [message.sequence for message in mine] == [1, 2, 3, 4]
    rows = await registry.fetch("registry", "SELECT * FROM outbox ORDER BY id")
    assert [row["pending"] for row in rows] == [False] * len(rows)
    assert [row["feed_position"] for row in rows] == list(range(1, len(rows) + 1))
    assert sorted(message.id for message in messages) == sorted(row["event_id"] for row in rows)
    texts = {row["event_id"]: row["data"] for row in rows}
    assert all(message.data.decode() == texts[message.id] for message in messages)


async def test_republishing_sends_the_newest_state_of_each_subject_again_and_keeps_positions(registry: House) -> None:
    await load(registry, [DESA._replace(name="Cileunyi Lor")])
    await registry.caught_up()
    before = await registry.fetch("registry", "SELECT id, event_id, feed_position FROM outbox ORDER BY id")
    sent = len(await published(registry, REGIONS))
    subjects = sent - 1
    engine = database.open_engine(registry.settings("registry"), pool_size=1)
    for again in (1, 2):
        async with database.transaction(database.sessions(engine)) as session:
            assert await outbox.republish(session, REGIONS) == subjects
        await registry.caught_up()
        messages = await published(registry, REGIONS)
        assert len(messages) == sent + again * subjects
        mine = [message.sequence for message in messages if message.subject == identity.region_id(DESA.code)]
        assert mine == [1, 2] + [2] * again
    await engine.dispose()
    assert await registry.fetch("registry", "SELECT id, event_id, feed_position FROM outbox ORDER BY id") == before


async def test_the_metrics_tell_how_much_is_not_published_and_for_how_long(registry: House) -> None:
    await registry.caught_up()
    await registry.stop_worker("registry")
    client = registry.client("registry")
    assert "wahana_outbox_pending_events 0.0" in (await client.get("/metrics")).text
    await load(registry, [DESA._replace(name="Satu")], AT)
    await load(registry, [DESA._replace(name="Dua")], AT)
    registry.clock.instant = AT.replace(minute=AT.minute + 2)
    told = (await client.get("/metrics")).text
    assert "wahana_outbox_pending_events 2.0" in told
    assert "wahana_outbox_oldest_pending_seconds 120.0" in told
