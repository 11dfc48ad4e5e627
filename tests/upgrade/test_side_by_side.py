"""The version before and this one at work side by side, and a step that is taken back.

The version before is the code of `release.tar.xz`, run as processes of its own on the databases that this version's
migrations have made.
"""

import asyncio
import hashlib
from pathlib import Path

from alembic import command

from deploy.local import children, ports
from shared import migrations
from shared.backup.manifest import LEFT_OUT, TABLES
from tests.faults import oracle
from tests.faults.armed import logged
from tests.house import SERVICES, until
from tests.restore.conftest import Open
from tests.restore.restorable import Restorable
from tests.upgrade import release


async def test_apis_and_workers_of_the_version_before_work_beside_those_of_this_one(
    opened: Open, tmp_path: Path
) -> None:
    house, workload = await opened()
    old = await asyncio.to_thread(release.unpacked, tmp_path / "release")
    for service in ("registry", "activities"):
        await lead_to_old_api(house, service, old)
    await workload.write(20)
    await house.caught_up()
    for service in ("registry", "reporting"):
        await house.stop_worker(service)
        await logged(await house.start_process(service, **old), "worker.started")
    await workload.write(20)
    await house.caught_up()
    await oracle.numbers_are_true(house)
    await oracle.sent_in_order(house, log_is_whole=True)


async def lead_to_old_api(house: Restorable, service: str, old: dict[str, str]) -> None:
    """Stops the API of this version; its clients go on with that of the version before."""
    port = ports.free()
    program = f"uvicorn services.{service}.app:create_app --factory --host 127.0.0.1 --port {port}"
    process = await house.start_process(service, program, **old)

    async def ready() -> bool:
        if not process.is_alive:
            raise children.Died(process.last_lines())
        return "Application startup complete" in process.log.read_text()

    await until(ready, f"the former {service} answers")
    await house.lead_to(service, port)


async def test_a_migration_is_taken_back_and_made_again_without_losing_a_row(opened: Open) -> None:
    house, workload = await opened()
    await workload.write(30)
    await house.caught_up()
    await house.stop(*SERVICES)
    for service in SERVICES:
        before = await rows(house, service)
        await asyncio.to_thread(command.downgrade, migrations.config(house.settings(service)), "-1")
        back = await rows(house, service)
        assert {table: back[table] for table in back} == {table: before[table] for table in back}
        assert all(not before[table] for table in before.keys() - back.keys()), "what is dropped held nothing"
        await asyncio.to_thread(migrations.upgrade, house.settings(service))
        assert await rows(house, service) == before
    await house.start(*SERVICES)
    await workload.write(10)
    await house.caught_up()
    await oracle.numbers_are_true(house)


async def rows(house: Restorable, service: str) -> dict[str, str]:
    """A digest of each table's rows; empty for an empty table."""
    found = {}
    for table in await house.fetch(service, TABLES, LEFT_OUT):
        name = f"{table['schema']}.{table['name']}"
        if table["name"] != "alembic_version":
            texts = await house.fetch(service, f"SELECT t::text AS row FROM {name} t ORDER BY 1")
            content = "\n".join(row["row"] for row in texts)
            found[name] = hashlib.sha256(content.encode()).hexdigest() if content else ""
    return found
