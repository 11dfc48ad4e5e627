"""What registry says of its own records when it was restored from a backup (`shared.backup.telling`).

Regions are told as they were, but go on naming every region change that was published: its number is counted, and the next
change takes the one after it. A region that was founded after the backup has existed on no day. People who were erased
after the backup are erased again: what identified them came back with it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.people import erasure
from services.registry.settings import Settings
from shared import audit, database
from shared.auth import NATION, Principal
from shared.backup.telling import Found, Telling, voided
from shared.events import registry

REGION = registry.Region.topic()
DATED = ("codes", "lineage", "names")


def telling(settings: Settings) -> Telling:
    """Registry's part of a restore."""

    async def afterwards(session: AsyncSession, found: Found, now: datetime) -> None:
        driver = await database.driver(session)
        found.notes += await _keep_changes(driver)
        found.notes += await _erase_again(session, driver, now)
        found.notes += await _keys(driver, settings)

    return Telling(registry.STATES, ended, afterwards, frozenset({REGION}))


def ended(topic: str, data: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """As `Telling.ended`: an entry error; a region that ended on the day it began."""
    if topic != REGION:
        return voided(topic, data, now)
    if data["until"] is not None:
        return None
    day = data["since"] or now.date().isoformat()
    closed = {name: [_closed(piece, day) for piece in data[name]] for name in DATED}
    return {**data, **closed, "until": day, "successors": []}


def _closed(piece: dict[str, Any], day: str) -> dict[str, Any]:
    return {**piece, "until": max(day, piece["since"] or day)} if piece["until"] is None else piece


_PUBLISHED = """
    SELECT own.id AS event, own.subject_id, own.data::text AS own, newest.data AS published
    FROM outbox own JOIN region ON region.id = own.subject_id AND region.sequence = own.sequence
    JOIN (SELECT DISTINCT ON (subject_id) subject_id, data FROM restore.event WHERE topic = $1
        ORDER BY subject_id, sequence DESC) AS newest ON newest.subject_id = own.subject_id
"""


async def _keep_changes(driver: asyncpg.Connection) -> list[str]:
    """Lets regions name the changes that were published of them since; says which have to be applied again."""
    undone: set[int] = set()
    for row in await driver.fetch(_PUBLISHED, REGION):
        own, published = orjson.loads(row["own"]), orjson.loads(row["published"])
        known = {change["number"] for change in own["changes"]}
        missing = [change for change in published["changes"] if change["number"] not in known]
        if missing:
            undone |= {change["number"] for change in missing}
            changes = sorted([*own["changes"], *missing], key=lambda change: change["number"])
            told = orjson.dumps({**own, "changes": changes}).decode()
            await driver.execute("UPDATE outbox SET data = $2::json WHERE id = $1", row["event"], told)
            await driver.execute(
                "UPDATE region SET changes = $2::jsonb WHERE id = $1", row["subject_id"], orjson.dumps(changes).decode()
            )
    if not undone:
        return []
    numbers = ", ".join(map(str, sorted(undone)))
    return [f"Region changes applied after the backup are undone: number {numbers}. Propose and apply them again."]


async def _erase_again(session: AsyncSession, driver: asyncpg.Connection, now: datetime) -> list[str]:
    """Erases those again whose erasure was published after the backup."""
    rows = await driver.fetch(
        "SELECT id FROM person WHERE NOT erased AND id IN (SELECT subject_id FROM restore.event WHERE topic = $1"
        " AND (data::json ->> 'erased')::boolean) ORDER BY id",
        registry.Person.topic(),
    )
    people = [UUID(str(row["id"])) for row in rows]
    operator = Principal(audit.OPERATOR.get() or audit.operator(), "wahana", frozenset(), (NATION,))
    await erasure.again(session, people, by=operator, now=now)
    return [f"{len(people)} people who were erased after the backup were erased again."] if people else []


_USED = """
    SELECT 'REGISTRY_PERSON_KEYS' AS setting, split_part(sealed, ':', 1) AS key FROM person, unnest(ARRAY[nik, phone]) AS sealed
    WHERE sealed IS NOT NULL
    UNION SELECT 'REGISTRY_PERSON_KEYS', split_part(card, ':', 1) FROM family WHERE card IS NOT NULL
    UNION SELECT 'REGISTRY_LOOKUP_KEYS', split_part(nik_index, ':', 1) FROM person WHERE nik_index IS NOT NULL
    UNION SELECT 'REGISTRY_LOOKUP_KEYS', split_part(card_index, ':', 1) FROM family WHERE card_index IS NOT NULL
"""


async def _keys(driver: asyncpg.Connection, settings: Settings) -> list[str]:
    """Which keys of the time of the backup are needed, and not set."""
    used = {(row["setting"], row["key"]) for row in await driver.fetch(_USED)}
    if settings.person_keys is None or settings.lookup_keys is None:
        return [f"Keys that the restored records need: {', '.join(sorted({key for _, key in used}))}."] if used else []
    ring = settings.keyring
    has = {("REGISTRY_PERSON_KEYS", key) for key in ring.sealing} | {
        ("REGISTRY_LOOKUP_KEYS", key) for key in ring.lookup
    }
    return [
        f"{setting} lacks the key {key}, under which records of the backup lie: set it behind the one in use, then run"
        " wahana people rotate-keys. Without it nobody can read them."
        for setting, key in sorted(used - has)
    ]
