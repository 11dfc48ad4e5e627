"""Documents over HTTP: recorded, read, listed, changed, voided, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.documents import queries, service
from services.registry.documents.models import Document
from services.registry.documents.schemas import DocumentIn, DocumentOut, DocumentPatch
from services.registry.documents.states import answer, answer_row
from services.registry.institutions import parts
from services.registry.parameters import Area, area_code
from services.registry.rights import Reader, Registrar
from shared import audit, edge
from shared.codes import DocumentKind
from shared.fields import Day, Instant
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/documents", tags=["documents"], route_class=edge.Route)


@router.post("", status_code=201, summary="Record a document")
async def record_document(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: DocumentIn
) -> DocumentOut:
    """A document of an institution that you keep: its SK, its rules, its books. It is in force at once."""
    document, institution = await service.record(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/documents/{document.id}"
    parts.announced(response, document, institution)
    return answer(document, institution)


@router.get("", summary="List documents")
async def list_documents(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    institution: Annotated[UUID | None, Query(description="Only those of this institution.")] = None,
    region: Area = None,
    kind: Annotated[DocumentKind | None, Query(description="Only this kind.", examples=["pengesahan"])] = None,
    valid_on: Annotated[Day | None, Query(description="Only those in force on this day.", examples=["2026-03-15"])] = None,
    expiring_before: Annotated[Day | None, Query(description="Only those whose last valid day comes before this day.", examples=["2026-06-13"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.DocumentSort, Query(description="Order; `-` descends.")] = queries.DocumentSort.DATED,
) -> Page[DocumentOut]:  # fmt: skip
    """Those of the institutions in your area. What runs out next: `valid_on` today, `expiring_before`, sort `valid_until`."""
    statement = queries.listed(
        principal, institution=institution, region=await area_code(session, region) if region else None, kind=kind,
        valid_on=valid_on, expiring_before=expiring_before, changed_since=changed_since, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[answer_row(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a document")
async def read_document(session: edge.Session, principal: Reader, response: Response, id: UUID) -> DocumentOut:
    """With the institution it belongs to."""
    row = await parts.read(session, Document, id, principal)
    response.headers["ETag"] = etag(row.sequence)
    return answer_row(row)


@router.patch("/{id}", summary="Change a document")
async def change_document(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[DocumentPatch, Body(media_type=MERGE_PATCH)],
) -> DocumentOut:  # fmt: skip
    """Corrects what was recorded. A renewed document is a new one: the old one keeps its days."""
    document, institution = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    parts.announced(response, document, institution)
    return answer(document, institution)


@router.post("/{id}/voiding", summary="Void a document recorded by mistake")
async def void_document(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> DocumentOut:  # fmt: skip
    """For one that should never have been recorded: it counts nowhere any more."""
    document, institution = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    parts.announced(response, document, institution)
    return answer(document, institution)


@router.get("/{id}/history", summary="What happened to a document")
async def read_document_history(session: edge.Session, principal: Reader, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await parts.read(session, Document, id, principal)
    return await audit.history(session, "document", id)
