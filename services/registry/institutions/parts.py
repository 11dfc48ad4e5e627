"""What belongs to an institution and stands in a table of its own: documents, facilities, assessments.

A part has its id, its version and its audit history, but no events: every change of one is an event of its institution,
whose state tells them all. So the institution is locked first, always, and its version rises with the part's.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from fastapi import Response
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries, recording, references
from services.registry.institutions.review import NotChangeableNow
from services.registry.mapping import RegistryTable
from services.registry.models import Institution, Region
from shared import audit
from shared.auth import Principal
from shared.codes import Verification
from shared.language import Text
from shared.preconditions import IfMatch, announce, etag
from shared.problems import Conflict, NotFound
from shared.records import IdTaken


class Part(Protocol):
    """A mapped row that belongs to an institution."""

    id: Any
    sequence: Any
    institution_id: Any
    voided: Any
    changed_at: Any


Row = TypeVar("Row", bound=RegistryTable)


class TooMany(Conflict):
    slug = "too-many-parts"
    title = Text("Lembaga ini sudah punya terlalu banyak catatan", "The institution has too many of these")


def rows(table: type[RegistryTable], principal: Principal) -> Select[Any]:
    """The parts that the caller may see, each with its institution's name and today's village code of its seat."""
    part, institution = table.__table__.c, queries.columns
    joined = select(
        *part, institution.name.label("institution_name"), institution.village_code.label("seat_code")
    ).join(Institution, institution.id == part.institution_id)
    return joined.where(queries.visible(principal))


async def read(session: AsyncSession, table: type[RegistryTable], id: UUID, principal: Principal) -> Any:
    """One row, with its institution's name and seat. Raises NotFound."""
    row = (await session.execute(rows(table, principal).where(table.__table__.c.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def owner(session: AsyncSession, id: UUID, by: Principal) -> tuple[Institution, Region]:
    """The institution that a new part names, locked, and the village of its seat.

    Raises InvalidPayload (`institution-unknown`, `institution-voided`), NotChangeableNow for a rejected registration.
    """
    institution, village = await references.found(session, id, by, lock=True)
    _refuse_rejected(institution)
    return institution, village


async def locked(
    session: AsyncSession, table: type[Row], id: UUID, by: Principal, precondition: IfMatch
) -> tuple[Row, Institution, Region]:
    """A part that can be changed, its institution and the village of its seat, locked until the transaction ends.

    Raises NotFound, PreconditionFailed, NotChangeableNow.
    """
    institution, village = await queries.locked(session, await _owner_of(session, table, id, by), by)
    part: Any = await session.get_one(table, id)
    precondition.check(part.sequence)
    if part.voided or institution.voided:
        raise NotChangeableNow(
            Text("Data ini dibatalkan sebagai salah input.", "It was voided as an entry error."),
            extra={"state": {"voided": "true"}},
        )
    _refuse_rejected(institution)
    return part, institution, village


async def record(
    session: AsyncSession,
    institution: Institution,
    part: Part,
    verb: str,
    tell: Callable[[AsyncSession, Institution], Any],
    *,
    by: Principal,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Writes a part's changes as its next version, with its audit entry, and the institution's event that tells them.

    `tell` rewrites the institution's column about parts of this kind from their rows. Raises IdTaken, EventTooLarge.
    """
    is_new = part not in session
    part.sequence = 1 if is_new else part.sequence + 1
    part.changed_at = now
    action = verb.partition("_")[2] or verb
    await audit.note(session, part, action, by=by.subject, at=now, regions={institution.village_id}, reason=reason)
    if is_new:
        session.add(part)
    try:
        await session.flush()
    except IntegrityError as error:
        if is_new:  # the one constraint that a checked row can break: its client made the id
            raise IdTaken.of(part.id) from error
        raise
    await tell(session, institution)
    await recording.record(session, institution, verb, by=by, now=now, reason=reason)


async def refuse_too_many(
    session: AsyncSession, table: type[RegistryTable], institution: Institution, most: int
) -> None:
    """Raises TooMany when a locked institution has its bound of parts: each of its events carries them all."""
    part = table.__table__.c
    statement = select(func.count()).where(part.institution_id == institution.id, part.voided.is_(False))
    if (await session.scalar(statement) or 0) >= most:
        raise TooMany(
            Text(
                f"Paling banyak {most}. Batalkan yang salah input (POST …/voiding).",
                f"At most {most}. Void those that are entry errors (POST …/voiding).",
            )
        )


def announced(response: Response, part: Part, institution: Institution) -> None:
    """Sets the part's `ETag`, and the institution's position: numbers follow its event."""
    announce(response, "registry", institution.id, institution.sequence)
    response.headers["ETag"] = etag(part.sequence)


async def _owner_of(session: AsyncSession, table: type[RegistryTable], id: UUID, by: Principal) -> UUID:
    part = table.__table__.c
    seen: ColumnElement[bool] = queries.visible(by)
    statement = select(part.institution_id).join(Institution, queries.columns.id == part.institution_id)
    found: UUID | None = await session.scalar(statement.where(part.id == id, seen))
    if found is None:
        raise NotFound
    return found


def _refuse_rejected(institution: Institution) -> None:
    if institution.verification is Verification.DITOLAK:
        raise NotChangeableNow(
            Text("Pendaftaran lembaga ini ditolak.", "The institution's registration was rejected."),
            extra={"state": {"verification": institution.verification}},
        )
