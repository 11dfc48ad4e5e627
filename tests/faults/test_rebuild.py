"""Reporting is rebuilt under load, killed meanwhile and resumed; altered cells are named; a lost topic is healed."""

import asyncio
import contextlib
import shutil
import signal
from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.local.servers import Servers
from shared import kafka
from shared.events.activities import Activity
from shared.kafka import TopicPartition
from tests.faults import oracle
from tests.faults.armed import Open, arm, as_processes, ended
from tests.house import SERVICES, House, until

SAMPLE = "/v1/indicators/LEM-01/values?region=ID&period=2026-03"


async def command(house: House, service: str, words: str) -> tuple[int, str]:
    """Exit code and output of `wahana …`."""
    process = await house.start_process(service, f"services.command {words}")
    return await ended(process), process.log.read_text()


@contextlib.asynccontextmanager
async def answering(house: House) -> AsyncIterator[list[int]]:
    """Reporting is asked all the time; gives the statuses it answered with."""
    statuses: list[int] = []
    client = house.client("reporting")

    async def ask() -> None:
        while True:
            statuses.append((await client.get(SAMPLE)).status_code)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(ask())
    try:
        yield statuses
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.fault("F22")
async def test_a_rebuild_under_load_resumes_after_a_kill_and_swaps_unnoticed(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    (projector,) = await as_processes(house, "reporting")
    await workload.write(80)
    async with workload.running(writers=2), answering(house) as statuses:
        killed = await house.start_process("reporting", "tests.faults.faulty_rebuild")
        assert await ended(killed) == -signal.SIGKILL
        (shadow,) = await house.fetch("reporting", "SELECT sum(next_offset) AS n FROM rebuild.position")
        assert 0 < shadow["n"] < sum((await house.ends()).values()), "killed in the middle"
        code, said = await command(house, "reporting", "rebuild")
        assert code == 0, said
        assert "rebuild.resumes" in said
        await workload.more(20)
    assert set(statuses) == {200}
    assert projector.is_alive
    assert "starts_anew" not in projector.log.read_text()
    await oracle.check(house, workload)


async def test_a_rebuild_names_what_was_altered_by_hand_and_replaces_it_only_when_told(opened: Open) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await workload.write(20)
    await house.caught_up()
    await house.execute(
        "reporting",
        "UPDATE cell_institution SET active = active + 1 WHERE month = (SELECT max(month) FROM cell_institution WHERE active = 1)",
    )
    tampered = await oracle.current_numbers(house)
    code, said = await command(house, "reporting", "rebuild")
    assert code == 1
    assert "cell_institution" in said
    assert await oracle.current_numbers(house) == tampered
    code, said = await command(house, "reporting", "rebuild --replace-differing")
    assert code == 0, said
    await oracle.check(house, workload)


async def recreate(house: House, topic: str) -> None:
    """Deletes a topic and creates it as declared, empty."""
    settings = house.settings("registry")
    name = kafka.full_name(settings, topic)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_topics([name])

        async def gone() -> bool:
            return name not in await admin.list_topics()

        await until(gone, "the topic is gone")

        async def created() -> bool:
            return name in await kafka.create_topics(settings) or name in await admin.list_topics()

        await until(created, "the topic is there again")
    finally:
        await admin.close()


@pytest.mark.fault("F20")
async def test_a_topic_recreated_under_a_running_worker_stops_it_and_republish_and_rebuild_heal_the_numbers(
    opened: Open,
) -> None:
    house, workload = await opened("registry", "activities")
    await as_processes(house, "activities")
    projector, _ = await arm(house, "reporting", "nowhere")
    await workload.write(40)
    await house.caught_up()
    before = await oracle.current_numbers(house)
    await recreate(house, Activity.topic())
    assert await ended(projector) == 1
    assert "our position is outside the topic" in projector.log.read_text()
    again = await house.start_process("reporting")
    assert await ended(again) == 1, "it stays stopped until the rebuild"
    assert await oracle.current_numbers(house) == before, "no number changed"

    code, said = await command(house, "activities", "republish activities")
    assert code == 0, said
    await until(partial(published, house), "activities' events are in the new topic")
    code, said = await command(house, "reporting", "rebuild")
    assert code == 0, said
    assert await oracle.current_numbers(house) == before
    await as_processes(house, "reporting")
    await workload.write(20)
    await oracle.check(house, workload, log_is_whole=False)


@pytest.mark.fault("F20")
async def test_a_topic_recreated_and_refilled_while_no_worker_ran_is_told_by_its_anchor(opened: Open) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await workload.write(20)
    await house.caught_up()
    for service in ("activities", "reporting"):
        await house.stop_worker(service)
    before = await oracle.current_numbers(house)
    await recreate(house, Activity.topic())
    await as_processes(house, "activities")
    while await shorter(house):
        await workload.write(40)
        await until(partial(published, house), "activities' events are in the new topic")
    code, said = await command(house, "activities", "republish activities")
    assert code == 0, said
    await until(partial(published, house), "the older events are in it too")

    projector = await house.start_process("reporting")
    assert await ended(projector) == 1
    assert "the topic was recreated or restored from an older copy" in projector.log.read_text()
    assert await house.fetch("reporting", "SELECT 1 FROM position WHERE topic LIKE '%.activity.v1' AND next_offset > 0")
    assert (await oracle.current_numbers(house))["cell_activity"] == before["cell_activity"], "no number changed"
    code, said = await command(house, "reporting", "rebuild --replace-differing")
    assert code == 0, said
    await as_processes(house, "reporting")
    await oracle.check(house, workload, log_is_whole=False)


async def test_a_worker_that_stands_exactly_at_the_end_of_a_recreated_topic_stops_too(opened: Open) -> None:
    """One event was applied and the topic is empty: reading it again from there, Kafka would just be silent."""
    house, workload = await opened("registry", "activities", "reporting")
    await workload.planned()
    await house.caught_up()
    await house.stop_worker("reporting")
    await recreate(house, Activity.topic())
    projector = await house.start_process("reporting")
    assert await ended(projector) == 1
    assert "ends at 0, we applied what came before 1" in projector.log.read_text()


@pytest.mark.fault("F19")
async def test_records_that_were_deleted_before_they_were_read_stop_the_worker_until_they_are_told_again(
    opened: Open,
) -> None:
    """What it has not read is gone. Kafka would gladly go on behind the gap; the worker does not."""
    house, workload = await opened("registry", "activities", "reporting")
    await workload.write(20)
    await house.caught_up()
    await house.stop_worker("reporting")
    before = await oracle.current_numbers(house)
    await workload.write(40)
    await until(partial(published, house), "activities' events are in Kafka")
    await delete_records(house, Activity.topic())
    projector = await house.start_process("reporting")
    assert await ended(projector) == 1
    assert "our position is outside the topic" in projector.log.read_text()
    assert (await oracle.current_numbers(house))["cell_activity"] == before["cell_activity"], "no number changed"

    code, said = await command(house, "activities", "republish activities")
    assert code == 0, said
    await until(partial(published, house), "activities' events are told again")
    code, said = await command(house, "reporting", "rebuild --replace-differing")
    assert code == 0, said
    await as_processes(house, "reporting")
    await workload.write(20)
    await oracle.check(house, workload, log_is_whole=False)


async def delete_records(house: House, topic: str) -> None:
    """Deletes all that a topic holds, as a retention would; what comes afterwards has the next offsets."""
    name = kafka.full_name(house.settings("registry"), topic)
    ends = {TopicPartition(*key): end for key, end in (await house.ends()).items() if key[0] == name}
    admin = AIOKafkaAdminClient(bootstrap_servers=house.servers.bootstrap)
    await admin.start()
    try:
        await admin.delete_records({partition: RecordsToDelete(before_offset=end) for partition, end in ends.items()})
    finally:
        await admin.close()


@pytest.mark.long
@pytest.mark.fault("F20")
async def test_a_broker_restored_from_an_older_copy_stops_the_workers_and_republish_and_rebuild_heal(
    opened: Open, servers: Servers
) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    await workload.write(40)
    await house.caught_up()
    data, copy = servers.kafka.folder / "log", servers.kafka.folder / "older-copy"
    await asyncio.to_thread(servers.kafka.stop)
    await asyncio.to_thread(shutil.copytree, data, copy)
    await asyncio.to_thread(servers.kafka.restart)
    workers = await as_processes(house, *SERVICES)
    await workload.write(80)
    await house.caught_up()
    before = await oracle.current_numbers(house)

    await asyncio.to_thread(servers.kafka.kill)
    await asyncio.to_thread(shutil.rmtree, data)
    await asyncio.to_thread(copy.rename, data)
    await asyncio.to_thread(servers.kafka.restart)
    assert await ended(workers[2], within=120) == 1, "reporting does not go on with another log"
    assert await oracle.current_numbers(house) == before, "no number changed"
    for service, program in (("registry", "republish registry"), ("activities", "republish activities")):
        code, said = await command(house, service, program)
        assert code == 0, said
    code, said = await command(house, "activities", "rebuild-copies --replace-differing")
    assert code == 0, said
    await until(partial(published, house), "what was lost is told again")
    code, said = await command(house, "reporting", "rebuild --replace-differing")
    assert code == 0, said
    await as_processes(house, *SERVICES)
    await workload.write(20)
    await oracle.check(house, workload, log_is_whole=False)


async def shorter(house: House) -> bool:
    """Whether a partition ends before reporting's position."""
    ends = await house.ends()
    rows = await house.fetch("reporting", "SELECT topic, partition, next_offset FROM position")
    return any(ends[row["topic"], row["partition"]] < row["next_offset"] for row in rows)


async def published(house: House) -> bool:
    return not await house.fetch("activities", "SELECT 1 FROM outbox WHERE pending LIMIT 1")
