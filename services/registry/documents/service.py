"""What happens to documents: recorded, changed, voided. Each is one event of the institution."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.documents import states
from services.registry.documents.models import Document
from services.registry.documents.schemas import DocumentContent, DocumentIn, DocumentPatch
from services.registry.institutions import parts
from services.registry.models import Institution
from shared import days
from shared.auth import Principal
from shared.clock import local_date
from shared.preconditions import IfMatch, patched
from shared.problems import InvalidPayload

MOST = 200
"""Documents that an institution may have: all of its events carry them."""


async def record(
    session: AsyncSession, body: DocumentIn, *, by: Principal, now: datetime
) -> tuple[Document, Institution]:
    """Records a document of an institution.

    Raises InvalidPayload naming the field, NotChangeableNow, TooMany, IdTaken, EventTooLarge.
    """
    institution, village = await parts.owner(session, body.institution_id, by)
    _refuse_future(body, local_date(now, village.time_zone))
    await parts.refuse_too_many(session, Document, institution, MOST)
    document = Document(
        id=body.id or uuid7(),
        institution_id=institution.id,
        **states.columns(body),
        voided=False,
        registered_at=now,
    )
    await parts.record(session, institution, document, "document_recorded", _tell, by=by, now=now)
    return document, institution


async def change(
    session: AsyncSession, id: UUID, patch: DocumentPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Document, Institution]:
    """Merges a patch into a document. What changes nothing is no event.

    Raises NotFound, PreconditionFailed, NotChangeableNow, InvalidPayload naming the field.
    """
    document, institution, village = await parts.locked(session, Document, id, by, precondition)
    wanted = patched(states.declared(document), patch)
    _refuse_future(wanted, local_date(now, village.time_zone))
    values = {n: value for n, value in states.columns(wanted).items() if getattr(document, n) != value}
    if values:
        for name, value in values.items():
            setattr(document, name, value)
        await parts.record(session, institution, document, "document_changed", _tell, by=by, now=now)
    return document, institution


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Document, Institution]:
    """Voids an entry error. Raises NotFound, PreconditionFailed, NotChangeableNow."""
    document, institution, _ = await parts.locked(session, Document, id, by, precondition)
    document.voided = True
    await parts.record(session, institution, document, "document_voided", _tell, by=by, now=now, reason=reason)
    return document, institution


async def _tell(session: AsyncSession, institution: Institution) -> None:
    statement = select(Document).where(Document.institution_id == institution.id, Document.voided.is_(False))
    documents = await session.scalars(statement.order_by(Document.since, Document.id))
    institution.documents = [states.told(document) for document in documents]


def _refuse_future(content: DocumentContent, today: date) -> None:
    if content.dated_on > today:
        raise InvalidPayload(errors=[days.in_the_future(today, "dated_on")])
