"""The end of a restore of a service that publishes: level with what Kafka knows, then under the name that serves.

A database that `wahana restore` has filled is brought level where it lies, beside the one that serves, and takes its name
last of all: nobody can start on one that is not finished. A database that was restored by other means (a snapshot of the
disk, point-in-time recovery, a standby that lagged when it took over) is brought level in place.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import orjson

from shared import audit, database
from shared.backup import log
from shared.backup import restore as loading
from shared.backup.databases import Databases, within
from shared.backup.dump import Progress
from shared.backup.log import Topics
from shared.backup.telling import Found, Telling, tell
from shared.backup.tools import BackupFailed
from shared.clock import SystemClock
from shared.settings import ServiceSettings

LOADED = "wahana restore: loaded and counted"
"""What the comment of a filled database says; without it, it is half a one."""
GOING = 30
"""Seconds for which the last connections are waited for when the databases change names."""


@dataclass
class Finished:
    """What a restore came to. `former`: the name that the database which served before has now."""

    found: Found | None
    topics: Topics | None
    former: str | None = None


async def restore(
    settings: ServiceSettings, telling: Telling | None, file: Path, report: Path, progress: Progress, *,
    replace: bool = False, jobs: int = 1,
) -> Finished:  # fmt: skip
    """Loads a backup, brings it level and lets it serve. `telling`: of a service that publishes. **Raises** as `finish`."""
    manifest = loading.checked(settings, file, progress)
    async with Databases.of(settings) as databases:
        await loading.refuse_in_use(databases, settings, replace=replace)
        await loading.load(databases, settings, file, manifest, jobs, progress)
        await databases.say(databases.restoring, LOADED)
        if telling is None:
            return Finished(None, None, await exchange(databases))
    return await finish(settings, telling, report, progress)


async def finish(settings: ServiceSettings, telling: Telling, report: Path, progress: Progress) -> Finished:
    """Brings the restored database level and lets it serve. Killed, it begins anew when it is asked for again.

    **Raises** BackupFailed; KafkaAway among them, after which the restore waits for `wahana restore finish`.
    """
    async with Databases.of(settings) as databases:
        restoring = await databases.exists(databases.restoring)
        if restoring and await databases.said(databases.restoring) != LOADED:
            raise BackupFailed(f"{databases.restoring} is half loaded: that restore was cut off. Run it again")
        await loading.refuse_in_use(databases, settings, replace=True)
        there = within(settings, databases.restoring) if restoring else settings
        found = Found()
        while True:
            topics, more = await _level(there, telling, found, report, progress)
            found = found + more
            # Somebody may have published meanwhile: a worker that was forgotten, or whose last batch was still on its way.
            if await log.ends(settings, topics.ends) == topics.ends:
                break
        former = await exchange(databases) if restoring else None
        return Finished(found, topics, former)


async def exchange(databases: Databases) -> str | None:
    """Lets the restored database serve; the former one's name. **Raises** BackupFailed while somebody holds either."""
    now = SystemClock().now()
    for attempts_left in reversed(range(GOING)):
        try:
            former = await databases.exchange(now)
            await databases.say(databases.live, None)
            return former
        except asyncpg.ObjectInUseError:
            if attempts_left:
                await asyncio.sleep(1)
    held = [*await databases.others(databases.live), *await databases.others(databases.restoring)]
    raise BackupFailed(
        f"{databases.live} is still in use; what is restored waits as {databases.restoring}. Stop these, then run the"
        " command again:\n  " + "\n  ".join(held)
    )


async def _level(
    there: ServiceSettings, telling: Telling, before: Found, report: Path, progress: Progress
) -> tuple[Topics, Found]:  # fmt: skip
    """Reads the topics and tells what is missing, in one transaction that also says that it is finished, and reports it with
    what was found `before`."""
    owner = there.as_owner()
    staging = await asyncpg.connect(owner.driver_dsn, timeout=15)
    try:
        topics = await log.read(there, staging, telling.states, lambda done, of: progress("read Kafka", done, of))
        engine = database.open_engine(owner, pool_size=1, patient=True)
        try:
            async with database.transaction(database.sessions(engine)) as session:
                now = SystemClock().now()
                driver = await database.driver(session)
                await driver.execute("SET LOCAL statement_timeout = 0")
                await driver.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                found = await tell(session, telling, topics.records, now)
                found.notes += await _doubts(driver, topics)
                await _note(driver, found, now)
                write(report, there, before + found, now)
        finally:
            await engine.dispose()
        await staging.execute(log.UNSTAGE)
        return topics, found
    finally:
        await staging.close()


async def _doubts(driver: asyncpg.Connection, topics: Topics) -> list[str]:
    """What makes that Kafka itself has lost something, in sentences."""
    unheard = await driver.fetchval(
        "SELECT count(DISTINCT subject_id) FROM outbox WHERE feed_position IS NOT NULL AND NOT pending"
        " AND NOT EXISTS (SELECT FROM restore.seen WHERE seen.subject_id = outbox.subject_id)"
    )
    said = []
    if unheard or topics.missing:
        said.append(
            f"Kafka does not hold {unheard} records that were published: its own data were lost, so nobody knows what was"
            " published since the backup. Create the topics (wahana topics create), republish every service, rebuild every"
            " consumer (wahana rebuild-copies, wahana rebuild), and let those who follow GET /v1/events begin at 0."
        )
    if topics.unreadable:
        said.append(f"{topics.unreadable} records of the topics could not be read and were left out.")
    return said


async def _note(driver: asyncpg.Connection, found: Found, now: datetime) -> None:
    """Says in the database that it is finished, and in its audit trail."""
    counts = orjson.dumps(found.counts()).decode()
    operator = audit.OPERATOR.get() or audit.operator()
    id = await driver.fetchval(
        "UPDATE restoration SET finished_at = $1, found = $2 WHERE finished_at IS NULL RETURNING id", now, counts
    )
    if id is None and not any(found.counts().values()):
        return  # there was nothing to finish, and there is nothing to say
    if id is None:
        id = await driver.fetchval(
            "INSERT INTO restoration (restored_at, restored_by, finished_at, found) VALUES ($1, $2, $1, $3) RETURNING id",
            now, operator, counts,
        )  # fmt: skip
    await driver.execute(
        "INSERT INTO audit_entry (at, record_type, record_id, action, after, actor, client, reason) VALUES"
        " ($1, 'restoration', $2, 'restored', $3, $4, 'wahana', 'What was told between the backup and now is not in this trail.')",
        now, str(id), counts, operator,
    )  # fmt: skip


def write(report: Path, settings: ServiceSettings, found: Found, now: datetime) -> None:
    """The report: every record that was raised or lost, by id, for whoever has to enter it again. Blocks."""
    if not any(found.counts().values()):
        return
    told = {
        "service": settings.service, "restored_at": now.isoformat(), **found.counts(), "notes": found.notes,
        "lost": found.lost, "raised": found.raised,
    }  # fmt: skip
    report.touch(mode=0o600)
    report.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
