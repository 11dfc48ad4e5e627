"""What crosses HTTP about regions."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.regions.resolution import CodeRemark
from shared.codes import CodeSystem, Confidence, RegionKind, RegionLevel, SuccessionKind

Since = Annotated[date | None, Field(description="First day; null: before the records begin.", examples=["2022-11-09"])]
Until = Annotated[
    date | None, Field(description="First day on which it was so no longer; null while it is.", examples=["2022-11-09"])
]
Decree = Annotated[
    str | None, Field(description="Decree that says so; null if not known.", examples=["Kepmendagri 100.1.1-6117/2022"])
]


class RegionOut(BaseModel):
    """A region of Indonesia as decreed."""

    model_config = ConfigDict(from_attributes=True)

    id: Annotated[UUID, Field(description="Stays the same when the region is renamed or recoded.")]
    code: Annotated[str, Field(description="Kemendagri code, dotted; `ID` for the nation.", examples=["32.04.05.2001"])]
    name: Annotated[str, Field(description="Official name, verbatim.", examples=["Cinunuk"])]
    level: Annotated[RegionLevel, Field(examples=["village"])]
    kind: Annotated[RegionKind, Field(description="Kind by Permendagri 58/2021.", examples=["desa"])]
    local_level: Annotated[
        str | None,
        Field(
            description="What people there call this level; null: as the kind says. A label only.", examples=["nagari"]
        ),
    ]
    parent: Annotated[str | None, Field(description="Code of the parent; null for the nation.", examples=["32.04.05"])]
    time_zone: Annotated[
        str, Field(description="IANA zone of its local dates: WIB, WITA or WIT.", examples=["Asia/Jakarta"])
    ]
    since: Annotated[date | None, Field(description="First day it existed; null: before the records begin.")]
    until: Annotated[date | None, Field(description="First day it no longer existed; null while it does.")]
    decree: Annotated[
        str, Field(description="Decree that gave this code and name.", examples=["Kepmendagri 300.2.2-2430/2025"])
    ]


class RegionCodeOut(BaseModel):
    """A code of a region over a run of days, in one of the two systems."""

    system: Annotated[CodeSystem, Field(examples=["kemendagri"])]
    code: Annotated[str, Field(description="As its system writes it.", examples=["91.01"])]
    since: Since
    until: Until
    decree: Decree


class RegionNameOut(BaseModel):
    """A name of a region over a run of days."""

    name: Annotated[str, Field(examples=["Kabupaten Toba"])]
    since: Since
    until: Until


class RegionParentOut(BaseModel):
    """What a region belonged to over a run of days, by the code and name that this parent has today."""

    code: Annotated[str, Field(examples=["91"])]
    name: Annotated[str, Field(examples=["Papua"])]
    since: Since
    until: Until


class RegionLinkOut(BaseModel):
    """A region that came before or after another. An ambiguous link is for people to decide: nothing follows from it."""

    code: Annotated[str, Field(description="Its code today; of one before, the code it had then.", examples=["93"])]
    name: Annotated[str, Field(examples=["Papua Selatan"])]
    kind: Annotated[SuccessionKind, Field(examples=["split"])]
    on: Annotated[date, Field(description="First day of what came after.", examples=["2022-11-09"])]
    decree: Decree
    confidence: Annotated[Confidence, Field(examples=["exact"])]


class RegionNoteOut(BaseModel):
    """Why the code that was asked for is not simply today's code of the region."""

    remark: Annotated[CodeRemark, Field(examples=["code-ended"])]
    asked: Annotated[str, Field(description="The code that was asked for.", examples=["91.01"])]
    today: Annotated[
        str | None, Field(description="Code to use from now on; null if several or none took over.", examples=["93.01"])
    ]
    since: Since
    until: Until
    message: Annotated[str, Field(description="The same in words, by Accept-Language.", examples=["Kode 91.01 berakhir pada 2022-11-09; kode wilayah ini sekarang 93.01."])]  # fmt: skip


class RegionThenOut(BaseModel):
    """The region on the day that was asked for; null where that is not known."""

    on: Annotated[date, Field(examples=["2021-06-30"])]
    code: Annotated[str | None, Field(examples=["91.01"])]
    name: Annotated[str | None, Field(examples=["Kabupaten Merauke"])]
    parent: Annotated[str | None, Field(description="Code that the parent of then has today.", examples=["91"])]


class RegionDetail(RegionOut):
    """A region with all that is known of it over time; the newest stands last."""

    codes: list[RegionCodeOut]
    names: list[RegionNameOut]
    parents: list[RegionParentOut]
    predecessors: Annotated[
        list[RegionLinkOut], Field(description="Regions that it came out of, or may have come out of.")
    ]
    successors: Annotated[list[RegionLinkOut], Field(description="Regions that came out of it.")]
    note: Annotated[RegionNoteOut | None, Field(description="Set when the code asked for is not today's code.")] = None
    then: Annotated[RegionThenOut | None, Field(description="Set when a day was asked for.")] = None


class RegionList(BaseModel):
    """Regions in order, whole."""

    items: list[RegionOut]
