"""Regions as the indicators' callers name them: by code, within the caller's areas."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.cells import TOTALLED
from services.reporting.models import region, region_code
from shared.auth import Principal
from shared.codes import Confidence, RegionLevel, SuccessionKind
from shared.language import Text
from shared.pagination import Order, PageQuery, paginate
from shared.problems import BadRequest, Fault, NotFound
from shared.region_codes import region_code as region_code_of


class NotARegionCode(BadRequest):
    slug = "not-a-region-code"
    title = Text("Ini bukan kode wilayah Kemendagri", "This is no Kemendagri region code")


class RegionUnknown(BadRequest):
    """A parameter names a region that does not exist: a slip must not look like an address without anything."""

    slug = "region-unknown"
    title = Text("Kode wilayah tidak dikenal", "The region code is not known")


class NoSuchRegion(NotFound):
    """The address itself names a region that does not exist."""

    slug = "region-unknown"
    title = Text("Kode wilayah tidak dikenal", "The region code is not known")


PARAMETER = "region"
"""What it is called in every query and path."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region whose numbers are asked, by its code of today. `since` is its first day; None: before the records begin.

    `split_on`: the day from which on it is what others that came out of it have left of it.
    """

    key: int
    code: str
    name: str
    level: str
    time_zone: str
    since: date | None
    split_on: date | None = None

    @property
    def comparable_from(self) -> date | None:
        """The day from which on it is the unit of today; None: ever since."""
        return max(filter(None, (self.since, self.split_on)), default=None)

    @property
    def totalled(self) -> bool:
        """Whether its cells keep sums over dimensions (`cells.TOTALLED`)."""
        return list(RegionLevel).index(RegionLevel(self.level)) < TOTALLED


def _places() -> Select[Any]:
    c = region.c
    return select(
        c.key, c.code, c.name, c.level, c.since, c.until, c.state["time_zone"].astext.label("time_zone"),
        c.state["successors"].label("successors"),
    )  # fmt: skip


def _place(row: Row[Any]) -> Place:
    splits = (
        date.fromisoformat(after["on"])
        for after in row.successors or ()
        if after["kind"] == SuccessionKind.SPLIT and after["confidence"] != Confidence.AMBIGUOUS
    )
    return Place(row.key, row.code, row.name, row.level, row.time_zone, row.since, max(splits, default=None))


async def find(session: AsyncSession, principal: Principal, text: str, *, in_path: bool = False) -> Place:
    """The region of a code in any accepted spelling, if it lies in the caller's areas.

    A code that has ended means the region that had it last; whoever took over from one that is no more sees it too.
    Raises NotARegionCode; NotFound outside the areas, whether or not it exists; RegionUnknown, or NoSuchRegion if the
    code stands in the path.
    """
    try:
        code = region_code_of(text)
    except ValueError as error:
        raise NotARegionCode(errors=[_not_a_code(text, str(error))]) from error
    held = region_code.c
    ended = or_(held.until.is_not(None), region.c.until.is_not(None))
    row = (
        await session.execute(
            _places()
            .join(region_code, held.region_key == region.c.key)
            .where(held.code == code)
            .order_by(ended, held.until.desc().nulls_first(), region.c.key)
            .limit(1)
        )
    ).first()
    if row is None and principal.covers(code):
        raise (NoSuchRegion if in_path else RegionUnknown)(errors=[_unknown(code)])
    if row is None or not await _seen(session, principal, row):
        raise NotFound
    return _place(row)


_HEIRS = text("""
    WITH RECURSIVE heir (key) AS (
        SELECT CAST(:key AS int)
        UNION SELECT region.key FROM heir JOIN succession ON succession.region_key = heir.key
            JOIN region ON region.id = succession.successor_id
    )
    SELECT code FROM heir JOIN region USING (key) WHERE code IS NOT NULL
""")


async def _seen(session: AsyncSession, principal: Principal, row: Row[Any]) -> bool:
    if principal.covers(row.code) or row.until is None:
        return principal.covers(row.code)
    return any(principal.covers(code) for code in await session.scalars(_HEIRS, {"key": row.key}))


async def children(session: AsyncSession, parent: Place, page: PageQuery) -> tuple[list[Place], str | None, int | None]:
    """A page of the regions directly below today, by code; the next cursor; the count if asked."""
    statement = _places().where(region.c.parent_key == parent.key)
    rows, following, count = await paginate(session, statement, Order([region.c.code, region.c.key]), page)
    return [_place(row) for row in rows], following, count


def _not_a_code(text: str, why: str) -> Fault:
    return Fault(
        "not-a-region-code",
        Text(f"«{text}» bukan kode wilayah Kemendagri.", why),
        Text(
            "Tulis 2, 4, 6, atau 10 angka, seperti 11.01.01.2001 atau 1101012001, atau ID untuk nasional.",
            "Write 2, 4, 6 or 10 digits, like 11.01.01.2001 or 1101012001, or ID for the whole country.",
        ),
        parameter=PARAMETER,
    )


def _unknown(code: str) -> Fault:
    return Fault(
        "region-unknown",
        Text(f"Tidak ada wilayah berkode «{code}».", f"There is no region with the code «{code}»."),
        Text(
            "Cari kodenya menurut nama di registry: GET /v1/regions?q=nama.",
            "Look up its code by name in registry: GET /v1/regions?q=name.",
        ),
        parameter=PARAMETER,
    )
