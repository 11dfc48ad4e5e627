"""What happens to programmes: drawn up, changed, and voided as entry errors. Each is one event.

An owner may have several of a year, of different titles. Whose and of which year it is does not change: what belongs to it
was checked against both.
"""

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.activities.models import Activity
from services.activities.programmes import owners, queries
from services.activities.programmes.models import Programme
from services.activities.programmes.schemas import Content, ProgrammeIn, ProgrammePatch
from services.activities.programmes.states import state
from services.activities.series.models import Series
from shared import database, outbox, records
from shared.auth import Principal
from shared.events.activities import BudgetLine, TargetGroup
from shared.fields import folded
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Forbidden
from shared.records import IdTaken

_TITLES = "uq_programme_owner_id_year_title"


class ProgrammeTitleTaken(Conflict):
    slug = "programme-title-taken"
    title = Text(
        "Pemilik ini sudah punya program kerja bernama sama pada tahun itu",
        "The owner has a programme of this title in that year",
    )


class ProgrammeOfAnotherOwner(Forbidden):
    slug = "programme-of-another-owner"
    title = Text("Program kerja ini hanya diubah oleh pemiliknya", "Only its owner changes this programme")


class ProgrammeVoided(Conflict):
    slug = "programme-voided"
    title = Text("Program kerja ini sudah dibatalkan sebagai salah catat", "The programme is voided as an entry error")


class ProgrammeInUse(Conflict):
    slug = "programme-in-use"
    title = Text("Masih ada kegiatan dalam program kerja ini", "There are activities in the programme")


async def draw_up(session: AsyncSession, body: ProgrammeIn, *, by: Principal, now: datetime) -> UUID:
    """Records a programme; its id. Raises InvalidPayload, ReferenceNotArrived, ProgrammeTitleTaken, IdTaken."""
    owner = await owners.admitted(session, body.owner, body.year, by)
    programme = Programme(
        id=body.id or uuid7(), owner_kind=body.owner.organisation, owner_id=body.owner.id, year=body.year,
        village_id=owner.village_id, voided=False, recorded_at=now, changed_at=now,
    )  # fmt: skip
    _write(programme, body)
    fact = outbox.Fact("drawn_up", by=by.subject, at=now, regions=owner.regions)
    try:
        await outbox.register(await database.driver(session), programme, state(programme), fact)
    except asyncpg.UniqueViolationError as error:
        raise (_title_taken() if error.constraint_name == _TITLES else IdTaken.of(programme.id)) from error
    return programme.id


async def change(
    session: AsyncSession, id: UUID, patch: ProgrammePatch, precondition: IfMatch, *, by: Principal, now: datetime
) -> None:
    """Merges a patch into a programme; one that changes nothing is no event.

    Raises NotFound, ProgrammeOfAnotherOwner, PreconditionFailed, ProgrammeVoided, InvalidPayload, ProgrammeTitleTaken.
    """
    programme = await _locked(session, id, precondition, by)
    current = Content.model_validate(
        {
            "title": programme.title, "goal": programme.goal,
            "target_group": programme.target_group and programme.target_group.model_dump(),
            "budget": [line.model_dump() for line in programme.budget],
        }
    )  # fmt: skip
    wanted = patched(current, patch)
    if wanted == current:
        return
    regions = await owners.regions(session, programme)
    _write(programme, wanted)
    try:
        await records.record(session, programme, state(programme), "changed", by=by, now=now, regions=regions)
    except IntegrityError as error:
        raise _title_taken() from error


async def void(
    session: AsyncSession, id: UUID, precondition: IfMatch, *, by: Principal, now: datetime, reason: str
) -> None:
    """Tells that it was an entry error. Raises ProgrammeInUse while anything belongs to it, and as `change`."""
    programme = await _locked(session, id, precondition, by)
    # Who names it holds its row shared (`queries.found`): none is added between this look and the end.
    activities, series = [
        await session.scalar(select(func.count()).where(table.programme_id == id, ~table.voided))
        for table in (Activity, Series)
    ]
    if activities or series:
        raise ProgrammeInUse(
            Text(
                f"Ada {activities} kegiatan dan {series} kegiatan berulang. Keluarkan dari program ini (PATCH) dahulu.",
                f"There are {activities} activities and {series} series. Take them out of it (PATCH) first.",
            ),
            extra={"activities": activities, "series": series},
        )
    regions = await owners.regions(session, programme)
    programme.voided = True
    await records.record(session, programme, state(programme), "voided", by=by, now=now, regions=regions, reason=reason)


async def _locked(session: AsyncSession, id: UUID, precondition: IfMatch, by: Principal) -> Programme:
    programme = await records.locked(session, Programme, id, queries.readable(by))
    if await session.scalar(select(queries.columns.id).where(queries.columns.id == id, queries.writable(by))) is None:
        raise ProgrammeOfAnotherOwner
    precondition.check(programme.sequence)
    if programme.voided:
        raise ProgrammeVoided
    return programme


def _write(programme: Programme, content: Content) -> None:
    programme.title, programme.title_words, programme.goal = content.title, folded(content.title), content.goal
    group = content.target_group
    programme.target_group = TargetGroup.model_validate(group.model_dump()) if group else None
    programme.budget = [BudgetLine(source=line.source, value=line.value) for line in content.budget]


def _title_taken() -> ProgrammeTitleTaken:
    return ProgrammeTitleTaken(
        Text(
            "Pakai judul lain, atau ubah yang sudah ada: GET /v1/programmes?owner_id=…&year=….",
            "Use another title, or change the one there is: GET /v1/programmes?owner_id=…&year=….",
        )
    )
