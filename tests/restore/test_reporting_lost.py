"""Reporting restored from an older backup, reporting lost, and all of Kafka's data lost: the numbers come back equal."""

import asyncio
from functools import partial
from uuid import UUID

from aiokafka.admin import AIOKafkaAdminClient

from services.activities import rebuild as activities_rebuild
from services.reporting import rebuild
from shared import kafka, migrations
from tests.faults import oracle
from tests.faults.armed import ended
from tests.faults.workload import Workload
from tests.house import SERVICES, until
from tests.registry.members import Members
from tests.restore.conftest import Open
from tests.restore.restorable import Restorable, others_go_on


async def test_numbers_come_back_from_an_older_backup_from_nothing_and_from_an_empty_kafka(opened: Open) -> None:
    house, workload = await opened()
    await workload.write(40)
    await house.caught_up()
    backup = await house.backup("reporting")
    await workload.write(40)
    await house.caught_up()
    numbers = await oracle.current_numbers(house)

    await house.stop("reporting")
    await house.restored("reporting", backup)
    assert await oracle.current_numbers(house) != numbers, "it is as it was then"
    await house.start("reporting")
    await house.caught_up()
    assert await oracle.current_numbers(house) == numbers

    await house.stop("reporting")
    name = f"{house.prefix}_reporting"
    house.cluster("reporting").drop_database(name)
    house.cluster("reporting").create_database(name)
    await asyncio.to_thread(migrations.upgrade, house.settings("reporting"))
    await house.start("reporting")
    await house.caught_up()
    assert await oracle.current_numbers(house) == numbers
    await what_kafka_lost_is_published_again(house, workload)


async def what_kafka_lost_is_published_again(house: Restorable, workload: Workload) -> None:
    """… and every consumer equals its former self."""
    numbers, copies = await oracle.current_numbers(house), await copied(house)
    for service in SERVICES:
        await house.stop_worker(service)
    await lose_topics(house)
    for service in ("activities", "reporting"):
        worker = await house.start_process(service)
        assert await ended(worker) == 1, "it says so and changes nothing"
        assert "our position is outside the topic" in worker.log.read_text()
    meanwhile = await Members(house).institution()

    await commanded(house, "registry", "republish registry")
    await commanded(house, "activities", "republish activities")
    await house.start_worker("registry")
    await until(partial(published, house, "registry"), "registry is published again")
    copies_again = await activities_rebuild.rebuild(house.settings("activities"), replace_differing=True)
    assert set(copies_again.differences) <= {"known_institution"}, "what was written meanwhile, and nothing else"
    await house.start_worker("activities")
    await until(partial(published, house, "activities"), "activities is published again")
    assert (await rebuild.rebuild(house.settings("reporting"), replace_differing=True)).swapped
    await house.start_worker("reporting")
    await house.caught_up()
    assert await copied(house) == copies | {meanwhile["id"]: 1}
    now = await oracle.current_numbers(house)
    assert now["dossier"] - numbers["dossier"] == {(UUID(meanwhile["id"]), 1)}
    assert {**now, "dossier": numbers["dossier"]} == numbers
    await others_go_on(house, workload, 12)
    await oracle.numbers_are_true(house)


async def commanded(house: Restorable, service: str, words: str) -> None:
    code, said = await house.wahana(service, words)
    assert code == 0, said


async def published(house: Restorable, service: str) -> bool:
    return not await house.fetch(service, "SELECT 1 FROM outbox WHERE pending LIMIT 1")


async def lose_topics(house: Restorable) -> None:
    """Deletes every topic and creates them anew: a broker without its data."""
    settings = house.settings("registry")
    names = {topic.name for topic in kafka.declared(settings)}
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_topics(sorted(names))

        async def gone() -> bool:
            return not names & set(await admin.list_topics())

        await until(gone, "the topics are gone")
    finally:
        await admin.close()
    await commanded(house, "registry", "topics create")


async def copied(house: Restorable) -> dict[str, int]:
    """Activities' copies of registry: sequences by subject."""
    rows = await house.fetch(
        "activities",
        "SELECT id, sequence FROM known_institution UNION ALL SELECT id, sequence FROM known_region"
        " UNION ALL SELECT id, sequence FROM known_person UNION ALL SELECT id, sequence FROM known_network",
    )
    return {str(row["id"]): row["sequence"] for row in rows}
