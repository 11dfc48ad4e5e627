"""Postings as they are answered: with names of organisations and villages, and what the caller may read of answers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import WarningOut
from services.activities.exchange import scope
from services.activities.exchange.models import ExchangeAnswer
from services.activities.exchange.schemas import OrganisationOut
from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.known.networks_models import KnownNetwork
from services.activities.needs.models import Need
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import PostingState
from shared.events.activities import Organisation

Names = Mapping[UUID, str]


def placed(table: Any) -> Select[Any]:
    """The rows of a table of postings with their village's name and time zone."""
    return select(table, KnownRegion.name.label("village_name"), KnownRegion.time_zone).outerjoin(
        KnownRegion, KnownRegion.id == table.village_id
    )


async def place(session: AsyncSession, village_id: UUID) -> Any:
    """A village's name and time zone, as `placed` tells them."""
    statement = select(KnownRegion.name.label("village_name"), KnownRegion.time_zone)
    return (await session.execute(statement.where(KnownRegion.id == village_id))).one()


async def names(session: AsyncSession, organisations: Iterable[Organisation]) -> Names:
    """What organisations are called, as far as it is known."""
    ids = list({one.id for one in organisations})
    if not ids:
        return {}
    institutions = select(KnownInstitution.id, KnownInstitution.name).where(KnownInstitution.id.in_(ids))
    networks = select(KnownNetwork.id, KnownNetwork.name).where(KnownNetwork.id.in_(ids))
    return {row.id: row.name for row in await session.execute(institutions.union_all(networks))}


def organisation(one: Organisation, called: Names) -> OrganisationOut:
    """An organisation by its name."""
    return OrganisationOut(organisation=one.organisation, id=one.id, name=called.get(one.id))


def posting(row: Any, village_name: str | None, called: Names, warnings: Sequence[WarningOut] = ()) -> dict[str, Any]:
    """The fields that all postings have."""
    return {
        **{
            name: getattr(row, name)
            for name in ("id", "sequence", "title", "village_id", "scope", "network_id", "state", "voided", "recorded_at",
                         "changed_at", "kind")
        },
        "poster": organisation(row.poster, called),
        "village": row.village_code,
        "village_name": village_name,
        "warnings": warnings,
    }  # fmt: skip


def sought(
    row: Any, found: Any, called: Names, now: datetime, count: int, warnings: Sequence[WarningOut] = ()
) -> dict[str, Any]:
    """The fields that needs and offers have. `found` tells the village's name and its time zone."""
    today = local_date(now, found.time_zone) if found.time_zone else now.date()
    return {
        **posting(row, found.village_name, called, warnings),
        **{name: getattr(row, name) for name in ("text", "commodity", "quantity", "outcome", "outcome_note", "closed_with")},
        "expired": is_over(row, today),
        "answer_count": count,
    }  # fmt: skip


def is_over(row: Any, today: Any) -> bool:
    """Whether the last day of a need or an offer is over, and nobody closed it."""
    return row.state is not PostingState.DITUTUP and row.last_day is not None and row.last_day < today


async def messages(
    session: AsyncSession, of: ColumnElement[bool], poster: Organisation, principal: Principal
) -> dict[UUID, str]:
    """What was written in the answers that the caller may read: those to organisations it acts for, and those of them."""
    if scope.is_public(principal):
        return {}
    answers, needs = ExchangeAnswer.__table__.c, Need.__table__.c
    mine = or_(
        scope.kept(answers.by_id, principal),
        scope.kept(scope.literal_id(poster.id), principal),
        answers.need_id.in_(select(needs.id).where(scope.kept(needs.poster_id, principal))),
    )
    statement = select(ExchangeAnswer.id, ExchangeAnswer.message).where(of, ExchangeAnswer.withdrawn_at.is_(None), mine)
    return {row.id: row.message for row in await session.execute(statement)}
