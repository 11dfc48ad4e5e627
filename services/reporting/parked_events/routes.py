"""Parked events over HTTP, for those who operate the whole installation."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting import parked
from services.reporting.parked_events.schemas import Discard, ParkedEventContentOut, ParkedEventOut, RetryOut
from services.reporting.rights import Operator
from services.reporting.versions import MeasuresChanged
from services.reporting.worker import CONTRACTS
from shared import database, edge
from shared.auth import Principal, Right
from shared.events import activities, registry
from shared.language import Text
from shared.openapi.document import NO_RECORD
from shared.pagination import Order, Page, PageParameters, paginate
from shared.positions import parked_event
from shared.problems import Conflict, NotFound

router = APIRouter(prefix="/v1/parked-events", tags=["operations"], route_class=edge.Route)

Number = Annotated[int, Path(ge=1, le=2**63 - 1, description="Number of the parked event.", examples=[17])]


class StillUnreadable(Conflict):
    slug = "event-still-unreadable"
    title = Text("Peristiwa ini masih tidak dapat dibaca", "The event still cannot be read")


class NumbersOfOtherMeasures(Conflict):
    slug = "numbers-of-other-measures"
    title = Text("Angka dihitung oleh versi lain", "The numbers were made by another version")


@router.get("", summary="Events that could not be read")
async def list_parked_events(
    session: edge.Session,
    principal: Operator,
    page: PageParameters,
    topic: Annotated[
        str | None,
        Query(max_length=250, description="Only of this topic.", examples=["wahana.registry.institution.v1"]),
    ] = None,
) -> Page[ParkedEventOut]:
    """Oldest first. Each is missing from the numbers until it is retried, or a newer event of its subject arrives."""
    statement = _parked(principal)
    if topic is not None:
        statement = statement.where(parked_event.c.topic == topic)
    rows, following, count = await paginate(session, statement, Order([parked_event.c.id]), page)
    return Page(items=[ParkedEventOut.model_validate(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read one parked event")
async def read_parked_event(session: edge.Session, principal: Operator, id: Number) -> ParkedEventContentOut:
    """With its headers, and its data if they are few. Data about people need the right to events about people; about who
    was helped, the right to such events.
    """
    statement = _parked(principal).add_columns(parked_event.c.headers, parked_event.c.value)
    row = await _one(session, statement, id)
    return ParkedEventContentOut.whole(row, readable=_readable(row.topic, principal))


@router.post("/{id}/retry", summary="Read a parked event again", responses={200: NO_RECORD})
async def retry_parked_event(request: Request, session: edge.Session, principal: Operator, id: Number) -> RetryOut:
    """Applies it if it can be read now, such as after an upgrade of this service. The projection stands still meanwhile."""
    await _one(session, _parked(principal), id)
    try:
        outcome = await parked.read_again(await session.connection(), request.app.state.settings, [id])
    except MeasuresChanged as error:
        raise NumbersOfOtherMeasures(
            Text(
                f"Jalankan `wahana recompute`, lalu coba lagi: {error}",
                f"Run `wahana recompute`, then try again: {error}",
            )
        ) from error
    if id in outcome.unreadable:
        reason = outcome.unreadable[id]
        raise StillUnreadable(
            Text(
                f"Peristiwa {id} tetap disisihkan: {reason}. Perbarui layanan ini, atau buang peristiwanya (discard).",
                f"The event {id} stays put aside: {reason}. Upgrade this service, or discard the event.",
            )
        )
    if not outcome.applied:
        raise NotFound  # somebody else was quicker
    return RetryOut(id=id, changed=bool(outcome.changed))


@router.post("/{id}/discard", summary="Throw a parked event away", responses={200: NO_RECORD})
async def discard_parked_event(session: edge.Session, principal: Operator, id: Number, body: Discard) -> ParkedEventOut:
    """For good; answers what was thrown away. The next event of the same subject carries its whole state anyway."""
    found = ParkedEventOut.model_validate(await _one(session, _parked(principal), id))
    if not await parked.discard(await database.driver(await session.connection()), [id], body.reason):
        raise NotFound  # somebody else was quicker
    return found


def _parked(principal: Principal) -> Select[Any]:
    """The parked events, for a caller whose area is the nation: of many nobody can tell where they lie."""
    table = parked_event.c
    shown = (table.id, table.topic, table.partition, table.offset, table.subject_id, table.sequence, table.reason,
             table.parked_at, func.octet_length(table.value).label("size"))  # fmt: skip
    return select(*shown).where(principal.within())


def _readable(topic: str, principal: Principal) -> bool:
    """Whether the caller may read the data of a topic's events, as in the feed of its service. Of a topic that is not read
    here, nobody may.
    """
    contract = next((each for each in CONTRACTS.values() if topic.endswith(f".{each.topic()}")), None)
    if contract in activities.SENSITIVE:
        return principal.may(Right.READ_BENEFIT_EVENTS)
    if contract in (*registry.PERSONAL, *activities.PERSONAL):
        return principal.may(Right.READ_PEOPLE_EVENTS)
    return contract is not None


async def _one(session: AsyncSession, statement: Select[Any], id: int) -> Any:
    row = (await session.execute(statement.where(parked_event.c.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row
