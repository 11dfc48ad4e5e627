"""What happens to whatever is posted: posted, changed, closed, voided; and how one is locked to be changed.

Each function runs in the caller's transaction, writes one row and records one event.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.activities.answers import WarningOut
from services.activities.exchange import known as exchange_known
from services.activities.exchange import parties, scope
from services.activities.exchange.known import Known
from services.activities.exchange.nouns import Noun, Row
from services.activities.known.models import KnownRegion
from services.activities.known.places import Warned
from shared import database, outbox, records
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import PostingState
from shared.events.activities import Organisation
from shared.language import Language, Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, Forbidden, InvalidPayload, NotFound


class PostedByOthers(Forbidden):
    slug = "posted-by-others"
    title = Text("Ini diubah oleh yang memasangnya saja", "Only those who act for the organisation change this")


class PostingClosed(Conflict):
    slug = "posting-closed"
    title = Text("Ini sudah ditutup", "This is closed already")


class PostingVoided(Conflict):
    slug = "posting-voided"
    title = Text("Catatan ini sudah dibatalkan", "The record was voided as an entry error")


@dataclass(slots=True)
class Drafted(Generic[Row]):
    """A posting that is not stored yet: its row, which joins no session, and what its event and answer need."""

    noun: Noun[Row]
    row: Row
    regions: set[UUID]
    warned: list[Warned] = field(default_factory=list)

    def registration(self, by: Principal, now: datetime) -> tuple[Row, Any, outbox.Fact]:
        """What `outbox.register` and `register_many` store."""
        fact = outbox.Fact(self.noun.first, by=by.subject, at=now, regions=self.regions)
        return self.row, self.noun.state(self.row), fact

    def warnings(self, language: Language) -> list[WarningOut]:
        """What was understood otherwise than it was written."""
        return [WarningOut.of(each, language) for each in self.warned]


def drafted(
    noun: Noun[Row], body: Any, known: Known, principal: Principal, now: datetime
) -> Drafted[Row] | list[Fault]:
    """The posting that a body asks for, or all that is wrong with it. Raises ReferenceNotArrived. Pure.

    `known` was found for its poster and its village.
    """
    party = body.poster.party
    if faults := parties.party_faults(party, known, principal, "/poster"):
        return faults
    region, faults, warned = parties.placed(party, body.village, known, principal, now.date())
    today = local_date(now, region.time_zone) if region else now.date()
    faults += parties.scope_faults(party, body.scope, body.network_id, known, today)
    faults += last_day_faults(body, today)
    if region is None or faults:
        return faults
    row = noun.table(
        id=body.id or uuid7(), poster_kind=party.organisation, poster_id=party.id, village_id=region.id,
        village_code=region.area_code, state=PostingState.TERBUKA, voided=False, recorded_at=now, changed_at=now,
        **noun.untouched,
    )  # fmt: skip
    noun.describe(row, body)
    return Drafted(noun, row, {region.id, *known.regions(party)}, warned)


def last_day_faults(body: Any, today: date) -> list[Fault]:
    """What stands until a day that is over already is of no use to anybody."""
    name = next((name for name in ("needed_until", "valid_until") if hasattr(body, name)), None)
    last = getattr(body, name) if name else None
    if last is None or last >= today:
        return []
    return [
        Fault(
            "already-over",
            Text(f"{last} sudah lewat; hari ini {today} di sana.", f"{last} is over; it is {today} there."),
            Text("Isi hari ini atau sesudahnya, atau kosongkan.", "Give today or a later day, or leave it out."),
            pointer=f"/{name}",
        )
    ]


async def post(
    session: AsyncSession, noun: Noun[Row], body: Any, principal: Principal, now: datetime, more: Sequence[Fault] = ()
) -> Drafted[Row]:
    """Posts something; `more` is what is wrong with it beside. Raises InvalidPayload, ReferenceNotArrived, IdTaken."""
    known = await exchange_known.find(session, [(body.poster.party, body.village)])
    draft = drafted(noun, body, known, principal, now)
    if isinstance(draft, list) or more:
        raise InvalidPayload(errors=[*(draft if isinstance(draft, list) else ()), *more])
    await store(session, draft, principal, now)
    return draft


async def store(session: AsyncSession, draft: Drafted[Row], principal: Principal, now: datetime) -> None:
    """Stores what was drafted, with its first event. Raises IdTaken."""
    try:
        await outbox.register(await database.driver(session), *draft.registration(principal, now))
    except asyncpg.UniqueViolationError as error:
        raise records.IdTaken.of(draft.row.id) from error


@dataclass(slots=True)
class Held(Generic[Row]):
    """A posting whose row this transaction holds; `today` is the local date of its village."""

    noun: Noun[Row]
    row: Row
    today: date
    regions: set[UUID]
    warned: list[Warned] = field(default_factory=list)

    def warnings(self, language: Language) -> list[WarningOut]:
        """What was understood otherwise than it was written."""
        return [WarningOut.of(each, language) for each in self.warned]

    async def record(
        self, session: AsyncSession, verb: str, principal: Principal, now: datetime, reason: str | None = None
    ) -> None:
        """Writes its changes and the one event that tells them."""
        state = self.noun.state(self.row)
        await records.record(
            session, self.row, state, verb, by=principal, now=now, regions=self.regions, reason=reason
        )  # fmt: skip


async def locked(
    session: AsyncSession, noun: Noun[Row], id: UUID, principal: Principal, now: datetime, *, seen: Any = None
) -> Held[Row]:
    """A posting that the caller may read, locked; `seen` is another condition by which it may. Raises NotFound."""
    visible = noun.readable(principal) if seen is None else noun.readable(principal) | seen
    row = await records.locked(session, noun.table, id, visible)
    zone = await session.scalar(select(KnownRegion.time_zone).where(KnownRegion.id == row.village_id))
    known = await exchange_known.organisations(session, [row.poster])
    today = local_date(now, zone) if zone else now.date()
    return Held(noun, row, today, {row.village_id, *known.regions(row.poster)})


async def own(
    session: AsyncSession, noun: Noun[Row], id: UUID, principal: Principal, now: datetime, if_match: IfMatch
) -> Held[Row]:
    """A posting of an organisation for which the caller acts, locked. Raises NotFound, PostedByOthers, PreconditionFailed."""
    held = await locked(session, noun, id, principal, now)
    if not await acts_for(session, held.row.poster, principal):
        raise PostedByOthers
    if_match.check(held.row.sequence)
    return held


async def acts_for(session: AsyncSession, party: Organisation, principal: Principal) -> bool:
    """Whether the caller acts for an organisation."""
    return bool(await session.scalar(select(scope.kept(scope.literal_id(party.id), principal))))


async def refuse_others(session: AsyncSession, noun: Noun[Row], id: UUID, principal: Principal) -> None:
    """Raises NotFound, and PostedByOthers for whom does not act for the poster of what it may read."""
    if not await acts_for(session, await _poster(session, noun, id, principal), principal):
        raise PostedByOthers


def refuse_over(row: Any) -> None:
    """Raises PostingVoided, PostingClosed."""
    if row.voided:
        raise PostingVoided
    if row.state is PostingState.DITUTUP:
        raise PostingClosed


More = Callable[[Any, Any, Held[Any]], Awaitable[list[Fault]]]


async def change(
    session: AsyncSession, noun: Noun[Row], id: UUID, patch: Any, principal: Principal, now: datetime, if_match: IfMatch,
    more: More | None = None,
) -> Held[Row]:  # fmt: skip
    """Changes what is posted while it is open. A patch that changes nothing is no event.

    `more` tells what is wrong beside, given what it says now, what it is to say, and its row. Raises as `own`, and PostingVoided, PostingClosed, InvalidPayload.
    """
    poster = await _poster(session, noun, id, principal)
    # Regions are held before the row, by everybody: a code may be copied from them.
    known = await exchange_known.find(session, [(poster, patch.village)])
    held = await own(session, noun, id, principal, now, if_match)
    refuse_over(held.row)
    current = noun.description_of(held.row)
    wanted = patched(current, patch)
    faults: list[Fault] = []
    if wanted.village != current.village:
        region, faults, held.warned = parties.placed(poster, wanted.village, known, principal, held.today)
        if region:
            held.row.village_id, held.row.village_code = region.id, region.area_code
            held.regions.add(region.id)
            wanted = wanted.model_copy(update={"village": region.area_code})
    if (wanted.scope, wanted.network_id) != (current.scope, current.network_id):
        faults += parties.scope_faults(poster, wanted.scope, wanted.network_id, known, held.today)
    if getattr(wanted, "last_day", None) != getattr(current, "last_day", None):
        faults += last_day_faults(wanted, held.today)
    if more:
        faults += await more(current, wanted, held)
    if faults:
        raise InvalidPayload(errors=faults)
    if wanted != current:
        noun.describe(held.row, wanted)
        await held.record(session, "changed", principal, now)
    return held


async def _poster(session: AsyncSession, noun: Noun[Row], id: UUID, principal: Principal) -> Organisation:
    columns = noun.table.__table__.c
    statement = select(columns.poster_kind, columns.poster_id).where(columns.id == id, noun.readable(principal))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return Organisation(organisation=row.poster_kind, id=row.poster_id)


async def void(session: AsyncSession, held: Held[Row], reason: str, principal: Principal, now: datetime) -> None:
    """Tells that it was an entry error: read by those who act for its poster only. Raises PostingVoided."""
    if held.row.voided:
        raise PostingVoided
    held.row.voided = True
    await held.record(session, "voided", principal, now, reason)
