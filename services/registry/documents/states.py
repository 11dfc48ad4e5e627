"""A document as its institution's events tell it, and as it is answered over HTTP. Pure."""

from datetime import date, timedelta
from typing import Any

from services.registry.documents.models import Document
from services.registry.documents.schemas import DocumentContent, DocumentOut
from services.registry.models import Institution
from shared.events import institutions as events


def told(document: Document) -> events.Document:
    """What events say about a document."""
    return events.Document(kind=document.kind, number=document.number, since=document.since, until=document.until)


def declared(document: Document) -> DocumentContent:
    """The content of a stored document, as it would be sent."""
    return DocumentContent(
        kind=document.kind,
        number=document.number,
        title=document.title,
        issuer=document.issuer,
        dated_on=document.since,
        valid_until=last_day(document.until),
    )


def columns(content: DocumentContent) -> dict[str, Any]:
    """The columns that follow from the content."""
    return {
        "kind": content.kind,
        "number": content.number,
        "title": content.title,
        "issuer": content.issuer,
        "since": content.dated_on,
        "until": content.valid_until and content.valid_until + timedelta(days=1),
    }


def last_day(until: date | None) -> date | None:
    """The last day before an end that is not included."""
    return until and until - timedelta(days=1)


def answer(document: Document, institution: Institution) -> DocumentOut:
    """The answer about a mapped document and its institution."""
    return _answer(document, institution.name, institution.village_code)


def answer_row(row: Any) -> DocumentOut:
    """The answer about a row that holds a document, its `institution_name` and `seat_code`."""
    return _answer(row, row.institution_name, row.seat_code)


def _answer(row: Any, institution_name: str, seat_code: str) -> DocumentOut:
    return DocumentOut(
        id=row.id,
        sequence=row.sequence,
        institution_id=row.institution_id,
        institution_name=institution_name,
        village=seat_code,
        kind=row.kind,
        number=row.number,
        title=row.title,
        issuer=row.issuer,
        dated_on=row.since,
        valid_until=last_day(row.until),
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
