"""The doctor over the databases of services: each check is made to fail by what it is there to find."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services import examination
from shared.clock import SettableClock, SystemClock
from shared.doctor import database
from shared.doctor import examination as shared_examination
from shared.doctor.findings import Finding, State
from tests.house import House
from tests.registry.people import Keepers

FAULT, WARNING = State.FAULT, State.WARNING
API, WORKER = "wahana_registry", "wahana_registry_worker"


ON_PURPOSE = {"flow.outbox", "database.durable"}
"""No worker runs, and the tests' PostgreSQL does not flush to the disk."""


async def examined(
    house: House, service: str = "registry", program: str = "api", clock: Any = None, **changes: Any
) -> list[Finding]:
    settings = house.settings(service, program)
    settings = settings.model_copy(update=changes) if changes else settings
    settings.__dict__.pop("database", None)
    subject = examination.subject_of(service, settings)
    return await shared_examination.of_service(subject, clock or SystemClock())


def told(found: list[Finding], check: str, state: State, words: str) -> None:
    """That exactly this is found, with what to do; and that the check says nothing else."""
    matching = [finding for finding in found if finding.check == check and finding.state is not State.UNKNOWN]
    assert [finding.state for finding in matching if finding.state is not State.OK] == [state], found
    bad = next(finding for finding in matching if finding.state is state)
    assert words in bad.seen
    assert bad.remedy.endswith(".") or "upgrade head" in bad.remedy


BROKEN = (
    (f"REVOKE INSERT ON institution FROM {API}", f"GRANT INSERT ON institution TO {API}",
     "role.rights", f"{API} may not INSERT institution"),
    (f"REVOKE UPDATE (phone) ON person FROM {WORKER}", f"GRANT UPDATE (phone) ON person TO {WORKER}",
     "role.rights", f"{WORKER} may not UPDATE person.phone"),
    (f"GRANT DELETE ON institution TO {API}", f"REVOKE DELETE ON institution FROM {API}",
     "role.rights", f"{API} may, and should not, DELETE institution"),
    ("ALTER TABLE audit_seal DISABLE TRIGGER append_only", "ALTER TABLE audit_seal ENABLE ALWAYS TRIGGER append_only",
     "audit.append_only", "audit_seal"),
    (f"GRANT TRIGGER ON audit_entry TO {API}", f"REVOKE TRIGGER ON audit_entry FROM {API}",
     "audit.append_only", "may rewrite"),
    ("ALTER TABLE person DISABLE ROW LEVEL SECURITY", "ALTER TABLE person ENABLE ROW LEVEL SECURITY",
     "role.walls", "off on person"),
    (f"ALTER POLICY through ON officer TO wahana, {WORKER}, {API}", f"ALTER POLICY through ON officer TO wahana, {WORKER}",
     "role.walls", f"officer lets {API} pass"),
    ("UPDATE alembic_version SET version_num = '0013'", "UPDATE alembic_version SET version_num = '0014'",
     "database.migrations", "behind"),
    ("UPDATE alembic_version SET version_num = '9999'", "UPDATE alembic_version SET version_num = '0014'",
     "database.migrations", "does not know"),
    ("INSERT INTO restoration (restored_at, restored_by) VALUES (now(), 'uji')", "DELETE FROM restoration",
     "database.restored", "not finished"),
)  # fmt: skip


async def test_what_is_broken_in_a_database_is_found_and_nothing_else(registry_api: House) -> None:
    head = (await registry_api.fetch("registry", "SELECT version_num FROM alembic_version"))[0][0]
    well = await examined(registry_api)
    assert {finding.check for finding in well if finding.state in (FAULT, WARNING)} <= ON_PURPOSE, well
    for broken, mended, check, words in BROKEN:
        await registry_api.execute("registry", broken)
        told(await examined(registry_api), check, FAULT, words)
        await registry_api.execute("registry", mended.replace("0014", head))
    assert {f.check for f in await examined(registry_api) if f.state is FAULT} <= ON_PURPOSE


async def test_roles_and_addresses_that_are_not_those_meant_are_found(registry_api: House) -> None:
    owner = registry_api.dsn("registry")
    told(
        await examined(registry_api, database_url=owner),
        "role.attributes",
        FAULT,
        "is a superuser and bypasses row security",
    )
    elsewhere = owner.rpartition("/")[0] + "/postgres"
    told(await examined(registry_api, owner_database_url=elsewhere), "database.owner", FAULT, "another database")
    [away] = await examined(registry_api, database_url="postgresql://a:rahasia@127.0.0.1:1/b")
    assert (away.check, away.state) == ("database.reach", FAULT)
    assert "REGISTRY_DATABASE_URL" in away.seen
    assert "rahasia" not in f"{away.seen}{away.remedy}"
    wrong = registry_api.settings("registry", "api").database.set(drivername="postgresql", password="rahasia")
    [refused] = await examined(registry_api, database_url=wrong.render_as_string(hide_password=False))
    assert "password authentication failed" in refused.seen
    assert "rahasia" not in refused.seen


async def test_keys_that_are_missing_old_or_not_those_of_what_is_stored_are_found(registry_api: House) -> None:
    await Keepers(registry_api).registered()
    settings = registry_api.settings("registry", "api")
    other = type(settings).model_validate({
        **settings.model_dump(), "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_PERSON_KEYS": "2020-01:" + "A" * 43 + "=", "REGISTRY_LOOKUP_KEYS": settings.lookup_keys,
    })  # fmt: skip
    found = await shared_examination.of_service(examination.subject_of("registry", other))
    told(found, "keys.stored", FAULT, "uji")
    told(found, "keys.age", WARNING, "2020-01")
    older = settings.person_keys.get_secret_value()
    changed = type(settings).model_validate({
        **other.model_dump(), "REGISTRY_DATABASE_URL": settings.database_url,
        "REGISTRY_PERSON_KEYS": "2026-01:" + "A" * 43 + "=," + older, "REGISTRY_LOOKUP_KEYS": settings.lookup_keys,
    })  # fmt: skip
    told(
        await shared_examination.of_service(examination.subject_of("registry", changed)),
        "keys.stored",
        WARNING,
        "2 values are under an older key",
    )
    told(await examined(registry_api, person_keys=None), "keys.set", FAULT, "REGISTRY_PERSON_KEYS")


async def test_what_waits_and_clocks_that_differ_are_found(registry_api: House) -> None:
    await Keepers(registry_api).registered()
    later = SettableClock(datetime.now(UTC) + timedelta(days=2))
    found = await examined(registry_api, clock=later)
    told(found, "flow.outbox", FAULT, "events wait for Kafka")
    told(found, "audit.sealed", FAULT, "has no seal")
    told(found, "clock.database", FAULT, "-1727")


async def test_a_server_that_holds_back_loses_or_is_crowded_is_found(
    registry_api: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes hours or thousands to come about is looked at with limits that are reached at once."""
    for name, limits in (("HELD", (0.0, 0.0)), ("CROWDED", (0.0, 0.001)), ("XIDS", (1, 2)), ("VERSION", 190000)):
        monkeypatch.setattr(database, name, limits)
    name = f"{registry_api.prefix}_registry"
    await registry_api.execute(
        "registry", f"SELECT pg_create_physical_replication_slot('uji_{registry_api.prefix}', true)"
    )
    await registry_api.execute("registry", f"ALTER DATABASE {name} SET synchronous_commit = off")
    await registry_api.execute("registry", f"UPDATE pg_database SET datcollversion = '0' WHERE datname = '{name}'")
    holding = await asyncpg.connect(registry_api.settings("registry", "api").driver_dsn)
    try:
        await holding.execute("BEGIN; SELECT 1")
        found = await examined(registry_api)
    finally:
        await holding.close()
        await registry_api.execute("registry", f"SELECT pg_drop_replication_slot('uji_{registry_api.prefix}')")
    told(found, "database.held", FAULT, f"a transaction of {API}")
    told(found, "database.slots", WARNING, "unused")
    told(found, "database.durable", FAULT, "synchronous_commit")
    told(found, "database.collation", WARNING, "another version")
    told(found, "database.connections", FAULT, "are taken")
    told(found, "database.vacuum", FAULT, "oldest unfrozen")
    told(found, "database.version", FAULT, "PostgreSQL 18")


@contextlib.asynccontextmanager
async def pooler(upstream: int) -> AsyncIterator[int]:
    """A pooler that knows user and database only, as those that share connections between clients do."""

    async def piped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                writer.write(chunk)
            writer.close()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length, code = struct.unpack("!ii", await reader.readexactly(8))
        if code == 80877103:  # asks for TLS
            writer.write(b"N")
            length, code = struct.unpack("!ii", await reader.readexactly(8))
        words = (await reader.readexactly(length - 8)).rstrip(b"\0").split(b"\0")
        kept = [(n, v) for n, v in zip(words[::2], words[1::2], strict=False) if n in (b"user", b"database")]
        body = b"".join(n + b"\0" + v + b"\0" for n, v in kept) + b"\0"
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", upstream)
        to_writer.write(struct.pack("!ii", len(body) + 8, code) + body)
        await asyncio.gather(piped(reader, to_writer), piped(to_reader, writer))

    server = await asyncio.start_server(served, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def test_a_pooler_that_swallows_the_timeouts_is_found(registry_api: House) -> None:
    settings = registry_api.settings("registry", "api")
    async with pooler(registry_api.cluster("registry").port) as port:
        through = settings.database.set(drivername="postgresql", port=port).render_as_string(hide_password=False)
        told(await examined(registry_api, database_url=through), "database.timeouts", FAULT, "statement_timeout is 0")


async def test_a_reader_that_is_behind_or_put_something_aside_is_found(
    servers: Any, templates: dict[str, str], issuer: Any, clock: Any
) -> None:
    async with House(servers, templates, issuer, clock, ("reporting",), workers=()) as house:
        found = await examined(house, "reporting")
        never = [finding.seen for finding in found if finding.check == "flow.behind"]
        assert never == ["registry was never heard", "activities was never heard"]
        await house.execute("reporting", """
            INSERT INTO watermark VALUES ('registry', now() - interval '1 hour', '{}');
            INSERT INTO parked_event (topic, partition, "offset", headers, reason) VALUES ('t', 0, 7, '[]', 'uji');
        """)  # fmt: skip
        found = await examined(house, "reporting", "worker")
        told(
            [replace(f, check="x") if "activities" in f.seen else f for f in found],
            "flow.behind",
            FAULT,
            "s behind registry",
        )
        told(found, "flow.parked", WARNING, "1 since")
