"""What the audit trail holds of a change, what it never holds, and who may not rewrite it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from sqlalchemy import LargeBinary, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared import audit, database, outbox
from shared.clock import SettableClock
from shared.database import Table
from shared.events.registry import Family
from tests.house import House
from tests.registry.institutions import DISTRICT, VILLAGE, People, patched, record, registration, take

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
REGION = UUID(int=7)


class Kept(Table):
    """A row with what identifies somebody in it."""

    __tablename__ = "kept"
    metadata = MetaData()

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    label: Mapped[str | None] = mapped_column("kept_label", Text)
    name: Mapped[str | None] = mapped_column(Text, info={"personal": True})
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info={"personal": ("phone",)})
    said: Mapped[str | None] = mapped_column(Text, info={"audited": False})


@pytest.fixture
async def engine(registry_api: House) -> AsyncIterator[AsyncEngine]:
    """An engine as the service opens it, and the table `kept`."""
    await registry_api.execute(
        "registry",
        "CREATE TABLE kept (id uuid PRIMARY KEY, sequence int, kept_label text, name text, sealed bytea, told jsonb, said text);"
        "GRANT ALL ON kept TO PUBLIC",
    )
    opened = database.open_engine(registry_api.settings("registry"), pool_size=1)
    yield opened
    await opened.dispose()


async def _noted(session: AsyncSession, row: Kept, action: str) -> None:
    await audit.note(session, row, action, by="operator-1", at=NOW, regions=[REGION], reason="Salah ketik")
    await session.flush()


async def test_a_row_that_is_no_subject_is_told_from_its_creation_to_its_removal(engine: AsyncEngine) -> None:
    async with database.transaction(database.sessions(engine)) as session:
        row = Kept(
            id=uuid4(), sequence=1, label="a", name="Siti Aminah", sealed=b"Siti", told={"phone": "0812", "day": 1}
        )
        session.add(row)
        await _noted(session, row, "recorded")
        row.sequence, row.label, row.name, row.sealed = 2, "b", "Budi", None
        row.told, row.said = {"phone": "0813", "day": 2}, "Budi"
        await _noted(session, row, "changed")
        await session.delete(row)
        await _noted(session, row, "removed")
        entries = (
            await session.execute(text("SELECT * FROM audit_entry WHERE record_type = 'kept' ORDER BY id"))
        ).all()
        steps = await audit.history(session, "kept", row.id)
    told = [(e.action, e.sequence, e.before, e.after) for e in entries]
    first = {"id": str(row.id), "kept_label": "a", "name": "•••", "sealed": "•••", "told": {"phone": "•••", "day": 1}}
    last = {"kept_label": "b", "name": "•••", "sealed": None, "told": {"phone": "•••", "day": 2}}
    assert told == [
        ("recorded", 1, None, first),
        ("changed", 2, {name: first[name] for name in last}, last),
        ("removed", 2, {"id": str(row.id)} | last, None),
    ]
    assert {(e.record_id, e.actor, e.client, e.at, e.reason, *e.region_ids) for e in entries} == {
        (str(row.id), "operator-1", "wahana", NOW, "Salah ketik", REGION)
    }
    assert [step.type for step in steps] == ["recorded", "changed", "removed"]
    assert (steps[1].changes["kept_label"].before, steps[1].changes["kept_label"].after) == ("a", "b")
    assert "name" in steps[1].changes, "that it changed is told, also where both values are hidden"


async def test_new_subjects_are_told_by_their_columns_names_one_by_one_and_in_bulk(engine: AsyncEngine) -> None:
    fact = outbox.Fact("registered", "operator-1", NOW, regions=[REGION])
    first, second = [Kept(id=uuid4(), label=label, name="Siti Aminah") for label in ("a", "b")]
    async with database.transaction(database.sessions(engine)) as session:
        await outbox.register(await database.driver(session), first, Family(village_id=REGION), fact)
        await outbox.register_many(session, [(second, Family(village_id=REGION), fact)])
        stored = (await session.execute(text("SELECT kept_label, name FROM kept ORDER BY kept_label"))).all()
        entries = await session.scalars(text("SELECT after FROM audit_entry WHERE record_type = 'kept' ORDER BY id"))
    assert stored == [("a", "Siti Aminah"), ("b", "Siti Aminah")]
    assert [(entry["kept_label"], entry["name"]) for entry in entries] == [("a", "•••"), ("b", "•••")]


async def test_a_disclosure_names_the_fields_and_no_value(engine: AsyncEngine) -> None:
    async with database.transaction(database.sessions(engine)) as session:
        row = Kept(id=uuid4(), sequence=3, name="Siti Aminah")
        await audit.seen(session, row, ["name"], by="operator-1", at=NOW, regions=[REGION])
        (entry,) = (await session.execute(text("SELECT * FROM audit_entry WHERE record_type = 'kept'"))).mappings()
    assert (entry["action"], entry["disclosed"], entry["before"], entry["after"]) == ("seen", ["name"], None, None)
    assert b"Siti" not in orjson.dumps(dict(entry), default=str)


async def test_a_subject_s_entries_tell_every_column_that_changed_who_and_through_which_request(
    registry_api: House,
) -> None:
    people = People(registry_api)
    headers = {"X-Request-Id": "request-1"}
    contact = {"phone": "+6281299007001"}
    answer = await people.operator.post("/v1/institutions", json=registration(contact=contact), headers=headers)
    made = record(answer, 201)
    changed = record(await patched(people.operator, made, {"name": "Arisan Mawar", "contact": None}))
    await take(people.operator, changed, "submission")
    rows = await registry_api.fetch(
        "registry", "SELECT * FROM audit_entry WHERE record_id = $1 ORDER BY id", made["id"]
    )
    assert [(r["record_type"], r["action"], r["sequence"]) for r in rows] == [
        ("institution", "registered", 1), ("institution", "changed", 2), ("institution", "submitted", 3),
    ]  # fmt: skip
    before, after = ([r[side] and orjson.loads(r[side]) for r in rows] for side in ("before", "after"))
    assert before[0] is None
    assert (after[0]["name"], after[0]["contact"]) == ("Arisan Melati", "•••")
    assert after[0]["members"] == {"female": 20, "male": 4, "unknown": 0}
    assert (before[1], after[1]) == (
        {"name": "Arisan Melati", "contact": "•••"}, {"name": "Arisan Mawar", "contact": None},
    )  # fmt: skip
    assert (before[2], after[2]) == ({"verification": "draf"}, {"verification": "diajukan"})
    assert {(r["actor"], r["client"]) for r in rows} == {(f"village-operator@{VILLAGE}", "wahana-local-trial")}
    assert rows[0]["request_id"] == "request-1"
    assert rows[1]["request_id"] not in (None, "request-1")


async def test_what_is_rolled_back_leaves_no_entry(registry_api: House) -> None:
    people = People(registry_api)
    made = await people.registered()
    again = await people.operator.post("/v1/institutions", json=registration(id=made["id"]))
    assert again.status_code == 409
    (row,) = await registry_api.fetch("registry", "SELECT count(*) FROM audit_entry WHERE record_id = $1", made["id"])
    assert row[0] == 1


REWRITINGS = (
    "UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
    "UPDATE audit_seal SET entries = 0", "DELETE FROM audit_seal", "TRUNCATE audit_seal",
    "SET session_replication_role = replica; DELETE FROM audit_entry",
)  # fmt: skip


@pytest.mark.parametrize("rewriting", REWRITINGS)
async def test_not_even_the_owner_rewrites_the_trail(registry_api: House, rewriting: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await registry_api.execute("registry", rewriting)


@pytest.mark.parametrize("service", ["registry", "activities"])
async def test_the_service_s_role_may_only_read_and_add(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock, service: str
) -> None:
    async with House(servers, templates, issuer, clock, (service,), workers=()) as house:
        connection = await asyncpg.connect(house.settings(service).driver_dsn)
        for statement in (*REWRITINGS, "ALTER TABLE audit_entry DISABLE TRIGGER append_only", "DROP TABLE audit_entry"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
                await connection.execute(statement)
            assert "append-only" not in str(refused.value), "its rights refuse it before the trigger does"
        assert await connection.fetchval("SELECT count(*) FROM audit_entry") is not None
        await connection.execute("UPDATE outbox SET pending = pending")
        await connection.close()


async def test_a_change_request_tells_its_way_and_hides_a_contact(registry_api: House) -> None:
    people = People(registry_api)
    made = await people.verified()
    request = await people.proposed(made, name="Arisan Mawar", contact={"phone": "+6281299007001"})
    request = await take(people.operator, request, "submission", collection="change-requests")
    facilitator = registry_api.client("registry", "district-facilitator", DISTRICT)
    await take(facilitator, request, "return", {"reason": "Nomor salah"}, "change-requests")
    rows = await registry_api.fetch(
        "registry", "SELECT * FROM audit_entry WHERE record_type = 'change_request' ORDER BY id"
    )
    assert [r["action"] for r in rows] == ["proposed", "submitted", "returned"]
    assert [r["reason"] for r in rows] == [None, None, "Nomor salah"]
    changes = orjson.loads(rows[0]["after"])["changes"]
    assert (changes["name"]["after"], changes["contact"]) == ("Arisan Mawar", "•••")
    assert not any("81299007" in (r["after"] or "") for r in rows)
    assert orjson.loads(rows[2]["after"]) == {"verification": "dikembalikan"}
