"""Loading regions is repeatable, and tells as events what it creates and changes, and nothing else."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.servers import Servers
from services.registry.regions import identity, loading, table
from services.registry.settings import Settings
from shared import migrations
from shared.events import registry as contract
from tests.house import House
from tests.registry.institutions import record
from tests.registry.regions import load, load_into, two_thousand_of_one_name

DESA = table.row("32.04.05.2001", "Cileunyi Kulon")


async def events(house: House, code: str) -> list[Any]:
    return await house.fetch(
        "registry", "SELECT * FROM outbox WHERE subject_id = $1 ORDER BY id", identity.region_id(code)
    )


async def test_a_repeated_load_publishes_nothing(registry: House) -> None:
    before = await registry.fetch("registry", "SELECT max(id) FROM outbox")
    rows = [row for row in table.read() if row.code in ("ID", "32", "32.04") or row.code.startswith("32.04.05")]
    assert await load(registry, rows) == loading.Loaded(created=0, changed=0, unchanged=len(rows))
    assert await registry.fetch("registry", "SELECT max(id) FROM outbox") == before


async def test_a_new_region_is_told_with_its_code_and_its_ancestors(registry: House) -> None:
    row = table.row("32.04.05.2999", "Desa Uji")
    assert await load(registry, [DESA, row]) == loading.Loaded(created=1, changed=0, unchanged=1)
    [told] = await events(registry, row.code)
    assert (told["type"], told["sequence"], told["region_ids"]) == ("registry.region.loaded.v1", 1, None)
    state = contract.Region.model_validate_json(told["data"])
    assert (state.name, state.level, state.kind, state.time_zone) == ("Desa Uji", "village", "desa", "Asia/Jakarta")
    [code] = state.codes
    assert (code.system, code.code, code.since, code.until) == ("kemendagri", row.code, None, None)
    assert code.decree == table.DECREE
    [lineage] = state.lineage
    assert lineage.ancestors == [identity.region_id(above) for above in ("ID", "32", "32.04", "32.04.05")]


async def test_a_changed_name_is_told_as_renamed_and_found_under_the_new_name(registry: House) -> None:
    assert await load(registry, [DESA._replace(name="Cileunyi Lor")]) == loading.Loaded(changed=1)
    told = [(event["type"], event["sequence"]) for event in await events(registry, DESA.code)]
    assert told == [("registry.region.loaded.v1", 1), ("registry.region.renamed.v1", 2)]
    client = registry.client("registry", "public", "ID")
    answer = await client.get(f"/v1/regions/{DESA.code}")
    assert (record(answer)["name"], answer.headers["ETag"]) == ("Cileunyi Lor", '"2"')
    assert (record(await client.get("/v1/regions?q=desa cileunyi lor")))["items"][0]["code"] == DESA.code
    assert await load(registry, [DESA._replace(name="Cileunyi Lor")]) == loading.Loaded(unchanged=1)


async def test_a_change_of_anything_else_is_told_as_loaded(registry: House) -> None:
    assert await load(registry, [DESA._replace(time_zone="Asia/Makassar")]) == loading.Loaded(changed=1)
    _, told = await events(registry, DESA.code)
    assert (told["type"], json.loads(told["data"])["time_zone"]) == ("registry.region.loaded.v1", "Asia/Makassar")


async def test_a_new_spelling_for_the_search_alone_is_no_change_of_the_region(registry: House) -> None:
    await registry.fetch("registry", "UPDATE region SET search_name = 'old rule' WHERE code = $1", DESA.code)
    assert await load(registry, [DESA]) == loading.Loaded(unchanged=1)
    [row] = await registry.fetch("registry", "SELECT search_name, sequence FROM region WHERE code = $1", DESA.code)
    assert (row["search_name"], row["sequence"], len(await events(registry, DESA.code))) == ("cileunyi kulon", 1, 1)


async def test_the_history_of_a_region_shows_what_each_load_changed(registry: House) -> None:
    await load(registry, [DESA._replace(name="Cileunyi Lor")])
    client = registry.client("registry", "public", "ID")
    answer = await client.get(f"/v1/regions/{DESA.code}/history")
    assert answer.status_code == 200
    first, second = answer.json()
    assert (first["sequence"], first["type"], first["by"]) == (1, "registry.region.loaded.v1", loading.LOADER)
    assert first["changes"]["name"] == {"before": None, "after": "Cileunyi Kulon"}
    assert (second["sequence"], second["type"]) == (2, "registry.region.renamed.v1")
    assert second["changes"] == {"name": {"before": "Cileunyi Kulon", "after": "Cileunyi Lor"}}


async def test_a_load_that_fails_leaves_nothing(registry: House) -> None:
    before = await registry.fetch("registry", "SELECT count(*), max(id) FROM outbox")
    orphan = table.row("33.01.01", "Tanpa Induk")
    with pytest.raises(Exception, match="fk_region_parent_id_region"):
        await load(registry, [DESA._replace(name="Cileunyi Lor"), orphan])
    assert await registry.fetch("registry", "SELECT count(*), max(id) FROM outbox") == before


async def test_two_loads_at_once_create_each_region_once(registry: House) -> None:
    rows = two_thousand_of_one_name()
    one, other = await asyncio.gather(load(registry, rows), load(registry, rows))
    assert {one.created, other.created} == {0, len(rows)}
    assert {one.unchanged, other.unchanged} == {0, len(rows)}
    subjects = [identity.region_id(row.code) for row in rows]
    [told] = await registry.fetch("registry", "SELECT count(*) AS n FROM outbox WHERE subject_id = ANY($1)", subjects)
    assert told["n"] == len(rows)


@pytest.fixture
def national(servers: Servers) -> Iterator[str]:
    """The address of a migrated registry without any region."""
    servers.postgres.create_database("national_regions")
    dsn = servers.dsn("national_regions")
    yield dsn
    servers.postgres.drop_database("national_regions")


async def counts(dsn: str) -> dict[str, int]:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("SELECT kind, count(*) FROM region GROUP BY kind")
        [events] = await connection.fetch(
            "SELECT count(*) AS events, count(DISTINCT subject_id) AS subjects FROM outbox WHERE sequence = 1 AND pending"
        )
        orphans = await connection.fetchval("SELECT count(*) FROM region WHERE parent_id IS NULL")
        deepest = await connection.fetchval("SELECT count(*) FROM region WHERE cardinality(ancestors) = 4")
        in_order = await connection.fetchval(
            "SELECT count(*) FROM region r JOIN outbox o ON o.subject_id = r.id"
            " JOIN outbox above ON above.subject_id = r.parent_id WHERE above.id < o.id"
        )
    finally:
        await connection.close()
    return {row["kind"]: row["count"] for row in rows} | dict(events) | {
        "orphans": orphans, "deepest": deepest, "in_order": in_order,
    }  # fmt: skip


def wahana(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("wahana")), *words]
    return subprocess.run(
        command, env=os.environ | environment | {"COLUMNS": "200"}, capture_output=True, text=True, check=False
    )


async def test_the_whole_country_is_loaded_by_the_command_and_a_second_time_changes_nothing(national: str) -> None:
    environment = {
        "REGISTRY_DATABASE_URL": national, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "AUTH_ISSUER": "http://127.0.0.1", "AUTH_JWKS_URL": "http://127.0.0.1",
    }  # fmt: skip
    settings = Settings.model_validate(
        {"REGISTRY_DATABASE_URL": national} | {name.lower(): value for name, value in environment.items()}
    )
    await asyncio.to_thread(migrations.upgrade, settings)
    whole = {
        "negara": 1, "provinsi": 38, "kabupaten": 416, "kota": 98, "kecamatan": 7285, "desa": 75252, "kelurahan": 8496,
        "desa_adat": 14, "events": 91600, "subjects": 91600, "orphans": 1, "deepest": 83762, "in_order": 91599,
    }  # fmt: skip
    for told in ("91600 created, 0 changed, 0 unchanged", "0 created, 0 changed, 91600 unchanged"):
        done = await asyncio.to_thread(wahana, environment, "regions", "load")
        assert (done.returncode, done.stderr) == (0, "")
        assert told in done.stdout
        assert "not in this table" not in done.stdout
        assert await counts(national) == whole
    await load_into(settings, [table.row("32.04.05.2999", "Desa [Lama]")])
    done = await asyncio.to_thread(wahana, environment, "regions", "load")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Stored regions that are not in this table: 1." in done.stdout
    assert done.stdout.splitlines()[-1] == "  32.04.05.2999 Desa [Lama]"
