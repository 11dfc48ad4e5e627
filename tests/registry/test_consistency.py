"""What is told of a record, in events, digests, spells and the audit trail, is what its row says, after any history."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assessments import service as assessments
from services.registry.cultural_values import states as cultural_values
from services.registry.cultural_values.models import CulturalValue, PracticePlace
from services.registry.documents import service as documents
from services.registry.facilities import service as facilities
from services.registry.institutions import states as institutions
from services.registry.mapping import RegistryTable
from services.registry.memberships import states as memberships
from services.registry.memberships.models import Membership, SpellRow
from services.registry.models import Institution
from services.registry.network_memberships import states as network_memberships
from services.registry.network_memberships.models import NetworkMembership, NetworkMembershipSpell
from services.registry.network_officers import queries as network_officers
from services.registry.networks import states as networks
from services.registry.networks.models import Network, NetworkPlace
from services.registry.officers import queries as officers
from services.registry.officers import states as officer_states
from services.registry.officers.models import Officer
from services.registry.partners import states as partners
from services.registry.partners.models import Partner
from services.registry.partnerships import states as partnerships
from services.registry.partnerships.models import Partnership
from shared import audit_columns
from shared.audit import audit_entry
from shared.database import open_engine, sessions
from shared.events.institutions import Absorbed, Seat
from shared.outbox import outbox
from tests.house import House
from tests.registry.walk import Walk
from tests.registry.walk_actions import ACTIONS

STATES: dict[Any, Any] = {
    Institution: institutions.state, Membership: memberships.state, Officer: officer_states.state,
    Network: networks.state, NetworkMembership: network_memberships.state, Partner: partners.state,
    Partnership: partnerships.state,
}  # fmt: skip
"""What a row's newest event must say; a cultural value's villages stand beside its row."""
DONE = {
    "institutions.merger", "networks.merger", "networks.legalisation", "memberships.departure", "officers.patch",
    "change-requests.submission", "documents.patch", "facilities.checks", "assessments.voiding", "network-delegates",
    "networks.fund-entries", "partnerships.termination", "cultural-values.patch",
}  # fmt: skip
"""What must have been accepted for the history to show something."""
STEPS = 300


@pytest.fixture
async def walk(registry_api: House) -> Walk:
    walk = Walk(registry_api, seed=1)
    await walk.begin()
    await walk.go(STEPS, ACTIONS, DONE)
    return walk


@pytest.fixture
async def session(registry_api: House) -> AsyncIterator[AsyncSession]:
    engine = open_engine(registry_api.settings("registry").as_owner())
    async with sessions(engine)() as session:
        yield session
    await engine.dispose()


async def test_after_any_history_all_that_is_told_of_a_record_is_what_its_row_says(
    walk: Walk, session: AsyncSession
) -> None:
    assert walk.accepted.keys() >= DONE
    assert await _untold(session) == []
    assert await _digests(session) == []
    assert await _spells(session) == []
    assert await _places(session) == []
    assert await _broken_audit(session) == []


async def _untold(session: AsyncSession) -> list[tuple[str, Any, Any]]:
    """Subjects whose newest event differs from their row, or whose events have a gap."""
    newest = {
        row.subject_id: row for row in await session.execute(select(outbox).order_by(outbox.c.subject_id, outbox.c.id))
    }
    counted: dict[UUID, list[int]] = {}
    for row in await session.execute(select(outbox.c.subject_id, outbox.c.sequence).order_by(outbox.c.id)):
        counted.setdefault(row.subject_id, []).append(row.sequence)
    villages: dict[UUID, list[UUID]] = {}
    for place in await session.scalars(select(PracticePlace)):
        villages.setdefault(place.cultural_value_id, []).append(place.village_id)
    found: list[tuple[str, Any, Any]] = []
    tables: list[Any] = [*STATES, CulturalValue]
    for table in tables:
        for row in await session.scalars(select(table)):
            id = row.id
            state = STATES[table](row) if table in STATES else cultural_values.state(row, villages[id])
            said, is_so = newest[id].data, orjson.loads(orjson.dumps(state.model_dump(mode="json")))
            if said != is_so:
                found.append((f"{table.__name__} {newest[id].type}", *_differing(said, is_so)))
            if counted[id] != list(range(1, row.sequence + 1)):
                found.append((f"{table.__name__} {id}", counted[id], row.sequence))
    return found


def _differing(said: dict[str, Any], is_so: dict[str, Any]) -> tuple[Any, Any]:
    names = [name for name in {**said, **is_so} if said.get(name) != is_so.get(name)]
    return {name: said.get(name) for name in names}, {name: is_so.get(name) for name in names}


async def _digests(session: AsyncSession) -> list[tuple[str, Any, Any]]:
    """Columns of an institution or a network that repeat other rows, and do not say what these say."""
    found: list[tuple[str, Any, Any]] = []
    merged: dict[UUID, list[Institution]] = {}
    for institution in await session.scalars(select(Institution).where(Institution.successor_id.is_not(None))):
        merged.setdefault(institution.successor_id, []).append(institution)  # type: ignore[arg-type]  # it has one
    for institution in await session.scalars(select(Institution)):
        kept = {name: getattr(institution, name) for name in ("documents", "facilities", "assessments")}
        for name, slice in (("documents", documents), ("facilities", facilities), ("assessments", assessments)):
            await slice._tell(session, institution)
            found += [(name, kept[name], getattr(institution, name))] * (kept[name] != getattr(institution, name))
        terms = await officers.terms(session, institution.id)
        found += [("officers", institution.officers, terms)] * (institution.officers != terms)
        absorbed = {one.institution_id for one in institution.absorbed}
        direct = [_what_it_was(one) for one in merged.get(institution.id, [])]
        found += [("absorbed", institution.absorbed, one) for one in direct if one not in institution.absorbed]
        there = {one.institution_id for one in direct}
        through = {one.institution_id for each in merged.get(institution.id, []) for one in each.absorbed}
        found += [("absorbed", absorbed, there | through)] * (absorbed != there | through)
    for network in await session.scalars(select(Network)):
        terms = await network_officers.terms(session, network.id)
        found += [("management", network.management, terms)] * (network.management != terms)
    session.expunge_all()
    return found


def _what_it_was(institution: Institution) -> Absorbed:
    return Absorbed(
        institution_id=institution.id, type=institution.type, active=institution.active,
        seats=[Seat(village_id=s.village_id, since=s.since, until=s.until) for s in institution.seats],
        merged_on=institution.closed_on,
    )  # fmt: skip


async def _spells(session: AsyncSession) -> list[tuple[str, Any, Any]]:
    """Memberships whose spells differ from the rows of the table that refuses overlaps."""
    found: list[tuple[str, Any, Any]] = []
    pairs: list[tuple[Any, Any]] = [(Membership, SpellRow), (NetworkMembership, NetworkMembershipSpell)]
    for table, spells in pairs:
        rows: dict[UUID, list[Any]] = {}
        columns = spells.__table__.c
        for row in await session.execute(select(spells.__table__).order_by(columns.membership_id, columns.since)):
            rows.setdefault(row.membership_id, []).append((row.since, row.until))
        for membership in await session.scalars(select(table)):
            said = [(spell.since, spell.until) for spell in membership.spells]
            found += [(table.__name__, said, rows.get(membership.id))] * (said != rows.get(membership.id))
    return found


async def _places(session: AsyncSession) -> list[tuple[str, Any, Any]]:
    """Networks that are seen from other villages than those of their territory."""
    seen: dict[UUID, set[UUID]] = {}
    for place in await session.scalars(select(NetworkPlace)):
        seen.setdefault(place.network_id, set()).add(place.village_id)
    said = {n.id: {place.village_id for place in n.territory} for n in await session.scalars(select(Network))}
    return [("territory", said[id], seen.get(id)) for id in said if said[id] != seen.get(id)]


async def _broken_audit(session: AsyncSession) -> list[tuple[str, Any, Any]]:
    """Rows whose entries leave out a version, contradict each other, or do not lead to what stands there now."""
    entries: dict[tuple[str, str], list[Any]] = {}
    for entry in await session.execute(select(audit_entry).order_by(audit_entry.c.id)):
        if entry.disclosed is None:
            entries.setdefault((entry.record_type, entry.record_id), []).append(entry)
    found: list[tuple[str, Any, Any]] = []
    for mapper in RegistryTable.registry.mappers:
        name = str(mapper.local_table)
        if not any(kind == name for kind, _ in entries) or name == "region":
            continue
        for row in await session.scalars(select(mapper.class_)):
            of_it = entries.get((name, "/".join(map(str, mapper.primary_key_from_instance(row)))), [])
            found += _broken(name, row, of_it)
    return found


def _broken(name: str, row: Any, entries: list[Any]) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = []
    if hasattr(row, "sequence"):
        versions = [entry.sequence for entry in entries]
        found += [(f"{name}: versions", versions, row.sequence)] * (versions != list(range(1, row.sequence + 1)))
    mapper = inspect(type(row))
    # What is first written later than the registration begins empty, and no entry says so.
    later = [column for column in mapper.columns if column.info.get("later") and column.server_default]
    said: dict[str, Any] = {column.name: [] for column in later}
    for entry in entries:
        before = {column: said.get(column) for column in entry.before or {}}
        if before != (entry.before or {}):
            found.append((f"{name}: before {entry.action} {entry.sequence}", *_differing(before, entry.before)))
        said |= entry.after or {}
    stands = {
        column.name: orjson.loads(orjson.dumps(column.shown(getattr(row, column.key))))
        for column in audit_columns.audited(mapper)
        if mapper.columns[column.key].computed is None
    }
    wrong = _differing({column: said.get(column) for column in stands}, stands)
    return [*found, (f"{name}: now", *wrong)] if wrong[0] else found
