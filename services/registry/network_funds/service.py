"""What happens to a network's own money: a line is added, or undone by another line. Nothing is ever changed.

Every writer holds the network's lock, so that two cannot spend the same rupiah; the balance stays at or above zero at the
end of every day, also when a line comes late.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.network_funds import queries
from services.registry.network_funds.models import NetworkFundEntry
from services.registry.network_funds.schemas import FundEntryIn
from services.registry.network_memberships import queries as memberships
from services.registry.networks import queries as networks
from services.registry.networks import service as network_service
from services.registry.networks.queries import Held
from shared import audit
from shared.auth import Principal
from shared.codes import FundDirection
from shared.days import in_the_future, too_early
from shared.language import Text
from shared.problems import Conflict, Fault, InvalidPayload
from shared.records import IdTaken


class BalanceTooLow(Conflict):
    slug = "balance-too-low"
    title = Text("Saldo dana jaringan tidak cukup", "The network's balance is too low")


class AlreadyReversed(Conflict):
    slug = "already-reversed"
    title = Text("Catatan ini sudah dibatalkan oleh catatan lain", "The line is undone already, or undoes another")


async def record(
    session: AsyncSession, network_id: UUID, body: FundEntryIn, *, by: Principal, now: datetime
) -> tuple[NetworkFundEntry, int]:
    """Adds a line; also gives the balance of the ledger with it.

    Raises NotFound, OwnRecordOnly, NetworkOutsideYourArea, NotChangeableNow for a voided network, InvalidPayload naming
    the field, BalanceTooLow naming what there is, IdTaken.
    """
    held = await networks.held(session, network_id, by, now)
    network_service.refuse_voided(held.network)
    await _refuse(session, held, body)
    entry = NetworkFundEntry(
        id=body.id or uuid7(), network_id=network_id, on_date=body.on, direction=body.direction, amount=body.amount,
        source=body.source, institution_id=body.institution_id, recipient=body.recipient, purpose=body.purpose,
        note=body.note, counters=None, recorded_at=now, recorded_by=by.subject,
    )  # fmt: skip
    spent = body.amount if body.direction is FundDirection.PENYALURAN else 0
    return await _add(session, held, entry, spent, "recorded", by=by, now=now)


async def reverse(
    session: AsyncSession, network_id: UUID, id: UUID, *, by: Principal, now: datetime, reason: str
) -> tuple[NetworkFundEntry, int]:
    """Undoes a line by one of the same day and amount; `reason` becomes its note. Also gives the balance with it.

    Raises NotFound, AlreadyReversed, BalanceTooLow for collected money that was passed on, and as `record`.
    """
    held = await networks.held(session, network_id, by, now)
    network_service.refuse_voided(held.network)
    undone = await queries.read(session, network_id, id)
    if undone.counters is not None or undone.reversed_by is not None:
        other = undone.counters or undone.reversed_by
        raise AlreadyReversed(
            Text(f"Lihat catatan {other}. Catat yang benar sebagai catatan baru.",
                 f"See the line {other}. Record what is right as a new line."),
            extra={"entry_id": str(other)},
        )  # fmt: skip
    entry = NetworkFundEntry(
        id=uuid7(), network_id=network_id, on_date=undone.on_date, direction=undone.direction, amount=undone.amount,
        source=undone.source, institution_id=undone.institution_id, recipient=undone.recipient, purpose=undone.purpose,
        note=reason, counters=id, recorded_at=now, recorded_by=by.subject,
    )  # fmt: skip
    spent = max(undone.effect, 0)
    return await _add(session, held, entry, spent, "reversed", by=by, now=now, reason=reason)


async def _add(
    session: AsyncSession, held: Held, entry: NetworkFundEntry, spent: int, action: str, *, by: Principal, now: datetime,
    reason: str | None = None,
) -> tuple[NetworkFundEntry, int]:  # fmt: skip
    if spent:
        least = await queries.least_from(session, entry.network_id, entry.on_date)
        if spent > least:
            raise _too_low(entry.on_date, least)
    try:
        async with session.begin_nested():
            await audit.note(session, entry, action, by=by.subject, at=now, regions=held.regions, reason=reason)
            session.add(entry)
    except IntegrityError as error:
        raise IdTaken.of(entry.id) from error
    await session.refresh(entry, ["effect"])
    return entry, (await queries.balances(session, entry.network_id)).closing


async def _refuse(session: AsyncSession, held: Held, body: FundEntryIn) -> None:
    network = held.network
    faults = []
    if body.on > held.today:
        faults.append(in_the_future(held.today, "on"))
    if body.on < network.initiated_on:
        faults.append(too_early(network.initiated_on, "on"))
    if body.direction is FundDirection.PENGGALANGAN and network.ended_on is not None and body.on >= network.ended_on:
        faults.append(_ended(network.ended_on))
    # Whether an institution exists elsewhere is not told: only that it is no member here.
    if body.institution_id is not None and not await memberships.was_member(
        session, network.id, body.institution_id, body.on
    ):
        faults.append(_no_member(body.institution_id, body.on))
    if faults:
        raise InvalidPayload(errors=faults)


def _too_low(day: date, least: int) -> BalanceTooLow:
    return BalanceTooLow(
        Text(
            f"Mulai {day} saldo paling rendah Rp{least}. Kurangi jumlahnya, atau catat dulu dana yang terkumpul.",
            f"From {day} on the lowest balance is Rp{least}. Lower the amount, or record what was collected first.",
        ),
        extra={"available": least},
    )


def _ended(ended_on: date) -> Fault:
    return Fault(
        "network-ended",
        Text(f"Jaringan ini berakhir pada {ended_on}.", f"The network ended on {ended_on}."),
        Text("Sejak itu sisa dana hanya disalurkan.", "Since then what is left can only be passed on."),
        pointer="/on",
    )


def _no_member(id: UUID, day: date) -> Fault:
    return Fault(
        "member-unknown",
        Text(f"Pada {day} lembaga {id} bukan anggota jaringan ini.", f"On {day} {id} was no member of this network."),
        Text("Pilih anggota: GET /v1/network-memberships?network=…", "Choose a member: GET /v1/network-memberships?network=…"),
        pointer="/institution_id",
    )  # fmt: skip
