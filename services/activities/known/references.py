"""What a request refers to, read from the local copy of registry, and held there while codes are copied from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.activities.known.models import KnownInstitution, KnownRegion, KnownRegionCode
from shared.auth import Principal
from shared.codes import RegionLevel, Verification


@dataclass(frozen=True, slots=True)
class Region:
    """A known region: where its code stands in the tree, and its IANA time zone.

    `code` is today's or, if `until` says that it is no more, its last; `area_code` the one by which what lies there is
    seen: its own, or that of the region which took it over.
    """

    id: UUID
    code: str
    area_code: str
    name: str
    level: RegionLevel
    time_zone: str
    until: date | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row of `known_region` as a statement tells it as JSON."""
        return cls(
            UUID(row["id"]), row["code"], row["area_code"], row["name"], RegionLevel(row["level"]), row["time_zone"],
            day(row["until"]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """That a region has, or had, the code that was asked for, over `[since, until)`."""

    region: Region
    since: date | None
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it had the code on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Institution:
    """A known institution. `seat_code` is None while its village has not been announced. `active` as in its event."""

    id: UUID
    name: str
    active: list[dict[str, Any]]
    verification: str
    voided: bool
    seat_id: UUID
    seat_code: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row of `known_institution`, with the code of its seat, as a statement tells it as JSON."""
        return cls(
            UUID(row["id"]), row["name"], row["active"], row["verification"], row["voided"], UUID(row["village_id"]),
            row["seat_code"],
        )  # fmt: skip

    @property
    def refused(self) -> bool:
        """Whether registry refused it: rejected, or voided as an entry error. A draft is not: it may be named."""
        return self.voided or self.verification == Verification.DITOLAK

    def at_work(self, day: date) -> bool:
        """Whether the day lies in an active spell, `[since, until)`."""
        return any(
            date.fromisoformat(spell["since"]) <= day
            and (spell["until"] is None or day < date.fromisoformat(spell["until"]))
            for spell in self.active
        )

    def seen_by(self, principal: Principal) -> bool:
        """Whether its name and its spells are for the caller: its seat is in the area, or it is the caller's own."""
        if principal.own_record_only:
            return self.id == principal.institution_id
        return principal.covers(self.seat_code or "")


@dataclass(frozen=True, slots=True)
class References:
    """What was found: who has, or had, the code asked for, the latest last; and institutions by id."""

    holders: tuple[Held, ...]
    institutions: dict[UUID, Institution]


_here = select(literal(1).label("one")).subquery("here")
_held = aliased(KnownRegionCode, name="held")
_region = aliased(KnownRegion, name="region")
_seat = aliased(KnownRegion, name="seat")
_FIND = (
    select(
        _region.id.label("region_id"), _region.code, _region.area_code, _region.name.label("region_name"), _region.level,
        _region.time_zone, _region.until.label("ended_on"), _held.id.label("held_id"), _held.since, _held.until,
        KnownInstitution.id, KnownInstitution.name, KnownInstitution.active,
        KnownInstitution.verification, KnownInstitution.voided, KnownInstitution.village_id,
        _seat.area_code.label("seat_code"),
    )
    .select_from(_here)
    .outerjoin(_held, _held.code == bindparam("code", type_=Text))
    .outerjoin(_region, _region.id == _held.region_id)
    .outerjoin(KnownInstitution, KnownInstitution.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .outerjoin(_seat, _seat.id == KnownInstitution.village_id)
    .order_by(_held.until.asc().nulls_last(), _held.id)
)  # fmt: skip
# ANY(ARRAY(…)) and not IN (…): beside an OR, only the array is looked up by index.
_HOLD = text("""
    WITH lead AS MATERIALIZED (
        SELECT village_id FROM known_institution
        WHERE id = :lead OR id = ANY(ARRAY(SELECT lead_institution_id FROM activity WHERE id = ANY(:activities)))
        ORDER BY id FOR SHARE
    )
    SELECT id FROM known_region
    WHERE id = ANY(ARRAY(SELECT region_id FROM known_region_code WHERE code = :code))
        OR id = ANY(ARRAY(SELECT village_id FROM lead))
        OR id = ANY(ARRAY(SELECT village_id FROM activity WHERE id = ANY(:activities)))
    ORDER BY id FOR SHARE
""").bindparams(
    bindparam("lead", type_=Uuid), bindparam("activities", type_=ARRAY(Uuid)), bindparam("code", type_=Text)
)


def told(found: str | None) -> list[dict[str, Any]]:
    """The rows that a statement tells as one text of JSON; null: none."""
    return orjson.loads(found) if found else []


def day(written: str | None) -> date | None:
    """A day as JSON tells it."""
    return date.fromisoformat(written) if written else None


async def hold(session: AsyncSession, code: str | None, lead: UUID | None, *activities: UUID) -> None:
    """Keeps the village of this code, this lead and its seat as they are until the transaction ends; and those of
    activities that are about to be changed.

    Needed before a copy is taken of their codes, and before the row of the activity is locked: registry's consumer locks
    in that order too.
    """
    await session.execute(_HOLD, {"code": code, "lead": lead, "activities": list(activities)})


async def find(session: AsyncSession, code: str | None, ids: Iterable[UUID]) -> References:
    """Who has had this stored spelling of a code and the institutions with these ids, as far as they are known."""
    rows = (await session.execute(_FIND, {"code": code, "ids": list(ids)})).all()
    holders = {
        r.held_id: Held(
            Region(r.region_id, r.code, r.area_code, r.region_name, RegionLevel(r.level), r.time_zone, r.ended_on), r.since,
            r.until,
        )
        for r in rows
        if r.region_id is not None
    }  # fmt: skip
    found = (
        Institution(r.id, r.name, r.active, r.verification, r.voided, r.village_id, r.seat_code)
        for r in rows
        if r.id is not None
    )
    return References(tuple(holders.values()), {one.id: one for one in found})
