"""What happens to agreements: made, changed, ended before their time, taken back, voided. Each is one event."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions.review import voided
from services.registry.models import Region
from services.registry.partnerships import parties, queries, references, states
from services.registry.partnerships.models import KeptContribution, Partnership
from services.registry.partnerships.references import References
from services.registry.partnerships.schemas import PartnershipContent, PartnershipIn, PartnershipPatch
from shared import database, outbox, records
from shared.auth import Principal
from shared.fields import folded
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, Forbidden, InvalidPayload
from shared.records import IdTaken

ONE_DAY = timedelta(days=1)


class PartiesOutsideYourArea(Forbidden):
    slug = "parties-outside-your-area"
    title = Text("Perjanjian ini juga mengikat pihak di luar wilayah Anda", "It also binds parties outside your area")


class PartnershipEnded(Conflict):
    slug = "partnership-ended"
    title = Text("Perjanjian ini sudah diakhiri", "The agreement was ended already")


class PartnershipNotEnded(Conflict):
    slug = "partnership-not-ended"
    title = Text("Perjanjian ini tidak pernah diakhiri lebih awal", "The agreement was never ended early")


async def register(session: AsyncSession, body: PartnershipIn, *, by: Principal, now: datetime) -> Partnership:
    """Records an agreement whose partner and parties the caller may see.

    Raises InvalidPayload naming each field, IdTaken for an id that is in use.
    """
    found = await references.found(session, body, by)
    partnership = draft(body, found, now)
    fact = outbox.Fact("agreed", by=by.subject, at=now, regions=found.regions)
    try:
        await outbox.register(await database.driver(session), partnership, states.state(partnership), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(partnership.id) from error
    return partnership


async def change(
    session: AsyncSession, id: UUID, patch: PartnershipPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> Partnership:
    """Merges a patch into an agreement all of whose parties the caller may see. What changes nothing is no event.

    Raises NotFound, PartiesOutsideYourArea, PreconditionFailed, NotChangeableNow, InvalidPayload naming the field.
    """
    partnership, told = await _locked(session, id, by, precondition)
    areas = await session.scalars(select(Region.code).where(Region.id.in_(partnership.region_ids)))
    wanted = patched(states.declared(partnership, sorted(areas)), patch)
    _refuse_termination_outside(wanted, partnership.ended_on)
    found = await references.found(session, wanted, by, kept=partnership)
    values = _content(wanted, found)
    differing = {name: value for name, value in values.items() if not _same(getattr(partnership, name), value)}
    if differing:
        for name, value in differing.items():
            setattr(partnership, name, value)
        await _record(session, partnership, "changed", told | found.regions, by=by, now=now)
    return partnership


async def terminate(
    session: AsyncSession, id: UUID, on: date, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Partnership:
    """Ends an agreement before its time; `on` is the first day on which it is no longer in force, and may lie ahead.

    Raises NotFound, PartiesOutsideYourArea, PreconditionFailed, NotChangeableNow, PartnershipEnded, InvalidPayload for a
    day outside the agreement.
    """
    partnership, told = await _locked(session, id, by, precondition)
    if partnership.ended_on is not None:
        raise PartnershipEnded(
            Text(
                f"Berakhir pada {partnership.ended_on}. Bila itu salah, tarik dulu: POST …/reinstatement.",
                f"It ended on {partnership.ended_on}. If that was a mistake, take it back first: POST …/reinstatement.",
            )
        )
    if fault := _outside(partnership.since, partnership.until, on, "/on"):
        raise InvalidPayload(errors=[fault])
    partnership.ended_on = on
    await _record(session, partnership, "ended", told, by=by, now=now, reason=reason)
    return partnership


async def reinstate(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Partnership:
    """Takes back a termination that was an entry error: the agreement runs as it was agreed.

    Raises NotFound, PartiesOutsideYourArea, PreconditionFailed, NotChangeableNow, PartnershipNotEnded.
    """
    partnership, told = await _locked(session, id, by, precondition)
    if partnership.ended_on is None:
        raise PartnershipNotEnded
    partnership.ended_on = None
    await _record(session, partnership, "reinstated", told, by=by, now=now, reason=reason)
    return partnership


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Partnership:
    """Voids an entry error. Raises NotFound, PartiesOutsideYourArea, PreconditionFailed, NotChangeableNow."""
    partnership, told = await _locked(session, id, by, precondition)
    partnership.voided = True
    await _record(session, partnership, "voided", told, by=by, now=now, reason=reason)
    return partnership


def draft(body: PartnershipIn, found: References, now: datetime) -> Partnership:
    """The row of a new agreement. Pure."""
    return Partnership(
        id=body.id or uuid7(),
        **_content(body, found),
        ended_on=None,
        voided=False,
        registered_at=now,
        changed_at=now,
    )


def _content(content: PartnershipContent, found: References) -> dict[str, Any]:
    return {
        "partner_id": content.partner_id,
        "institution_ids": content.institution_ids,
        "network_ids": content.network_ids,
        "region_ids": [found.areas[code].id for code in content.areas],
        "title": content.title,
        "number": content.number,
        "since": content.since,
        "until": content.valid_until and content.valid_until + ONE_DAY,
        "contributions": [KeptContribution(**c.model_dump()) for c in content.contributions],
        "search_text": " ".join(filter(None, (folded(content.title), folded(content.number or "")))),
    }


def _same(stored: Any, wanted: Any) -> bool:
    """Areas and parties are sets: another order of ids is no change."""
    if isinstance(stored, list) and stored and isinstance(stored[0], UUID):
        return set(stored) == set(wanted)
    return bool(stored == wanted)


def _refuse_termination_outside(wanted: PartnershipContent, ended_on: date | None) -> None:
    until = wanted.valid_until and wanted.valid_until + ONE_DAY
    if ended_on is not None and (fault := _outside(wanted.since, until, ended_on, "/valid_until")):
        raise InvalidPayload(errors=[fault])


def _outside(since: date, until: date | None, on: date, pointer: str) -> Fault | None:
    """The fault of an early end that is not after the first day, or not before the agreed end."""
    if since < on and (until is None or on < until):
        return None
    last = until and until - ONE_DAY
    return Fault(
        "termination-outside-agreement",
        Text(f"Hari berakhir {on} tidak di dalam masa perjanjian.", f"The early end {on} lies outside the agreement."),
        Text(
            f"Pilih mulai {since + ONE_DAY}" + (f" sampai {last}." if last else "."),
            f"Choose from {since + ONE_DAY}" + (f" to {last}." if last else " on."),
        ),
        pointer=pointer,
    )


async def _locked(
    session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch
) -> tuple[Partnership, set[UUID]]:
    """The agreement, locked, and the regions that its parties and areas lie in: whom a change is told to.

    Whoever changes it changes it for every party, so the caller must be in charge of all of them.
    """
    partnership = await records.locked(session, Partnership, id, queries.visible(by))
    named = {*partnership.institution_ids, *partnership.network_ids}
    seen = await parties.seen(session, partnership.institution_ids, partnership.network_ids, by)
    if hidden := named - seen.keys():
        raise PartiesOutsideYourArea(
            Text(
                f"{len(hidden)} dari {len(named)} pihak di luar wilayah Anda. Minta petugas yang wilayahnya memuat "
                "semua pihak mengubahnya.",
                f"{len(hidden)} of its {len(named)} parties are outside your area. Ask an officer whose area holds "
                "all of them to change it.",
            )
        )
    precondition.check(partnership.sequence)
    if partnership.voided:
        raise voided()
    villages = {village for party in seen.values() for village in party.village_ids}
    return partnership, {*partnership.region_ids, *villages}


async def _record(
    session: AsyncSession,
    partnership: Partnership,
    verb: str,
    regions: set[UUID],
    *,
    by: Principal,
    now: datetime,
    reason: str | None = None,
) -> None:
    state = states.state(partnership)
    await records.record(session, partnership, state, verb, by=by, now=now, regions=regions, reason=reason)
