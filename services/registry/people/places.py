"""Where a person lives, and who keeps the record: any village for the one, only the caller's own for the other."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Institution
from services.registry.people.models import Person
from services.registry.people.schemas import Content
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from shared import database
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault, Forbidden, InvalidPayload


class NoInstitution(Forbidden):
    slug = "own-institution-unknown"
    title = Text("Lembaga pada token Anda tidak terdaftar", "The institution your token names is not registered")


@dataclass(frozen=True, slots=True)
class Places:
    """The village of residence, null if it is not known, and the keeper of the record."""

    residence: Village | None
    keeper: Village
    institution_id: UUID | None

    @property
    def time_zone(self) -> str:
        """Whose calendar the record's days are in."""
        return (self.residence or self.keeper).time_zone

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that follow."""
        return {
            "village_id": self.residence and self.residence.id,
            "village_code": self.residence and self.residence.code,
            "kept_village_id": self.keeper.id,
            "kept_village_code": self.keeper.code,
            "kept_institution_id": self.institution_id,
        }


async def of(session: AsyncSession, content: Content, by: Principal, known: Person | None = None) -> Places:
    """The places of a record. Raises InvalidPayload: `region-unknown`, `region-wrong-level`, `outside-your-area`,
    `keeper-unknown`; NoInstitution for an operator whose institution is not there.

    `known` is a stored record the caller may change: who keeps it needs no area of the caller's own.
    """
    driver = await database.driver(session)
    residence = await regions.village(driver, content.village, "/village") if content.village else None
    if known is not None and content.kept_in in (None, known.kept_village_code):
        keeper = await regions.village(driver, known.kept_village_code, "/kept_in")
        return Places(residence, keeper, known.kept_institution_id)
    if by.own_record_only:
        seat, institution_id = await _own(session, by)
        if content.kept_in not in (None, seat):
            raise InvalidPayload(errors=[_outside(seat)])
        return Places(residence, await regions.village(driver, seat, "/kept_in"), institution_id)
    return Places(residence, await _keeper(driver, content, residence, by), None)


async def _own(session: AsyncSession, by: Principal) -> tuple[str, UUID]:
    statement = select(Institution.village_code, Institution.id).where(
        Institution.id == by.institution_id, Institution.voided.is_(False)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NoInstitution
    return row.village_code, row.id


async def _keeper(driver: asyncpg.Connection, content: Content, residence: Village | None, by: Principal) -> Village:
    areas = ", ".join(by.areas) or "-"
    if content.kept_in is not None:
        keeper = await regions.village(driver, content.kept_in, "/kept_in")
        if not by.covers(keeper.code):
            raise InvalidPayload(errors=[_outside(areas)])
        return keeper
    if residence is not None and by.covers(residence.code):
        return residence
    if len(by.areas) == 1 and by.areas[0].count(".") == 3:
        return await regions.village(driver, by.areas[0], "/kept_in")
    raise InvalidPayload(
        errors=[
            Fault(
                "keeper-unknown",
                Text("Desa yang menyimpan data ini belum disebut.", "It is not said which village keeps the record."),
                Text(f"Isi `kept_in` dengan desa di wilayah Anda: {areas}.", f"Give `kept_in`, a village in your area: {areas}."),
                pointer="/kept_in",
            )
        ]
    )  # fmt: skip


def _outside(areas: str) -> Fault:
    return Fault(
        "outside-your-area",
        Text("Desa ini di luar wilayah Anda.", "This village is outside your area."),
        Text(f"Pilih: {areas}.", f"Choose: {areas}."),
        pointer="/kept_in",
    )
