"""The audit trail over HTTP, the same for each service that keeps one: its entries, and the seals of its days."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit, edge
from shared.audit import audit_entry
from shared.audit_columns import HIDDEN
from shared.audit_seal import audit_seal
from shared.auth import Need, Principal, Right
from shared.fields import Instant
from shared.history import Change
from shared.pagination import Order, Page, PageParameters, paginate

AuditReader = Annotated[Principal, Depends(Need(Right.READ_AUDIT))]
NEWEST_FIRST = Order([audit_entry.c.at, audit_entry.c.id], descending=True)
SHOWN = [column for column in audit_seal.c if column.name not in ("ids", "digests")]


class AuditEntryOut(BaseModel):
    """A change of one row, or that somebody was shown what identifies a person."""

    id: Annotated[int, Field(description="Its number; seals name entries by it.", examples=[20417])]
    at: datetime
    record_type: Annotated[str, Field(description="The table.", examples=["institution"])]
    record_id: Annotated[str, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int | None, Field(description="The version that came of it.", examples=[4])]
    action: Annotated[str, Field(description="What was done, or `seen`.", examples=["changed"])]
    changes: Annotated[
        dict[str, Change],
        Field(
            description="Changed columns with their values before and after. `•••` stands for a value that is not kept, "
            "or that you may not see.",
            examples=[{"name": {"before": "Arisan Melati", "after": "Arisan Melati Jaya"}}],
        ),
    ]
    disclosed: Annotated[
        list[str] | None, Field(description="Fields that were shown with their values.", examples=[["nik"]])
    ]
    actor: Annotated[str, Field(description="Token subject.", examples=["operator-1"])]
    client: Annotated[str, Field(description="OAuth client; `wahana`: a command.", examples=["wahana-web"])]
    request_id: Annotated[
        str | None, Field(description="`X-Request-Id` of the answer.", examples=["5f0c9f8f9f9b4c0b8a4f0d6f6f0f3c1a"])
    ]
    reason: Annotated[
        str | None,
        Field(description="Why, in the actor's words; `•••` as in `changes`.", examples=["Pengurus pindah."]),
    ]


class AuditSealOut(BaseModel):
    """The seal of a day. Keep its hash elsewhere: `wahana verify-audit --expect` proves by it that nothing was redone."""

    number: Annotated[int, Field(examples=[212])]
    day: Annotated[date, Field(description="UTC.", examples=["2026-03-14"])]
    last_id: Annotated[int, Field(description="It covers the ids after the seal before, to this.", examples=[20417])]
    entries: Annotated[int, Field(description="How many it covers.", examples=[311])]
    hash: Annotated[str, Field(description="SHA-256, hexadecimal.", examples=["9f" * 32])]
    previous_hash: Annotated[str, Field(description="Of the seal before; zeros for the first.", examples=["00" * 32])]
    sealed_at: datetime


def router(
    visible: Callable[[AsyncSession, Principal], Awaitable[ColumnElement[bool]]],
    about_people: frozenset[str] = frozenset(),
) -> APIRouter:
    """The routes of one service. `visible` is the area scope over `audit_entry.region_ids`; the values of the tables
    `about_people` are shown only to who may read people."""
    routes = APIRouter(prefix="/v1", tags=["audit"], route_class=edge.Route)

    @routes.get("/audit-entries", summary="Read the audit trail")
    async def list_audit_entries(
        session: edge.Session,
        principal: AuditReader,
        page: PageParameters,
        record_type: Annotated[str | None, Query(max_length=63, description="Only this table.", examples=["institution"])] = None,
        record_id: Annotated[str | None, Query(max_length=200, description="Only this record.", examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])] = None,
        action: Annotated[str | None, Query(max_length=63, description="Only this.", examples=["changed"])] = None,
        actor: Annotated[str | None, Query(max_length=200, description="Only by this token subject.", examples=["operator-1"])] = None,
        client: Annotated[str | None, Query(max_length=200, description="Only through this OAuth client.", examples=["wahana-web"])] = None,
        since: Annotated[Instant | None, Query(description="Only at or after this instant.", examples=["2026-03-01T00:00:00Z"])] = None,
        until: Annotated[Instant | None, Query(description="Only before this instant.", examples=["2026-04-01T00:00:00Z"])] = None,
    ) -> Page[AuditEntryOut]:  # fmt: skip
        """Who changed what, from what to what, when and through which client, in your area; newest first."""
        wanted = {
            "record_type": record_type,
            "record_id": record_id,
            "action": action,
            "actor": actor,
            "client": client,
        }
        conditions = [audit_entry.c[name] == value for name, value in wanted.items() if value is not None]
        if since is not None:
            conditions.append(audit_entry.c.at >= since)
        if until is not None:
            conditions.append(audit_entry.c.at < until)
        statement = select(audit_entry).where(await visible(session, principal), *conditions)
        rows, following, count = await paginate(session, statement, NEWEST_FIRST, page)
        hidden = frozenset() if principal.may(Right.READ_PEOPLE) else about_people
        return Page(items=[_entry(row, row.record_type in hidden) for row in rows], next=following, count=count)

    @routes.get("/audit-seals", summary="List the seals of the audit trail")
    async def list_audit_seals(session: edge.Session, _: AuditReader, page: PageParameters) -> Page[AuditSealOut]:
        """One for each UTC day that has ended, chained by hashes; newest first."""
        order = Order([audit_seal.c.number], descending=True)
        rows, following, count = await paginate(session, select(*SHOWN), order, page)
        return Page(items=[_seal(row) for row in rows], next=following, count=count)

    return routes


def _entry(row: Any, hidden: bool) -> AuditEntryOut:
    shown = {name: getattr(row, name) for name in AuditEntryOut.model_fields if name != "changes"}
    changes = audit.changes(row.before, row.after)
    if hidden:
        shown["reason"] = _hide(row.reason)  # in somebody's own words, whatever they were asked to leave out
        changes = {name: Change(before=_hide(one.before), after=_hide(one.after)) for name, one in changes.items()}
    return AuditEntryOut(**shown, changes=changes)


def _hide(value: Any) -> str | None:
    return None if value is None else HIDDEN


def _seal(row: Any) -> AuditSealOut:
    values = row._mapping
    hashes = {name: values[name].hex() for name in ("hash", "previous_hash")}
    return AuditSealOut(**{name: hashes.get(name, values[name]) for name in AuditSealOut.model_fields})
