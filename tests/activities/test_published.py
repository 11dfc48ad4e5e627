"""What leaves activities: valid events in the order of their versions, republished on demand, and honest metrics."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from aiokafka.structs import TopicPartition
from alembic import command
from alembic.config import Config
from typer.testing import CliRunner

import shared.events
from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities import cli
from shared import kafka, migrations
from shared.clock import SettableClock
from shared.events.activities import Activity
from tests.activities.world import COMPLETION, World
from tests.house import House, until

SCHEMA = json.loads((Path(shared.events.__file__).parent / "schemas" / f"{Activity.topic()}.json").read_text())


async def _messages(house: House) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
    """Key, headers and data of everything on the topic, partition by partition in order."""
    settings = house.settings("activities")
    topic = kafka.full_name(settings, Activity.topic())
    partitions = [TopicPartition(topic, number) for number in range(kafka.PARTITIONS)]
    consumer = kafka.consumer(settings, None)
    await consumer.start()
    try:
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        while len(found) < sum(ends.values()):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                found += [
                    (m.key.decode(), {name: raw.decode() for name, raw in m.headers}, json.loads(m.value))
                    for m in batch
                ]
        return found
    finally:
        await consumer.stop()


async def _all_published(world: World) -> None:
    async def nothing_pending() -> bool:
        return not (await world.house.fetch("activities", "SELECT count(*) AS n FROM outbox WHERE pending"))[0]["n"]

    await until(nothing_pending, "the outbox is published")


async def test_events_are_valid_and_in_the_order_of_their_versions(world: World) -> None:
    async def life(number: int) -> str:
        made = await world.posted(world.planned(title=f"Kegiatan {number}", target_group={"ppks_kinds": ["LUT"]}))
        brought = {"planned_from": "2026-03-01", "planned_until": "2026-03-02"}
        moved = (await world.step(made, "rescheduling", brought)).json()
        done = (await world.step(moved, "completion", COMPLETION)).json()
        fixed = (await world.step(done, "correction", {"reason": "Salah", "title": "Benar"})).json()
        await world.step(fixed, "voiding", {"reason": "Salah input"})
        return str(made["id"])

    ids = await asyncio.gather(*(life(number) for number in range(5)))
    await _all_published(world)
    sequences: dict[str, list[int]] = {}
    for key, headers, data in await _messages(world.house):
        jsonschema.validate(data, SCHEMA)
        assert headers["ce_subject"] == key
        assert headers["ce_dataschema"] == "urn:wahana:schema:activities.activity.v1"
        sequences.setdefault(key, []).append(int(headers["ce_sequence"]))
    assert sequences == {identity: [1, 2, 3, 4, 5] for identity in ids}
    feed = (await world.client().get("/v1/events")).json()["items"]
    assert [item["position"] for item in feed] == list(range(1, 26))


async def test_republish_sends_the_newest_state_of_each_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await world.posted(world.planned())
    await world.step(made, "change", {"title": "Baru"})
    await _all_published(world)
    for name, value in world.house.environment("activities").items():
        monkeypatch.setenv(name, value)
    result = await asyncio.to_thread(CliRunner().invoke, cli.app, ["republish"])
    assert result.exit_code == 0, result.output
    assert "1 activities" in result.output
    await _all_published(world)
    sequences = [headers["ce_sequence"] for _, headers, _ in await _messages(world.house)]
    assert sequences == ["1", "2", "2"]
    feed = (await world.client().get("/v1/events")).json()["items"]
    assert [(item["position"], item["sequence"]) for item in feed] == [(1, 1), (2, 2)]


async def test_metrics_tell_the_backlog_and_the_age_of_what_registry_said(world: World) -> None:
    await world.house.stop_worker("activities")
    await world.posted(world.planned())
    metrics = (await world.client().get("/metrics")).text
    assert "wahana_outbox_pending_events 1.0" in metrics
    assert "wahana_parked_events 0.0" in metrics
    assert 'wahana_lag_seconds{source="registry"} +Inf' in metrics  # registry's relay never spoke
    assert (await world.client().get("/readyz")).status_code == 200


async def test_the_migration_makes_the_models_and_can_be_taken_back(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> None:
    house = House(servers, templates, issuer, clock, ("activities",), workers=())
    config = migrations.config(house.settings("activities"))
    async with house:
        await _down_and_up(config)


async def _down_and_up(config: Config) -> None:
    await asyncio.to_thread(command.check, config)
    await asyncio.to_thread(command.downgrade, config, "base")
    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.check, config)
