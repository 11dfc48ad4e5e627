"""What a backup and a restore refuse, and what is left of one that was cut off: never half a database that serves."""

import asyncio
import json
from pathlib import Path

import pytest

from services.registry import restoring
from shared import restoration
from shared.backup import finish, restore, tools
from shared.backup.databases import Databases, within
from shared.backup.tools import BackupFailed
from shared.restoration import RestoreUnfinished
from tests.faults.armed import ended
from tests.registry.members import Members
from tests.restore import fakes
from tests.restore.restorable import Restorable, nobody


async def test_a_restore_that_would_do_harm_is_refused_and_one_that_is_cut_off_leaves_what_served(
    alone: Restorable,
) -> None:
    house = alone
    people = Members(house)
    before = await people.institution()
    cut = fakes.folder(house.folder, "pg_dump", "kill -9 $PPID")
    code, _ = await house.wahana("registry", f"backup registry --to {house.folder}", POSTGRES_BINARIES=str(cut))
    assert code == -9
    (part,) = house.folder.glob("*.part")
    spy = fakes.folder(house.folder, "pg_dump", f'echo "$@" > {house.folder / "told"}')
    backup = house.folder / "backup.dump"
    code, said = await house.wahana("registry", f"backup registry --to {backup}", POSTGRES_BINARIES=str(spy))
    assert (code, backup.name in said) == (0, True), said
    told = (house.folder / "told").read_text()
    assert "--snapshot=" in told
    assert house.cluster("registry").password not in told, "every user of the machine reads command lines"
    assert {file.stat().st_mode & 0o077 for file in house.folder.glob("backup.*")} == {0}, "nobody else reads the files"
    after = await people.institution(name="Arisan Kenanga")
    both = {before["id"], after["id"]}
    await refused(house, "is in use; stop", replace=True)
    await house.stop("registry")
    await refused(house, "is not empty", replace=False)
    for file, why in (
        (part, "the backup was not finished"),
        (copied(backup, "other", service="activities"), "is a backup of activities, not of registry"),
        (copied(backup, "later", revision="9999"), "which this version of Wahana does not know"),
        (damaged(backup), "is damaged"),
    ):
        with pytest.raises(BackupFailed, match=why):
            await asyncio.to_thread(restore.checked, house.settings("registry"), file, nobody)

    cut = fakes.folder(house.folder, "pg_restore", "kill -9 $PPID")
    code, _ = await house.wahana("registry", f"restore registry {backup} --replace", POSTGRES_BINARIES=str(cut))
    assert code == -9
    assert await served(house) == both
    settings = house.settings("registry")
    with pytest.raises(BackupFailed, match="is half loaded"):
        await finish.finish(settings, restoring.telling(settings), house.report, nobody)
    code, said = await house.wahana(
        "registry", f"restore registry {backup} --replace", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1"
    )
    assert (code, "It does not serve yet" in said) == (3, True), said
    assert await served(house) == both, "what served still does"
    await nothing_starts_on_it(house)
    finished = await finish.finish(settings, restoring.telling(settings), house.report, nobody)
    assert finished.former
    assert await served(house) == {before["id"]}


async def refused(house: Restorable, why: str, *, replace: bool) -> None:
    settings = house.settings("registry")
    async with Databases.of(settings) as databases:
        with pytest.raises(BackupFailed, match=why):
            await restore.refuse_in_use(databases, settings, replace=replace)


async def served(house: Restorable) -> set[str]:
    return {str(row["id"]) for row in await house.fetch("registry", "SELECT id FROM institution")}


def damaged(backup: Path) -> Path:
    """The same backup with another byte in the middle."""
    copy = copied(backup, "damaged")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    return copy


def copied(backup: Path, name: str, **told: str) -> Path:
    """The same backup with another manifest."""
    copy = backup.with_name(f"{name}.copy")
    copy.write_bytes(backup.read_bytes())
    manifest = json.loads(backup.with_name(backup.name + ".json").read_text())
    copy.with_name(copy.name + ".json").write_text(json.dumps({**manifest, **told}))
    return copy


async def nothing_starts_on_it(house: Restorable) -> None:
    """Somebody leads an address to the database that is not finished: neither an API nor a worker starts there."""
    there = within(house.settings("registry"), f"{house.prefix}_registry_restoring")
    with pytest.raises(RestoreUnfinished, match="wahana restore finish registry"):
        await restoration.checked(there)
    process = await house.start_process("registry", REGISTRY_DATABASE_URL=there.database_url)
    assert await ended(process) == 1
    assert "not brought level" in process.log.read_text()


SERVED = """
    INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor)
    SELECT gen_random_uuid(), topic, subject_id, sequence + 1, type, now(), data, dataschema, region_ids, actor
    FROM outbox WHERE subject_id = '{id}' ORDER BY sequence DESC LIMIT 1;
    UPDATE institution SET sequence = sequence + 1 WHERE id = '{id}';
"""
"""As an API writes that serves such a database before anybody has noticed."""


@pytest.mark.parametrize("written", [0, 2])
async def test_a_database_that_was_set_back_by_other_means_publishes_nothing_until_it_is_level(
    alone: Restorable, written: int
) -> None:
    """As a snapshot of the disk or a standby that lagged would: nobody told the database. Perhaps it has served already."""
    house = alone
    people = Members(house)
    institution = await people.institution()
    await house.caught_up()
    await house.stop("registry")
    name = f"{house.prefix}_registry"
    cluster = house.cluster("registry")
    cluster.create_database(f"{name}_snapshot", name)
    await house.start("registry")
    for round in ("I", "II"):
        headers = {"If-Match": f'"{institution["sequence"]}"', "Content-Type": "application/merge-patch+json"}
        answer = await people.operator.patch(
            f"/v1/institutions/{institution['id']}", json={"name": f"Arisan {round}"}, headers=headers
        )
        institution = answer.json()
    await house.caught_up()
    await house.stop("registry")
    cluster.drop_database(name)
    cluster.sql(f'ALTER DATABASE "{name}_snapshot" RENAME TO "{name}"')
    for _ in range(written):
        await house.execute("registry", SERVED.format(id=institution["id"]))

    process = await house.start_process("registry")
    assert await ended(process) == 1
    assert "the database is older than what registry has published" in process.log.read_text()
    settings = house.settings("registry")
    await finish.finish(settings, restoring.telling(settings), house.report, nobody)
    await house.start("registry")
    await house.caught_up()
    answer = await people.operator.get(f"/v1/institutions/{institution['id']}")
    assert answer.json()["sequence"] == 4
    with pytest.raises(BackupFailed, match="is in use"):
        await finish.finish(settings, restoring.telling(settings), house.report, nobody)


def test_a_program_that_is_older_than_the_server_is_named(tmp_path: Path) -> None:
    """What was found, and what to install; never a dump that cannot be read back."""
    script = tmp_path / "pg_dump"
    script.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.14'\n")
    script.chmod(0o755)

    class Settings:
        postgres_binaries = tmp_path

    with pytest.raises(BackupFailed, match=r"PostgreSQL 99 or newer.*is of version 15.*postgresql-client-99"):
        tools.found("pg_dump", Settings(), 99)  # type: ignore[arg-type]  # all that is asked of it
