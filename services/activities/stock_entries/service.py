"""What happens to a granary: goods go in and out, and an entry error is voided. An entry is never changed otherwise.

Every writer holds the balance's row, so that two cannot take the same sack. The stock stays at or above zero at the end of
every day: what was brought later does not cover what was taken before, also when an entry comes late.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import queries as activities
from services.activities.activities.models import Activity
from services.activities.known import references
from services.activities.known.models import KnownRegion
from services.activities.quantities import told
from services.activities.stock_entries import drafting, queries
from services.activities.stock_entries.drafting import Known
from services.activities.stock_entries.events import entry_state
from services.activities.stock_entries.models import StockBalance, StockEntry
from services.activities.stock_entries.queries import Ledger
from services.activities.stock_entries.schemas import StockEntryIn
from shared import database, outbox, records
from shared.auth import Principal
from shared.codes import StockDirection
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, InvalidPayload
from shared.records import IdTaken


class StockTooLow(Conflict):
    slug = "stock-too-low"
    title = Text("Stok lumbung tidak cukup", "The granary's stock is too low")


class EntryVoided(Conflict):
    slug = "stock-entry-voided"
    title = Text("Catatan stok ini sudah dibatalkan", "The stock entry is voided already")


async def record(session: AsyncSession, body: StockEntryIn, *, by: Principal, now: datetime) -> tuple[StockEntry, str]:
    """Goods that went in or out; also gives the institution's name.

    Raises InvalidPayload, ReferenceNotArrived, StockTooLow naming what there is, IdTaken.
    """
    drafted = drafting.drafted(body, await _known(session, body, by), by, now)
    if isinstance(drafted, list):
        raise InvalidPayload(errors=drafted)
    entry, institution = drafted
    ledger = Ledger(entry.institution_id, entry.commodity, entry.unit)
    balance = await _held(session, ledger)
    if entry.direction is StockDirection.KELUAR:
        await _refuse_too_low(session, ledger, entry)
        entry.balance = balance - entry.quantity
    else:
        entry.balance = balance + entry.quantity
    fact = outbox.Fact("recorded", by=by.subject, at=now, regions={entry.village_id})
    try:
        await outbox.register(await database.driver(session), entry, entry_state(entry), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(entry.id) from error
    await _write(session, ledger, entry.balance)
    return entry, institution.name


async def void(
    session: AsyncSession, id: UUID, reason: str, *, by: Principal, precondition: IfMatch, now: datetime
) -> StockEntry:
    """An entry error counts nowhere from now on. Goods brought that were taken meanwhile stay.

    Raises NotFound, PreconditionFailed, EntryVoided, StockTooLow naming what there is.
    """
    entry = await records.locked(session, StockEntry, id, queries.visible(by))
    precondition.check(entry.sequence)
    if entry.voided:
        raise EntryVoided
    ledger = Ledger(entry.institution_id, entry.commodity, entry.unit)
    balance = await _held(session, ledger)
    if entry.direction is StockDirection.MASUK:
        await _refuse_too_low(session, ledger, entry)
        entry.balance = balance - entry.quantity
    else:
        entry.balance = balance + entry.quantity
    entry.voided = True
    await records.record(
        session, entry, entry_state(entry), "voided", by=by, now=now, regions={entry.village_id}, reason=reason
    )
    await _write(session, ledger, entry.balance)
    return entry


async def _known(session: AsyncSession, body: StockEntryIn, by: Principal) -> Known:
    known = await references.find(session, None, [body.institution_id])
    institution = known.institutions.get(body.institution_id)
    time_zone = None
    if institution is not None:
        time_zone = await session.scalar(select(KnownRegion.time_zone).where(KnownRegion.id == institution.seat_id))
    named = body.activity_id is None or await session.scalar(
        select(~Activity.__table__.c.voided).where(Activity.__table__.c.id == body.activity_id, activities.readable(by))
    )
    return Known(institution, time_zone, bool(named))


async def _held(session: AsyncSession, ledger: Ledger) -> Decimal:
    """The balance, whose row is held until the transaction ends; the first entry makes it."""
    key = {"institution_id": ledger.institution_id, "commodity": ledger.commodity, "unit": ledger.unit}
    of_it = [StockBalance.__table__.c[name] == value for name, value in key.items()]
    found = select(StockBalance.__table__.c.balance).where(*of_it).with_for_update()
    balance = await session.scalar(found)
    if balance is None:
        await session.execute(insert(StockBalance).values(**key, balance=0).on_conflict_do_nothing())
        # A statement of its own: of two first entries one waits here for the other's balance.
        balance = await session.scalar(found)
    return Decimal(balance)  # type: ignore[arg-type]  # the row is there now


async def _write(session: AsyncSession, ledger: Ledger, balance: Decimal) -> None:
    await session.execute(
        update(StockBalance)
        .where(
            StockBalance.__table__.c.institution_id == ledger.institution_id,
            StockBalance.__table__.c.commodity == ledger.commodity,
            StockBalance.__table__.c.unit == ledger.unit,
        )
        .values(balance=balance)
    )


async def _refuse_too_low(session: AsyncSession, ledger: Ledger, entry: StockEntry) -> None:
    """Raises StockTooLow when the entry's quantity is not there at the end of its day and of every day after it."""
    least = await queries.least_from(session, ledger, entry.moved_on)
    if entry.quantity <= least:
        return
    there = told(least)
    raise StockTooLow(
        Text(
            f"Mulai {entry.moved_on} stok {ledger.commodity} paling rendah {there.id} {ledger.unit}. Kurangi jumlahnya, atau "
            "catat dulu yang masuk.",
            f"From {entry.moved_on} on the lowest stock of {ledger.commodity} is {there.en} {ledger.unit}. Lower the quantity, "
            "or record first what went in.",
        ),
        extra={"available": str(least)},
    )
