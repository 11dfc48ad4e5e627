"""Which region a code means: by today's codes, or by the codes of a day. A code and a day are an identity; a code alone
may have been given to another region since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions.models import RegionCode, RegionSuccession
from shared.codes import CodeSystem, Confidence
from shared.language import Text


class CodeRemark(StrEnum):
    """Why a code is not simply today's code of the region that it means."""

    CODE_ENDED = "code-ended"
    """The region has another code today."""
    CODE_NOT_YET = "code-not-yet"
    """The region got the code after the day that was asked for."""
    REGION_ENDED = "region-ended"
    """The region itself is no more: others took over, or nobody."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A region of today that took over from an old code, or may have."""

    code: str
    name: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Resolved:
    """The region of a code; `since` and `until` are the days of the code. Without a remark it is simply today's code."""

    region: Region
    since: date | None = None
    until: date | None = None
    remark: CodeRemark | None = None
    successors: tuple[Candidate, ...] = ()

    @property
    def heir(self) -> Candidate | None:
        """The one region that took over from one that ended, if there is just one and it is sure."""
        sure = [heir for heir in self.successors if heir.confidence is not Confidence.AMBIGUOUS]
        return sure[0] if len(sure) == len(self.successors) == 1 else None

    def text(self, asked: str) -> Text:
        """The remark in words."""
        now = self.region.code
        if self.remark is CodeRemark.CODE_NOT_YET:
            return Text(
                f"Kode {asked} baru berlaku sejak {self.since}.", f"The code {asked} is valid since {self.since} only."
            )
        if self.remark is CodeRemark.REGION_ENDED:
            heirs = ", ".join(f"{heir.code} {heir.name}" for heir in self.successors) or "-"
            return Text(
                f"Wilayah ini sudah tidak ada sejak {self.region.until}; penerusnya: {heirs}.",
                f"This region has not existed since {self.region.until}; successors: {heirs}.",
            )
        return Text(
            f"Kode {asked} berakhir pada {self.until}; kode wilayah ini sekarang {now}.",
            f"The code {asked} ended on {self.until}; the code of this region is {now} today.",
        )  # fmt: skip


async def resolve(
    session: AsyncSession, code: str, on: date | None = None, system: CodeSystem = CodeSystem.KEMENDAGRI
) -> Resolved | None:
    """The region that a code in its stored spelling meant on a day, today if none is given.

    An ended code means the region that had it last; one that is younger than the day, the region that got it next. None
    if no region ever had it.
    """
    rows = await session.execute(
        select(Region, RegionCode.since, RegionCode.until)
        .join(RegionCode, RegionCode.region_id == Region.id)
        .where(RegionCode.code == code, RegionCode.system == system)
        .order_by(RegionCode.until.asc().nulls_last())
    )
    holders = rows.all()
    if not holders:
        return None
    region, since, until = _meant(holders, on)
    if region.until is not None:
        return Resolved(region, since, until, CodeRemark.REGION_ENDED, await successors(session, region))
    if until is not None:
        return Resolved(region, since, until, CodeRemark.CODE_ENDED)
    if on is not None and since is not None and on < since:
        return Resolved(region, since, until, CodeRemark.CODE_NOT_YET)
    return Resolved(region, since, until)


def _meant(
    holders: Sequence[Row[Region, date | None, date | None]], on: date | None
) -> Row[Region, date | None, date | None]:
    """Of those who had a code, the earliest first: who has it on that day, else who got it next, else who had it last."""
    still = [held for held in holders if held.until is None or (on is not None and on < held.until)]
    return still[0] if still else holders[-1]


async def successors(session: AsyncSession, region: Region) -> tuple[Candidate, ...]:
    """Who took over from a region that ended, by code."""
    heirs = await session.execute(
        select(Region.code, Region.name, RegionSuccession.confidence)
        .join(RegionSuccession, RegionSuccession.to_id == Region.id)
        .where(RegionSuccession.from_id == region.id)
        .order_by(Region.code)
    )
    return tuple(Candidate(*heir) for heir in heirs)


async def candidates(session: AsyncSession, code: str) -> tuple[Candidate, ...] | None:
    """What an old Kemendagri code that no region here had may have become; None if it is not known either."""
    rows = (
        await session.execute(
            select(Region.code, Region.name, RegionSuccession.confidence)
            .select_from(RegionSuccession)
            .outerjoin(Region, Region.id == RegionSuccession.to_id)
            .where(RegionSuccession.from_code == code, RegionSuccession.from_id.is_(None))
            .order_by(Region.code)
        )
    ).all()
    return tuple(Candidate(*row) for row in rows if row.code is not None) if rows else None
