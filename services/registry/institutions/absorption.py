"""What a merger does: one institution closes for good, and the other carries on what it was.

A merger is a dated act of the real world (`semantics.md` §2.5). The successor's events tell all that it absorbed, also
through others, so that no chain has to be looked up. On that day, in the same transaction, its officers go, its members
and its places in networks go over, and the successor becomes a party of its agreements.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import content, queries
from services.registry.institutions.recording import record
from services.registry.institutions.review import Step
from services.registry.memberships import moving as members
from services.registry.models import Institution, Region
from services.registry.network_memberships import moving as networks
from services.registry.officers import ending
from services.registry.partnerships import succession
from shared.auth import Principal
from shared.codes import Operation, Verification
from shared.events.institutions import Absorbed, Seat
from shared.language import Text
from shared.problems import Fault, InvalidPayload


async def lock(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Locks institutions in the order of their ids, whoever may see them: two mergers cannot wait for each other."""
    await session.execute(
        select(queries.columns.id).where(queries.columns.id.in_(ids)).order_by(queries.columns.id).with_for_update()
    )


def values(institution: Institution, successor: Institution, day: date, today: date) -> dict[str, Any]:
    """The columns that the merger changes of the one that ends. Raises InvalidPayload naming the field.

    `today` is the local date at its place. The caller has checked that its state allows the step.
    """
    if fault := _unfit(institution, successor, day):
        raise InvalidPayload(errors=[fault])
    closed = content.stepped(institution, Step.CLOSURE, day, today, "on")
    return {**closed, "successor_id": successor.id}


async def absorb(
    session: AsyncSession,
    institution: Institution,
    village: Region,
    successor: Institution,
    changes: dict[str, Any],
    *,
    by: Principal,
    now: datetime,
    reason: str | None,
) -> None:
    """Applies a merger to both locked institutions, each as one event of its own: members, networks and agreements go over.

    `changes` is what `values` gave, `village` the seat of the one that ends. Raises EventTooLarge, BegunAfterMerger.
    """
    day: date = changes["closed_on"]
    # First: a statement after the assignment would write the row before its event and its audit entry do.
    terms = await ending.end(session, institution, day, by=by, now=now)
    content.assign(institution, {**changes, "officers": terms})
    await record(session, institution, "merged", by=by, now=now, reason=reason)
    # What it had absorbed is part of the successor from this day on, and was part of it until then: nobody counts it twice.
    theirs = [one.model_copy(update={"merged_on": max(day, one.merged_on)}) for one in institution.absorbed]
    successor.absorbed = [*successor.absorbed, _what_it_was(institution, day), *theirs]
    # Its own area is told where it went, and the area of the one that ended what became of it.
    await record(session, successor, "absorbed", by=by, now=now, reason=reason, seat_before=village.id)
    await members.move(session, institution, successor, day, by=by, now=now)
    await networks.move(session, institution, successor, day, by=by, now=now)
    await succession.take_over(session, institution, successor, day, by=by, now=now)


def _what_it_was(institution: Institution, day: date) -> Absorbed:
    return Absorbed(
        institution_id=institution.id,
        type=institution.type,
        active=institution.active,
        seats=[Seat(village_id=s.village_id, since=s.since, until=s.until) for s in institution.seats],
        merged_on=day,
    )


def _unfit(institution: Institution, successor: Institution, day: date) -> Fault | None:
    """What hinders this one to be the successor."""
    if successor.id == institution.id:
        return _fault("merged-with-itself", "Lembaga tidak dapat digabung dengan dirinya sendiri.",
                      "An institution cannot be merged with itself.")  # fmt: skip
    if successor.voided or successor.verification is not Verification.TERVERIFIKASI:
        return _fault("successor-unverified", "Penerusnya belum terverifikasi.", "The successor is not verified.")
    if successor.operation is Operation.TUTUP:
        return _fault("successor-closed", "Penerusnya sudah tutup.", "The successor is closed.")
    if day < successor.active[0].since:
        began = successor.active[0].since
        return _fault("successor-not-begun", f"Penerusnya baru bekerja sejak {began}.",
                      f"The successor is at work since {began} only.")  # fmt: skip
    return None


def _fault(code: str, indonesian: str, english: str) -> Fault:
    remedy = Text("Pilih lembaga terverifikasi yang masih ada.", "Choose a verified institution that goes on.")
    return Fault(code, Text(indonesian, english), remedy, pointer="/successor_id")
