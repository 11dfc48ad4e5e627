"""What activities' lists have in common: the region that they are narrowed to, entry errors, days in order, and how what was
asked for becomes conditions."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Query
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.models import KnownRegion, KnownRegionCode
from shared import edge, statements
from shared.auth import NATION, below
from shared.language import Text
from shared.problems import BadRequest, Fault
from shared.region_parameters import RegionUnknown, stored_code, unknown


class Voided(StrEnum):
    """Which records a list shows: those that count, the entry errors, or both, as a copy of all needs them."""

    FALSE = "false"
    TRUE = "true"
    ANY = "any"

    def of(self, column: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        """The conditions on a table's column `voided`."""
        match self:
            case Voided.FALSE:
                return [~column]
            case Voided.TRUE:
                return [column]
            case _:
                return []


WhetherVoided = Annotated[
    Voided, Query(description="`true`: the entry errors instead of the records; `any`: both, as synchronising needs.")
]
"""The parameter `voided` of a list."""


_Region = Annotated[
    str | None,
    Query(
        max_length=40,
        description="Only what lies in this region or below it, by Kemendagri code, dotted or not.",
        examples=["32.04"],
    ),
]


async def _area(session: edge.Session, region: _Region = None) -> str | None:
    return None if region is None else await area_code(session, region)


async def _area_on_driver(driver: edge.Driver, region: _Region = None) -> str | None:
    return await area_of_today(driver, region)


Area = Annotated[str | None, Depends(_area)]
"""Today's code of the region that the parameter `region` names; a code that has ended means the region that had it last."""
AreaOnDriver = Annotated[str | None, Depends(_area_on_driver)]
"""The same for routes on the bare driver."""


async def area_code(session: AsyncSession, text: str, parameter: str = "region") -> str:
    """Today's code of the region that has, or had last, a code in any spelling. Raises NotARegionCode, RegionUnknown."""
    code = stored_code(text, parameter)
    return _known(await session.scalar(_area_of(code)), code, parameter)


async def area_of_today(driver: asyncpg.Connection, text: str | None, parameter: str = "region") -> str | None:
    """As `area_code`, by the bare driver; None if no region is named. Raises NotARegionCode, RegionUnknown."""
    if text is None:
        return None
    code = stored_code(text, parameter)
    rows = await statements.fetch(driver, _area_of(code))
    return _known(rows[0][0] if rows else None, code, parameter)


def _area_of(code: str) -> Select[Any]:
    return (
        select(KnownRegion.area_code)
        .join(KnownRegionCode, KnownRegionCode.region_id == KnownRegion.id)
        .where(KnownRegionCode.code == code)
        .order_by(KnownRegionCode.until.desc().nulls_first(), KnownRegion.until.desc().nulls_first())
        .limit(1)
    )


def _known(area: str | None, code: str, parameter: str) -> str:
    if area is None:
        raise RegionUnknown(errors=[unknown(code, parameter)])
    return area


Comparison = tuple[Any, Callable[[Any, Any], Any], Any]
"""A column, how it is compared, and with what; None: it was not asked for."""


def narrowed(*wanted: Comparison) -> list[ColumnElement[bool]]:
    """The conditions of what was asked for."""
    return [compared(column, value) for column, compared, value in wanted if value is not None]


def lying_in(code: ColumnElement[str], region: str | None) -> list[ColumnElement[bool]]:
    """The condition that a column's code is that region's or one below it; none for the nation, where all is."""
    return [] if region in (None, NATION) else [below(code, region or NATION)]


def in_order(parameter: str, since: date | None, until: date | None) -> None:
    """Raises BadRequest naming the parameter, if the last day is before the first."""
    if since and until and until < since:
        raise BadRequest(
            errors=[
                Fault(
                    "end-before-start",
                    Text(f"{until} sebelum {since}.", f"{until} is before {since}."),
                    Text("Perbaiki salah satu tanggal.", "Correct one of the two dates."),
                    parameter=parameter,
                )
            ]
        )
