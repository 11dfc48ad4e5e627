"""Reference data noted: each row becomes a first amount, a newer revision of one, or nothing new; or it is refused.

One way in for a request, for many rows at once and for files. Rows are only ever added, and the newest holds; a baseline
is frozen for its year, so that another one needs a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import Row, Table, any_, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text as SqlText
from sqlalchemy.types import Uuid

from services.reporting.models import region, region_code
from services.reporting.periods import last_day
from services.reporting.reference.fields import Told
from services.reporting.reference.lookups import newest
from services.reporting.reference.models import ppks_baseline
from shared import clock
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault
from shared.region_codes import region_code as region_code_of
from shared.validation import faults_of

LOCK = 0x52454645
"""Held while rows are noted: revisions are numbered without gaps, and reference data are written seldom."""
FROZEN = "baseline-frozen"


class Fate(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row's fate: the stored revision's id, or what is wrong."""

    fate: Fate
    id: UUID | None
    faults: Sequence[Fault] = ()


async def note(
    session: AsyncSession, table: Table, rows: Sequence[Told], *, by: Principal, now: datetime
) -> list[Outcome]:
    """Notes rows of one table, in order; each gets its outcome. Those of regions outside the caller's area are refused as
    unknown. In the caller's transaction.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    places = await _regions(session, rows, by)
    held = await _newest(session, table, [place.id for place in places.values()])
    outcomes: list[Outcome] = []
    added: list[dict[str, Any]] = []
    for row in rows:
        place = places.get(_code(row.region))
        faults = _faults(row, place, now)
        if place is None or faults:
            outcomes.append(Outcome(Fate.REJECTED, None, faults))
            continue
        key = _key(place.id, row.about)
        before = held.get(key)
        if before and (before["amount"], before["source"]) == (row.amount, row.source):
            outcomes.append(Outcome(Fate.UNCHANGED, before["id"]))
        elif before and table is ppks_baseline and row.reason is None:
            outcomes.append(Outcome(Fate.REJECTED, None, [_frozen(before)]))
        else:
            held[key] = {
                "id": uuid4(), "region_id": place.id, **row.about, "amount": row.amount, "source": row.source,
                "reason": row.reason, "revision": before["revision"] + 1 if before else 1, "recorded_by": by.subject,
                "recorded_at": now,
            }  # fmt: skip
            added.append(held[key])
            outcomes.append(Outcome(Fate.CHANGED if before else Fate.CREATED, held[key]["id"]))
    if added:
        await session.execute(table.insert(), added)
    return outcomes


async def read_and_note(
    session: AsyncSession,
    table: Table,
    kind: type[Told],
    rows: Sequence[Mapping[str, Any]],
    *,
    by: Principal,
    now: datetime,
) -> list[Outcome]:
    """Notes those of the rows that are well formed, in order; each gets its outcome. In the caller's transaction."""
    read: dict[int, Told] = {}
    outcomes: dict[int, Outcome] = {}
    for number, row in enumerate(rows):
        try:
            read[number] = kind.model_validate(row)
        except ValidationError as error:
            outcomes[number] = Outcome(Fate.REJECTED, None, faults_of(error))
    noted = await note(session, table, list(read.values()), by=by, now=now)
    outcomes |= zip(read, noted, strict=True)
    return [outcomes[number] for number in range(len(rows))]


def _code(written: str) -> str:
    try:
        return region_code_of(written)
    except ValueError:
        return ""


def _key(region_id: UUID, about: Mapping[str, Any]) -> tuple[Any, ...]:
    return region_id, *about.values()


async def _regions(session: AsyncSession, rows: Sequence[Told], by: Principal) -> dict[str, Row[Any]]:
    """The regions of the rows' codes within the caller's area: a code that has ended means the one that had it last."""
    codes = sorted({_code(row.region) for row in rows})
    held = region_code.c
    ended = or_(held.until.is_not(None), region.c.until.is_not(None))
    found = await session.execute(
        select(held.code, region.c.id, region.c.state["time_zone"].astext.label("time_zone"))
        .join(region, region.c.key == held.region_key)
        .where(held.code == any_(literal(codes, ARRAY(SqlText))), by.within(region.c.code))
        .order_by(ended, held.until.desc().nulls_first(), region.c.key)
    )
    places: dict[str, Row[Any]] = {}
    for row in found:
        places.setdefault(row.code, row)
    return places


async def _newest(
    session: AsyncSession, table: Table, regions: Sequence[UUID]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    columns = table.c
    about = [columns[name] for name in ("year", "month", "kind", "unit") if name in columns]
    found = await session.execute(
        select(columns.region_id, *about, columns.id, columns.amount, columns.source, columns.revision, columns.recorded_at)
        .where(columns.region_id == any_(literal(list(regions), ARRAY(Uuid))), newest(table))
    )  # fmt: skip
    width = 1 + len(about)
    return {tuple(row[:width]): dict(row._mapping) for row in found}


def _faults(row: Told, place: Row[Any] | None, now: datetime) -> list[Fault]:
    if place is None:
        return [_unknown(row.region)]
    if last_day(row.last_month) > clock.local_date(now, place.time_zone):
        return [_future(row)]
    return []


def _unknown(code: str) -> Fault:
    return Fault(
        "region-unknown",
        Text(f"Tidak ada wilayah berkode «{code}» di wilayah Anda.", f"There is no region «{code}» in your area."),
        Text(
            "Tulis kode Kemendagri dengan titik, sebagai teks: 11.10, bukan 11.1.",
            "Write the Kemendagri code with dots, as text: 11.10, not 11.1.",
        ),
        pointer="/region",
    )


def _future(row: Told) -> Fault:
    return Fault(
        "in-the-future",
        Text(f"Tahun {row.year} pada keadaan itu belum tercapai.", f"That day of {row.year} has not come yet."),
        Text("Tulis tahun dan bulan keadaan yang sudah lewat.", "Write a year and month that have passed."),
        pointer="/year",
    )


def _frozen(before: Mapping[str, Any]) -> Fault:
    on = before["recorded_at"].date()
    return Fault(
        FROZEN,
        Text(
            f"Data dasar tahun ini sudah tercatat pada {on}: {before['amount']}, {before['source']}.",
            f"A baseline of this year was recorded on {on}: {before['amount']}, {before['source']}.",
        ),
        Text(
            "Data dasar dibekukan untuk setahun. Bila memang keliru, kirim lagi dengan `reason`; yang lama tetap terbaca.",
            "A baseline is frozen for its year. If it is wrong, send it again with `reason`; the old one stays readable.",
        ),
        pointer="/reason",
    )
