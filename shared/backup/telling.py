"""Brings a restored database level with what was published since its backup, in one transaction.

Three things, from what `shared.backup.log` has staged:
- *The log is whole again.* Events that Kafka has and the outbox lacks are put back into it, with feed positions above any
  that was ever given, so that no follower's cursor passes over what comes now. Who did it and why was never published: that
  is lost.
- *What the database still knows is told anew*, as the fact `restored`: its sequence is raised above every published one and
  the event carries its restored state. Otherwise consumers, who hold the higher sequence, would ignore all later changes.
- *What the database does not know any more* (it was registered after the backup) is told as `lost`: its last published
  state, made void, so that nobody keeps it as living for ever.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit, database
from shared.backup import places
from shared.events.envelope import State

ACTOR = "wahana-restore"
WHY = "Told before a restore from a backup; who did it and why was lost with the database."
CHUNK = 500


@dataclass
class Found:
    """What was found and done: records by topic, for the report. `notes` are sentences for whoever restores."""

    raised: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    put_back: int = 0
    notes: list[str] = field(default_factory=list)

    def __add__(self, more: "Found") -> "Found":
        """Both: what another look found beside this."""
        return Found(
            [*self.raised, *more.raised], [*self.lost, *more.lost], self.put_back + more.put_back,
            [*self.notes, *(note for note in more.notes if note not in self.notes)],
        )  # fmt: skip

    def counts(self) -> dict[str, int]:
        """How many of each, for the database's own note."""
        return {"events_put_back": self.put_back, "records_raised": len(self.raised), "records_lost": len(self.lost)}


@dataclass(frozen=True)
class Telling:
    """What a service says about its own subjects.

    `ended(topic, data, now)` is the last state of a subject that is no more, None if its last event said so already.
    `afterwards(session, found, now)` does what else its restored records need, in the same transaction.
    `to_all` are topics that concern everybody.
    """

    states: Sequence[type[State]]
    ended: Callable[[str, dict[str, Any], datetime], dict[str, Any] | None]
    afterwards: Callable[[AsyncSession, Found, datetime], Awaitable[None]]
    to_all: frozenset[str] = frozenset()

    def table(self, state: type[State]) -> str:
        """The table that holds the subjects of a topic."""
        return state.NOUN.replace("-", "_")


def voided(topic: str, data: dict[str, Any], now: datetime) -> dict[str, Any] | None:  # noqa: ARG001  # as `Telling.ended`
    """The state of an entry error: it counts nowhere. None if it is one already."""
    return None if data["voided"] else {**data, "voided": True}


async def tell(session: AsyncSession, telling: Telling, records: int, now: datetime) -> Found:
    """Does all of it in the session's transaction. `records`: how many the service's topics have ever held."""
    driver = await database.driver(session)
    found = Found()
    # Never given: each position was given to an event that was published, so there are no more than records since.
    above: int = await driver.fetchval("SELECT coalesce(max(feed_position), 0) FROM outbox") + records
    await _place(driver, telling)
    await driver.execute(_NUMBER.format(above=above))
    found.put_back = int((await driver.execute(_PUT_BACK, ACTOR, WHY)).split()[-1])
    await driver.execute(_PUBLISHED)
    operator = audit.OPERATOR.get() or audit.operator()
    for state in telling.states:
        rows = await driver.fetch(_RAISE.format(table=telling.table(state)), state.topic(), now, operator, REASON)
        found.raised += [
            {"topic": state.topic(), "id": str(row["id"]), "was": row["was"], "is": row["next"]} for row in rows
        ]
        changed = _CHANGED.format(table=telling.table(state), changed=await _changed(driver, telling, state))
        await driver.execute(changed, now)
        await _lose(driver, telling, state, found, now)
    await telling.afterwards(session, found, now)
    return found


REASON = "Restored from a backup: it is as it was then."
LOST = "Registered after the backup from which the database was restored."

_NUMBER = """
    CREATE TEMP TABLE numbered ON COMMIT DROP AS
    SELECT subject_id, sequence, {above} + row_number() OVER (ORDER BY latest, subject_id, sequence) AS position FROM (
        SELECT subject_id, sequence, max(time) OVER (PARTITION BY subject_id ORDER BY sequence) AS latest FROM (
            SELECT subject_id, sequence, time FROM restore.event
            UNION ALL SELECT subject_id, sequence, time FROM outbox JOIN restore.seen USING (subject_id)
            WHERE feed_position IS NULL AND sequence <= seen.top
        ) AS told
    ) AS in_order
"""
_PUT_BACK = """
    INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor, reason,
        traceparent, pending, feed_position)
    SELECT event_id, topic, subject_id, sequence, type, time, data::json, dataschema, region_ids, $1, $2, traceparent,
        false, position
    FROM restore.event JOIN numbered USING (subject_id, sequence) ORDER BY position
"""
# What was waiting to be published when the backup was taken, and has been since.
_PUBLISHED = """
    UPDATE outbox SET pending = false, feed_position = numbered.position FROM numbered
    WHERE outbox.subject_id = numbered.subject_id AND outbox.sequence = numbered.sequence AND outbox.feed_position IS NULL
"""
_RAISE = """
    WITH raised AS MATERIALIZED (
        SELECT row.id, row.sequence AS was, 1 + (SELECT max(sequence) FROM outbox WHERE subject_id = row.id) AS next
        FROM {table} row WHERE row.id IN (SELECT subject_id FROM restore.event UNION SELECT subject_id FROM restore.divergent)
    ), told AS (
        INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor, reason)
        SELECT uuidv7(), own.topic, own.subject_id, raised.next, regexp_replace(own.topic, '\\.(v[0-9]+)$', '.restored.\\1'),
            $2, own.data, own.dataschema, (
                SELECT CASE WHEN bool_or(region_ids IS NULL) THEN NULL
                    ELSE ARRAY(SELECT DISTINCT place FROM outbox o, unnest(o.region_ids) AS place WHERE o.subject_id = raised.id
                        AND o.sequence >= raised.was) END
                FROM outbox WHERE subject_id = raised.id AND sequence >= raised.was
            ), $3, $4
        FROM raised JOIN outbox own ON own.subject_id = raised.id AND own.sequence = raised.was AND own.topic = $1
        ORDER BY raised.id
        RETURNING subject_id, region_ids
    ), entries AS (
        INSERT INTO audit_entry (at, record_type, record_id, sequence, action, before, after, actor, client, reason, region_ids)
        SELECT $2, '{table}', raised.id, raised.next, 'restored', '{{}}', '{{}}', $3, 'wahana', $4, told.region_ids
        FROM raised JOIN told ON told.subject_id = raised.id ORDER BY raised.id
    )
    SELECT id, was, next FROM raised ORDER BY id
"""
_CHANGED = """
    UPDATE {table} SET sequence = newest.sequence{changed}
    FROM (SELECT $1::timestamptz AS now) AS given, (SELECT subject_id, max(sequence) AS sequence FROM outbox WHERE subject_id IN (
        SELECT subject_id FROM restore.event UNION SELECT subject_id FROM restore.divergent
    ) GROUP BY subject_id) AS newest
    WHERE {table}.id = newest.subject_id
"""
_LOST = """
    SELECT DISTINCT ON (subject_id) subject_id, sequence, data, dataschema, time,
        ARRAY(SELECT DISTINCT place FROM restore.event o, unnest(o.region_ids) AS place
            WHERE o.subject_id = event.subject_id) AS region_ids
    FROM restore.event event
    WHERE topic = $1 AND NOT EXISTS (SELECT FROM {table} row WHERE row.id = event.subject_id)
    ORDER BY subject_id, sequence DESC
"""
_TELL_LOST = """
    INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor, reason)
    VALUES (uuidv7(), $1, $2, $3, regexp_replace($1, '\\.(v[0-9]+)$', '.lost.\\1'), $4, $5::json, $6, $7, $8, $9)
"""


async def _changed(driver: asyncpg.Connection, telling: Telling, state: type[State]) -> str:
    """Also when it changed, where the table says that: whoever asks for what is new shall be given it."""
    has = await driver.fetchval(
        "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'changed_at')",
        telling.table(state),
    )
    return ", changed_at = given.now" if has else ""


async def _lose(driver: asyncpg.Connection, telling: Telling, state: type[State], found: Found, now: datetime) -> None:
    """Tells what the database does not know any more, and names it for the report."""
    operator = audit.OPERATOR.get() or audit.operator()
    to_all = state.topic() in telling.to_all
    for row in await driver.fetch(_LOST.format(table=telling.table(state)), state.topic()):
        data = orjson.loads(row["data"])
        ended = telling.ended(state.topic(), data, now)
        if ended is not None:
            await driver.execute(
                _TELL_LOST, state.topic(), row["subject_id"], row["sequence"] + 1, now, orjson.dumps(ended).decode(),
                row["dataschema"], None if to_all else row["region_ids"], operator, LOST,
            )  # fmt: skip
        found.lost.append(
            {"topic": state.topic(), "id": str(row["subject_id"]), "published": row["sequence"],
             "last_told_at": row["time"].isoformat(), **{name: data[name] for name in ("name", "title") if data.get(name)}}
        )  # fmt: skip


async def _place(driver: asyncpg.Connection, telling: Telling) -> None:
    """Notes whom each event that came back concerns: the regions its state names, or those of what it belongs to."""
    await driver.execute("UPDATE restore.event SET region_ids = NULL WHERE topic = ANY($1)", list(telling.to_all))
    last = UUID(int=0), 0
    while rows := await driver.fetch(
        "SELECT subject_id, sequence, topic, data FROM restore.event WHERE (subject_id, sequence) > ($1, $2)"
        " ORDER BY subject_id, sequence LIMIT $3",
        *last,
        CHUNK,
    ):
        last = rows[-1]["subject_id"], rows[-1]["sequence"]
        told = [(row, orjson.loads(row["data"])) for row in rows if row["topic"] not in telling.to_all]
        through = {id for _, data in told for id in places.leads_through(data)}
        known = await _newest(driver, through)
        placed = []
        for row, data in told:
            where = places.of(data)
            where = where.union(*(known.get(id, set()) for id in places.leads_through(data)))
            placed.append((row["subject_id"], row["sequence"], sorted(where)))
        await driver.executemany(
            "UPDATE restore.event SET region_ids = $3 WHERE subject_id = $1 AND sequence = $2", placed
        )


async def _newest(driver: asyncpg.Connection, ids: set[UUID]) -> dict[UUID, set[UUID]]:
    """Where these institutions and networks lie, by the newest that is known of them."""
    rows = await driver.fetch(
        "SELECT DISTINCT ON (subject_id) subject_id, data FROM ("
        " SELECT subject_id, sequence, data::text AS data FROM outbox WHERE subject_id = ANY($1)"
        " UNION ALL SELECT subject_id, sequence, data FROM restore.event WHERE subject_id = ANY($1)) AS told"
        " ORDER BY subject_id, sequence DESC",
        list(ids),
    )
    return {row["subject_id"]: places.of(orjson.loads(row["data"])) for row in rows}
