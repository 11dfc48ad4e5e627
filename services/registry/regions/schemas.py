"""What crosses HTTP about regions."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes import RegionKind, RegionLevel


class RegionOut(BaseModel):
    """A region of Indonesia as decreed."""

    model_config = ConfigDict(from_attributes=True)

    id: Annotated[UUID, Field(description="Stays the same when the region is renamed or recoded.")]
    code: Annotated[str, Field(description="Kemendagri code, dotted; `ID` for the nation.", examples=["32.04.05.2001"])]
    name: Annotated[str, Field(description="Official name, verbatim.", examples=["Cinunuk"])]
    level: Annotated[RegionLevel, Field(examples=["village"])]
    kind: Annotated[RegionKind, Field(description="Kind by Permendagri 58/2021.", examples=["desa"])]
    parent: Annotated[str | None, Field(description="Code of the parent; null for the nation.", examples=["32.04.05"])]
    time_zone: Annotated[
        str, Field(description="IANA zone of its local dates: WIB, WITA or WIT.", examples=["Asia/Jakarta"])
    ]
    since: Annotated[date | None, Field(description="First day it existed; null: before the records begin.")]
    until: Annotated[date | None, Field(description="First day it no longer existed; null while it does.")]
    decree: Annotated[
        str, Field(description="Decree that gave this code and name.", examples=["Kepmendagri 300.2.2-2430/2025"])
    ]


class RegionList(BaseModel):
    """Regions in order, whole."""

    items: list[RegionOut]
