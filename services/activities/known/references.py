"""What a request refers to, read from the local copy of registry in one round trip."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.activities.models import KnownInstitution, KnownRegion
from shared.codes import RegionLevel


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
    voided: bool
    seat_code: str | None

    def at_work(self, day: date) -> bool:
        """Whether the day lies in an active spell, `[since, until)`."""
        return any(
            date.fromisoformat(spell["since"]) <= day
            and (spell["until"] is None or day < date.fromisoformat(spell["until"]))
            for spell in self.active
        )


@dataclass(frozen=True, slots=True)
class References:
    """What was found: the region of the code asked for, and institutions by id. Voided ones are not among them."""

    region: Region | None
    institutions: dict[UUID, Institution]


_here = select(literal(1).label("one")).subquery("here")
_region = aliased(KnownRegion, name="region")
_seat = aliased(KnownRegion, name="seat")
_FIND = (
    select(
        _region.id.label("region_id"), _region.code, _region.name.label("region_name"), _region.level,
        _region.time_zone, KnownInstitution.id, KnownInstitution.name, KnownInstitution.active,
        KnownInstitution.voided, _seat.code.label("seat_code"),
    )
    .select_from(_here)
    .outerjoin(_region, _region.code == bindparam("code", type_=Text))
    .outerjoin(KnownInstitution, KnownInstitution.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .outerjoin(_seat, _seat.id == KnownInstitution.village_id)
)  # fmt: skip


async def find(session: AsyncSession, code: str | None, ids: Iterable[UUID]) -> References:
    """The region with this stored spelling of a code and the institutions with these ids, as far as they are known."""
    rows = (await session.execute(_FIND, {"code": code, "ids": list(ids)})).all()
    first = rows[0]
    region = None
    if first.region_id is not None:
        region = Region(first.region_id, first.code, first.region_name, RegionLevel(first.level), first.time_zone)
    found = (Institution(r.id, r.name, r.active, r.voided, r.seat_code) for r in rows if r.id is not None)
    return References(region, {one.id: one for one in found if not one.voided})
