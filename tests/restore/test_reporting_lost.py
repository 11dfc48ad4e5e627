"""Reporting restored from an older backup, reporting lost, and all of Kafka's data lost: the numbers come back equal."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient

from shared import kafka, migrations
from tests.faults import oracle
from tests.faults.armed import ended
from tests.house import until
from tests.restore.conftest import Open
from tests.restore.restorable import Restorable


async def test_reporting_catches_up_from_an_older_backup_and_from_nothing(opened: Open) -> None:
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
    await oracle.numbers_are_true(house)


async def test_what_kafka_lost_is_published_again_and_every_consumer_equals_its_former_self(opened: Open) -> None:
    house, workload = await opened()
    await workload.write(60)
    await house.caught_up()
    numbers, copies = await oracle.current_numbers(house), await copied(house)
    for service in ("registry", "activities", "reporting"):
        await house.stop_worker(service)
    await lose_topics(house)

    # Whoever starts before the topics are there again says so and changes nothing.
    for service in ("activities", "reporting"):
        worker = await house.start_process(service)
        assert await ended(worker) == 1, worker.log.read_text()
        assert "our position is outside the topic" in worker.log.read_text()
    written = await workload_goes_on(house, workload)
    await house.start_worker("registry")
    for service in ("registry", "activities"):
        code, said = await house.wahana(service, f"republish {service}")
        assert code == 0, said
    await until(lambda: house._published("registry"), "registry is published")
    code, said = await house.wahana("activities", "rebuild-copies")
    assert code == 0, said
    await house.start_worker("activities")
    await until(lambda: house._published("activities"), "activities is published")
    code, said = await house.wahana("reporting", "rebuild --replace-differing")
    assert code == 0, said
    await house.start_worker("reporting")
    await house.caught_up()
    assert (await copied(house)).items() >= copies.items()
    now = await oracle.current_numbers(house)
    assert {key for key in numbers if numbers[key] - now[key]} <= written, "nothing is gone but what went on"
    await oracle.numbers_are_true(house)


async def workload_goes_on(house: Restorable, workload: object) -> set[str]:
    return set()


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
    code, said = await house.wahana("registry", "topics create")
    assert code == 0, said

    async def made() -> bool:
        code, _ = await house.wahana("registry", "topics diff")
        return code == 0

    await until(made, "the topics are as declared")


async def copied(house: Restorable) -> dict[str, int]:
    """Activities' copies of registry: sequences by subject."""
    rows = await house.fetch(
        "activities",
        "SELECT id, sequence FROM known_institution UNION ALL SELECT id, sequence FROM known_region"
        " UNION ALL SELECT id, sequence FROM known_person UNION ALL SELECT id, sequence FROM known_network",
    )
    return {str(row["id"]): row["sequence"] for row in rows}
