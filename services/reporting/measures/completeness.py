"""LEM-03: which of the four items of a complete institution are fulfilled, from its documents and its officers' terms.

A document or a term without an end is in force; what nobody told is not fulfilled (`domain.md` §5.3).
"""

from collections.abc import Sequence
from enum import StrEnum

from services.reporting.measures import runs
from services.reporting.measures.runs import Run
from shared.codes import DocumentKind, Role
from shared.events.registry import Document, Institution, Term


class Item(StrEnum):
    """The items, each worth one."""

    PENGURUS = "pengurus"
    """Ketua and sekretaris are both in office."""
    PENGESAHAN = "pengesahan"
    ATURAN_TERTULIS = "aturan_tertulis"
    BUKU = "buku"
    """Cash book or member book."""


ITEMS = len(Item)


def fulfilled(institution: Institution) -> dict[Item, list[Run]]:
    """The months at whose end each item is fulfilled, whether or not the institution is active."""
    documents = institution.documents
    return {
        Item.PENGURUS: led(institution.officers),
        Item.PENGESAHAN: _in_force(documents, DocumentKind.PENGESAHAN),
        Item.ATURAN_TERTULIS: _in_force(documents, DocumentKind.ATURAN_TERTULIS),
        Item.BUKU: _in_force(documents, DocumentKind.BUKU_KAS, DocumentKind.BUKU_ANGGOTA),
    }


def led(terms: Sequence[Term]) -> list[Run]:
    """The months at whose end somebody is ketua and somebody is sekretaris."""
    return runs.common(in_office(terms, Role.KETUA), in_office(terms, Role.SEKRETARIS))


def in_office(terms: Sequence[Term], role: Role) -> list[Run]:
    """The months at whose end somebody holds a role."""
    return runs.of([term for term in terms if term.role is role])


def _in_force(documents: Sequence[Document], *kinds: DocumentKind) -> list[Run]:
    return runs.of([document for document in documents if document.kind in kinds])
