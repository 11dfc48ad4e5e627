"""Regions as the indicators' callers name them: by code, within the caller's areas."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.cells import TOTALLED
from services.reporting.models import region
from shared.auth import Principal
from shared.codes import RegionLevel
from shared.language import Text
from shared.pagination import Order, PageQuery, paginate
from shared.problems import BadRequest, Fault, NotFound
from shared.region_codes import region_code


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
    """A region whose numbers are asked. `since` is its first day; None: before the records begin."""

    key: int
    code: str
    name: str
    level: str
    time_zone: str
    since: date | None

    @property
    def totalled(self) -> bool:
        """Whether its cells keep sums over dimensions (`cells.TOTALLED`)."""
        return list(RegionLevel).index(RegionLevel(self.level)) < TOTALLED


def _places() -> Select[tuple[int, str, str, str, str, str | None]]:
    state = region.c.state
    return select(
        region.c.key, region.c.code, region.c.name, region.c.level,
        state["time_zone"].astext.label("time_zone"), state["since"].astext.label("since"),
    )  # fmt: skip


def _place(row: Row[tuple[int, str, str, str, str, str | None]]) -> Place:
    since = date.fromisoformat(row.since) if row.since else None
    return Place(row.key, row.code, row.name, row.level, row.time_zone, since)


async def find(session: AsyncSession, principal: Principal, text: str, *, in_path: bool = False) -> Place:
    """The region of a code in any accepted spelling, if it lies in the caller's areas.

    Raises NotARegionCode; NotFound outside the areas, whether or not it exists; RegionUnknown, or NoSuchRegion if the
    code stands in the path.
    """
    try:
        code = region_code(text)
    except ValueError as error:
        raise NotARegionCode(errors=[_not_a_code(text, str(error))]) from error
    if not principal.covers(code):
        raise NotFound
    # A code may have been given to another region later: the one that still exists is meant.
    ended = region.c.state["until"].astext.is_not(None)
    row = (await session.execute(_places().where(region.c.code == code).order_by(ended, region.c.key).limit(1))).first()
    if row is None:
        raise (NoSuchRegion if in_path else RegionUnknown)(errors=[_unknown(code)])
    return _place(row)


async def children(session: AsyncSession, parent: Place, page: PageQuery) -> tuple[list[Place], str | None, int | None]:
    """A page of the regions directly below today, by code; the next cursor; the count if asked."""
    statement = _places().where(region.c.parent_key == parent.key)
    rows, following, count = await paginate(session, statement, Order([region.c.code]), page)
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
