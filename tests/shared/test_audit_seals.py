"""The chain of seals: what is done to the trail by who can switch the trigger off is found, and named."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from typer.testing import CliRunner

from services.registry import cli
from shared import audit_check, audit_seal
from shared.audit_check import Finding, Report
from shared.clock import SettableClock
from tests.house import House, until

FIRST = date(2030, 1, 1)
"""After the machine's day: the templates' regions were loaded today, and their entries stand before all others."""
DAYS = 4
INSERT = """
    INSERT INTO audit_entry (at, record_type, record_id, action, before, after, actor, client, region_ids)
    VALUES ($1, 'institution', $2, 'changed', '{"name": "A"}', '{"name": "B"}', 'operator-1', 'web', '{}')
    RETURNING id
"""


def _noon(day: int) -> datetime:
    return datetime(2030, 1, 1 + day, 12, tzinfo=UTC)


class Trail:
    """Three entries on each of four days, all days sealed; `ids` are the entries by day."""

    def __init__(self, house: House, connection: asyncpg.Connection) -> None:
        self.house = house
        self.connection = connection
        self.ids: list[list[int]] = []
        self.now = datetime(2030, 1, 1 + DAYS, 2, tzinfo=UTC)

    async def write(self, day: int, record: str = "r") -> int:
        """Adds an entry as the service does; its id."""
        id: int = await self.connection.fetchval(INSERT, _noon(day), record)
        return id

    async def sealed(self) -> list[audit_seal.Seal]:
        """Seals what has ended; the new seals."""
        return await audit_seal.seal_ended_days(self.connection, self.now)

    async def forged(self, script: str) -> None:
        """Runs SQL as a superuser who switches the triggers off and on again."""
        tables = ("audit_entry", "audit_seal")
        off = ";".join(f"ALTER TABLE {table} DISABLE TRIGGER append_only" for table in tables)
        on = ";".join(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only" for table in tables)
        await self.house.execute("registry", f"{off};{script};{on}")

    async def checked(self, *expect: str) -> Report:
        """What `wahana verify-audit` finds now."""
        return await audit_check.check(self.house.settings("registry"), expect, SettableClock(self.now))

    async def found(self, *expect: str) -> list[tuple[date | None, int | None]]:
        """Day and entry of each finding."""
        return [(finding.day, finding.entry) for finding in (await self.checked(*expect)).findings]


@pytest.fixture
async def trail(registry_api: House) -> AsyncIterator[Trail]:
    """A sealed trail; the regions' entries were made the day before the first."""
    connection = await audit_seal.connect(registry_api.settings("registry"))
    made = Trail(registry_api, connection)
    await made.forged("UPDATE audit_entry SET at = '2029-12-31T12:00Z'")
    made.ids = [[await made.write(day) for _ in range(3)] for day in range(DAYS)]
    seals = await made.sealed()
    assert [seal.day for seal in seals] == [FIRST + timedelta(days=day) for day in range(-1, DAYS)]
    yield made
    await connection.close()


def _day(day: int) -> date:
    return FIRST + timedelta(days=day)


async def test_a_trail_that_nobody_touched_is_proved_and_says_what_is_not_sealed_yet(trail: Trail) -> None:
    await trail.write(DAYS)
    report = await trail.checked()
    assert report.findings == []
    assert (report.seals, report.unsealed) == (1 + DAYS, 1)
    assert report.newest is not None
    assert report.newest.day == _day(DAYS - 1)
    assert not report.may_rewrite
    assert await trail.sealed() == [], "today has not ended"


async def test_an_altered_entry_is_named(trail: Trail) -> None:
    for place, column in enumerate(('after = \'{"name": "C"}\'', "actor = 'x'", "at = at + interval '1 second'")):
        await trail.forged(f"UPDATE audit_entry SET {column} WHERE id = {trail.ids[1][place]}")
    assert await trail.found() == [(_day(1), id) for id in trail.ids[1]]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_removed_entry_is_named_be_it_the_last_of_its_day(trail: Trail, place: int) -> None:
    await trail.forged(f"DELETE FROM audit_entry WHERE id = {trail.ids[1][place]}")
    assert await trail.found() == [(_day(1), trail.ids[1][place])]


async def test_a_day_that_lost_all_its_entries_is_named_with_each(trail: Trail) -> None:
    ids = ", ".join(map(str, trail.ids[3]))
    await trail.forged(f"DELETE FROM audit_entry WHERE id IN ({ids})")
    assert await trail.found() == [(_day(3), id) for id in trail.ids[3]]


async def test_an_entry_put_into_a_gap_is_named(trail: Trail) -> None:
    """Among the ids of a sealed day: one that a rolled-back transaction drew, or one that was removed and made anew."""
    trail.now += timedelta(days=1)
    undone = trail.connection.transaction()
    await undone.start()
    gap = await trail.write(DAYS)
    await undone.rollback()
    await trail.write(DAYS)
    await trail.sealed()
    assert await trail.found() == []
    await trail.house.execute(
        "registry",
        "INSERT INTO audit_entry (id, at, record_type, record_id, action, actor, client) OVERRIDING SYSTEM VALUE"
        f" VALUES ({gap}, '{_noon(DAYS)}', 'institution', 'r', 'changed', 'operator-1', 'web')",
    )
    assert await trail.found() == [(_day(DAYS), gap)]


async def test_an_entry_that_claims_to_be_of_a_sealed_day_is_named_though_its_id_is_new(trail: Trail) -> None:
    late = await trail.write(1)
    assert await trail.found() == [(_day(1), late)]
    trail.now += timedelta(days=1)
    await trail.sealed()
    assert await trail.found() == [(_day(DAYS), late)], "also once it is sealed"


async def test_a_removed_seal_is_named_wherever_it_stood(trail: Trail) -> None:
    await trail.forged("DELETE FROM audit_seal WHERE number = 3")
    assert await trail.found() == [(_day(1), None)]
    await trail.forged("DELETE FROM audit_seal WHERE number = 5")
    assert await trail.found() == [(_day(1), None), (_day(3), None)]
    await trail.forged("DELETE FROM audit_seal WHERE number < 5")
    assert (_day(-1), None) in await trail.found(), "all of them: the first day is not sealed"


async def test_a_seal_that_was_made_to_fit_an_altered_entry_does_not_fit_the_chain(trail: Trail) -> None:
    await trail.forged(f"UPDATE audit_entry SET actor = 'x' WHERE id = {trail.ids[1][0]}")
    row = await anext(aiter(audit_seal.rows(trail.connection, trail.ids[1][0] - 1, trail.ids[1][0])))
    short = audit_seal.digest(row)[: audit_seal.SHORT].hex()
    await trail.forged(
        f"UPDATE audit_seal SET digests = overlay(digests PLACING '\\x{short}'::bytea FROM 1) WHERE number = 3"
    )
    assert await trail.checked() == _report_with(await trail.checked(), "the seal was altered, or an entry with it", 1)


def _report_with(report: Report, what: str, day: int) -> Report:
    return Report(
        seals=report.seals, sealed=report.sealed, unsealed=report.unsealed, newest=report.newest,
        findings=[Finding(what, _day(day))],
    )  # fmt: skip


async def test_a_chain_that_was_made_anew_lacks_the_hash_that_was_kept_elsewhere(trail: Trail) -> None:
    kept = (await trail.checked()).newest
    assert kept is not None
    assert await trail.found(kept.hash.hex()) == []
    await trail.forged(f"DELETE FROM audit_seal; DELETE FROM audit_entry WHERE id = {trail.ids[1][0]}")
    await trail.sealed()
    assert await trail.found() == [], "whoever rewrites everything is found only by what was kept elsewhere"
    assert await trail.found(kept.hash.hex()) == [(None, None)]


async def test_a_switched_off_trigger_is_a_finding(trail: Trail) -> None:
    await trail.house.execute("registry", "ALTER TABLE audit_entry DISABLE TRIGGER append_only")
    (finding,) = (await trail.checked()).findings
    assert "audit_entry: the trigger" in str(finding)


async def test_an_entry_that_commits_after_its_day_was_sealed_stands_in_a_later_seal(trail: Trail) -> None:
    """The sealer waits for who holds a smaller id, and not for who comes later."""
    trail.now += timedelta(days=1)
    slow, late = [await audit_seal.connect(trail.house.settings("registry")) for _ in range(2)]
    holding, coming = slow.transaction(), late.transaction()
    await holding.start()
    held = await slow.fetchval(INSERT, _noon(DAYS), "slow")
    visible = await trail.write(DAYS)
    sealing = asyncio.create_task(trail.sealed())
    await _waits(trail)
    await coming.start()
    passed = await late.fetchval(INSERT, _noon(DAYS), "late")
    assert held < visible < passed
    await holding.commit()
    (seal,) = await sealing
    await coming.commit()
    assert seal.ids == [(held, visible + 1)]
    trail.now += timedelta(days=1)
    (next_seal,) = await trail.sealed()
    assert next_seal.ids == [(passed, passed + 1)]
    await slow.close()
    await late.close()


async def _waits(trail: Trail) -> None:
    """Until the sealer has looked who is writing, which it does right before it waits."""
    asked = "SELECT pid FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%FROM pg_locks%'"
    pid = trail.connection.get_server_pid()
    await until(lambda: trail.house.fetch("registry", asked, pid), "the sealer has looked")


async def test_two_workers_make_one_seal(trail: Trail) -> None:
    trail.now += timedelta(days=2)
    await trail.write(DAYS)
    others = [await audit_seal.connect(trail.house.settings("registry")) for _ in range(2)]
    made = await asyncio.gather(*(audit_seal.seal_ended_days(one, trail.now) for one in others))
    assert {seal.day for seals in made for seal in seals} == {_day(DAYS), _day(DAYS + 1)}
    assert await trail.found() == []
    assert await trail.sealed() == []
    for one in others:
        await one.close()


async def test_a_dump_restored_elsewhere_is_still_proved(trail: Trail) -> None:
    """Nothing that is hashed depends on the cluster: transaction ids and the like differ there."""
    rows = [row async for row in audit_seal.rows(trail.connection, 0, 10**9)]
    await trail.connection.execute("SET TimeZone = 'Asia/Jayapura'; SET bytea_output = 'escape'; SET DateStyle = 'SQL'")
    again = [row async for row in audit_seal.rows(trail.connection, 0, 10**9)]
    assert [audit_seal.digest(row) for row in rows] == [audit_seal.digest(row) for row in again]


async def test_the_command_says_it_and_fails(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in trail.house.environment("registry").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(audit_check, "SystemClock", lambda: SettableClock(trail.now))
    good = await asyncio.to_thread(CliRunner().invoke, cli.app, ["verify-audit"])
    assert good.exit_code == 0, good.output
    assert good.output.startswith("registry: 0 findings. ")
    assert "may rewrite" not in good.output
    await trail.forged(f"UPDATE audit_entry SET actor = 'x' WHERE id = {trail.ids[2][1]}")
    monkeypatch.setenv("REGISTRY_DATABASE_URL", trail.house.dsn("registry"))
    bad = await asyncio.to_thread(CliRunner().invoke, cli.app, ["verify-audit"])
    assert bad.exit_code == 1
    assert f"registry: {_day(2)}: entry {trail.ids[2][1]} was altered" in bad.output.splitlines()
    assert "the service's own role may rewrite the trail" in bad.output


def test_of_a_day_s_entries_only_what_its_seal_holds_is_kept_in_memory() -> None:
    many = 200_000
    tracemalloc.start()
    covered = audit_seal.Covered()
    for id in range(many):
        covered.add(10**9 + id, hashlib.sha256(id.to_bytes(8, "big")).digest())
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (covered.entries, covered.ids) == (many, [(10**9, 10**9 + many)])
    assert kept < many * audit_seal.SHORT * 1.5
