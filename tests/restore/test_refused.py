"""What a backup and a restore refuse, and what is left of one that was cut off: never half a database that serves."""

import json
from pathlib import Path

import pytest

from shared import backup_tools, restoration
from shared.backup_databases import within
from shared.backup_tools import BackupFailed
from shared.restoration import RestoreUnfinished
from tests.faults.armed import ended
from tests.registry.members import Members
from tests.restore import fakes
from tests.restore.restorable import Restorable


async def test_a_restore_is_refused_that_would_do_harm_and_one_that_is_cut_off_leaves_what_served(
    alone: Restorable,
) -> None:
    house = alone
    people = Members(house)
    before = await people.institution()
    cut = fakes.folder(house.folder, "pg_dump", "kill -9 $PPID")
    code, _ = await house.wahana("registry", f"backup registry --to {house.folder}", POSTGRES_BINARIES=str(cut))
    assert code == -9
    (part,) = house.folder.glob("*.part")
    assert "the backup was not finished" in await refused(house, f"registry {part} --replace")
    part.unlink()
    backup = await house.backup("registry")
    after = await people.institution(name="Arisan Kenanga")
    assert "is in use" in await refused(house, f"registry {backup} --replace")
    await house.stop("registry")
    assert "is not empty" in await refused(house, f"registry {backup}")
    assert "is a backup of registry, not of activities" in await refused(house, f"activities {backup}", "activities")
    for changed, said in ((later, "which this version of Wahana does not know"), (damaged, "is damaged")):
        assert said in await refused(house, f"registry {changed(backup)} --replace")

    cut = fakes.folder(house.folder, "pg_restore", "kill -9 $PPID")
    code, _ = await house.wahana("registry", f"restore registry {backup} --replace", POSTGRES_BINARIES=str(cut))
    assert code == -9
    assert await served(house) == {before["id"], after["id"]}
    assert "is half loaded" in await refused(house, "finish registry")
    code, said = await house.wahana(
        "registry", f"restore registry {backup} --replace", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1"
    )
    assert (code, "It does not serve yet" in said) == (3, True), said
    assert await served(house) == {before["id"], after["id"]}, "what served still does"
    await nothing_starts_on_it(house)
    code, said = await house.wahana("registry", f"restore finish registry --report {house.folder / 'report.json'}")
    assert code == 0, said
    assert await served(house) == {before["id"]}
    await house.start("registry")
    await house.caught_up()


async def refused(house: Restorable, words: str, service: str = "registry") -> str:
    code, said = await house.wahana(service, f"restore {words}")
    assert code == 1, said
    return said


async def served(house: Restorable) -> set[str]:
    return {str(row["id"]) for row in await house.fetch("registry", "SELECT id FROM institution")}


def later(backup: Path) -> Path:
    """The same backup, told to be of a migration of the future."""
    return _copied(backup, "later", revision="9999")


def damaged(backup: Path) -> Path:
    """The same backup with another byte in the middle."""
    copy = _copied(backup, "damaged")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    return copy


def _copied(backup: Path, name: str, **told: str) -> Path:
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
    worker = await house.start_process("registry", REGISTRY_DATABASE_URL=there.database_url)
    assert await ended(worker) == 1
    assert "not brought level" in worker.log.read_text()


async def test_a_database_that_was_set_back_by_other_means_publishes_nothing_until_it_is_level(
    alone: Restorable,
) -> None:
    """As a snapshot of the disk or a standby that lagged would: nobody told the database."""
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

    worker = await house.start_process("registry")
    assert await ended(worker) == 1
    assert "the database is older than what registry has published" in worker.log.read_text()
    report = house.folder / "report.json"
    code, said = await house.wahana("registry", f"restore finish registry --report {report}")
    assert code == 0, said
    await house.start("registry")
    await house.caught_up()
    answer = await people.operator.get(f"/v1/institutions/{institution['id']}")
    assert answer.json()["sequence"] == 4
    code, said = await house.wahana("registry", f"restore finish registry --report {report}")
    assert code == 1
    assert "is in use" in said


def test_a_program_that_is_older_than_the_server_is_named(tmp_path: Path) -> None:
    """What was found, and what to install; never a dump that cannot be read back."""
    script = tmp_path / "pg_dump"
    script.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.14'\n")
    script.chmod(0o755)

    class Settings:
        postgres_binaries = tmp_path

    with pytest.raises(BackupFailed, match=r"PostgreSQL 99 or newer.*is of version 15.*postgresql-client-99"):
        backup_tools.found("pg_dump", Settings(), 99)  # type: ignore[arg-type]  # all that is asked of it


async def test_no_password_stands_on_a_command_line(alone: Restorable) -> None:
    house = alone
    told = house.folder / "told"
    spy = fakes.folder(house.folder, "pg_dump", f'echo "$@" > {told}')
    code, said = await house.wahana("registry", f"backup registry --to {house.folder}", POSTGRES_BINARIES=str(spy))
    assert code == 0, said
    words = told.read_text()
    assert house.cluster("registry").password not in words
    assert "--snapshot=" in words
    for file in (*house.folder.glob("*.dump"), *house.folder.glob("*.json")):
        assert file.stat().st_mode & 0o077 == 0, "nobody else reads it"
