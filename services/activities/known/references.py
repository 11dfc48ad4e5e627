"""What a request refers to, read from the local copy of registry, and held there while codes are copied from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.activities.models import KnownInstitution, KnownRegion
from shared.auth import Principal
from shared.codes import RegionLevel, Verification


@dataclass(frozen=True, slots=True)
class Region:
    """A known region: where its code stands in the tree, and its IANA time zone."""

    id: UUID
    code: str
    name: str
    level: RegionLevel
    time_zone: str


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
    """What was found: the region of the code asked for, and institutions by id."""

    region: Region | None
    institutions: dict[UUID, Institution]


_here = select(literal(1).label("one")).subquery("here")
_region = aliased(KnownRegion, name="region")
_seat = aliased(KnownRegion, name="seat")
_FIND = (
    select(
        _region.id.label("region_id"), _region.code, _region.name.label("region_name"), _region.level,
        _region.time_zone, KnownInstitution.id, KnownInstitution.name, KnownInstitution.active,
        KnownInstitution.verification, KnownInstitution.voided, KnownInstitution.village_id,
        _seat.code.label("seat_code"),
    )
    .select_from(_here)
    .outerjoin(_region, _region.code == bindparam("code", type_=Text))
    .outerjoin(KnownInstitution, KnownInstitution.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .outerjoin(_seat, _seat.id == KnownInstitution.village_id)
)  # fmt: skip
# ANY(ARRAY(…)) and not IN (…): beside an OR, only the array is looked up by index.
_HOLD = text("""
    WITH lead AS MATERIALIZED (
        SELECT village_id FROM known_institution
        WHERE id = :lead OR id = (SELECT lead_institution_id FROM activity WHERE id = :activity)
        ORDER BY id FOR SHARE
    )
    SELECT id FROM known_region
    WHERE code = :code OR id = ANY(ARRAY(SELECT village_id FROM lead))
        OR id = (SELECT village_id FROM activity WHERE id = :activity)
    ORDER BY id FOR SHARE
""").bindparams(bindparam("lead", type_=Uuid), bindparam("activity", type_=Uuid), bindparam("code", type_=Text))


async def hold(session: AsyncSession, code: str | None, lead: UUID | None, activity: UUID | None = None) -> None:
    """Keeps the village of this code, this lead and its seat as they are until the transaction ends; and those of an
    activity that is about to be changed.

    Needed before a copy is taken of their codes, and before the row of the activity is locked: registry's consumer locks
    in that order too.
    """
    await session.execute(_HOLD, {"code": code, "lead": lead, "activity": activity})


async def find(session: AsyncSession, code: str | None, ids: Iterable[UUID]) -> References:
    """The region with this stored spelling of a code and the institutions with these ids, as far as they are known."""
    rows = (await session.execute(_FIND, {"code": code, "ids": list(ids)})).all()
    first = rows[0]
    region = None
    if first.region_id is not None:
        region = Region(first.region_id, first.code, first.region_name, RegionLevel(first.level), first.time_zone)
    found = (
        Institution(r.id, r.name, r.active, r.verification, r.voided, r.village_id, r.seat_code)
        for r in rows
        if r.id is not None
    )
    return References(region, {one.id: one for one in found})
