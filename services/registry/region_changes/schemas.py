"""What crosses HTTP about region changes."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.region_changes.operations import Operation
from shared.codes import RegionChangeState
from shared.fields import Day, Name, Reason


class RegionChangeIn(BaseModel):
    """A change of regions as a decree words it, proposed for somebody else to apply."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "decree": "Kepmendagri 300.2.2-1234/2026",
                    "decreed_on": "2026-02-02",
                    "effective_on": "2026-03-01",
                    "operations": [
                        {
                            "kind": "split", "region": "32.04.05",
                            "into": [{"code": "32.04.47", "name": "Cileunyi Barat"}], "rights_follow": ["32.04.47"],
                        },
                        {"kind": "transfer", "region": "32.04.05.2002", "parent": "32.04.47", "code": "32.04.47.2001"},
                    ],
                }
            ]
        },
    )  # fmt: skip

    id: Annotated[UUID | None, Field(description="Made by the client, to be able to send it again.")] = None
    decree: Annotated[Name, Field(description="Kind, number and year.", examples=["Kepmendagri 300.2.2-1234/2026"])]
    decreed_on: Annotated[Day, Field(description="Day of the decree.")]
    effective_on: Annotated[Day, Field(description="First day on which the regions are as changed; may lie ahead.")]
    operations: Annotated[list[Operation], Field(min_length=1, max_length=1000, description="Applied together.")]
    reason: Annotated[Reason | None, Field(description="Why, in your words.", examples=["Pemekaran kecamatan."])] = None


class RegionChangeOut(BaseModel):
    """A region change and where it stands."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[1])]
    state: Annotated[RegionChangeState, Field(examples=["proposed"])]
    number: Annotated[
        int | None,
        Field(
            description="In the order of application, from 1 without gaps; null until it is applied.", examples=[None]
        ),
    ]
    decree: Annotated[str, Field(examples=["Kepmendagri 300.2.2-1234/2026"])]
    decreed_on: date
    effective_on: date
    operations: list[Operation]
    proposed_by: Annotated[str, Field(description="Token subject: somebody else applies it.", examples=["ministry-1"])]
    proposed_at: datetime
    decided_by: Annotated[str | None, Field(description="Who applied or withdrew it.", examples=["ministry-2"])]
    decided_at: datetime | None
    reason: Annotated[str | None, Field(examples=["Pemekaran kecamatan."])]
    changed_at: datetime


class AffectedCountOut(BaseModel):
    """How many records of a kind name a region that is recoded, moved, split or ended."""

    record: Annotated[str, Field(examples=["institution"])]
    count: Annotated[int, Field(examples=[12])]


class AreaDecisionOut(BaseModel):
    """A region that is split, and what the holders of rights there hold after it: what the change decided."""

    area: Annotated[str, Field(examples=["32.04.05"])]
    name: Annotated[str, Field(examples=["Cileunyi"])]
    keeps: Annotated[list[str], Field(description="What goes on under its own code.", examples=[["32.04.05"]])]
    follows: Annotated[list[str], Field(description="New regions that they hold too.", examples=[["32.04.47"]])]
    does_not_follow: Annotated[
        list[str], Field(description="New regions that need rights of their own.", examples=[["32.04.48"]])
    ]


class MovedRegionOut(BaseModel):
    """A region that leaves one area for another: who is responsible for it changes with it."""

    region: Annotated[str, Field(examples=["32.04.05.2002"])]
    code_after: Annotated[str, Field(examples=["32.04.47.2001"])]
    out_of: Annotated[str, Field(examples=["32.04.05"])]
    into: Annotated[str, Field(examples=["32.04.47"])]


class AreaRightsOut(BaseModel):
    """What becomes of the area codes in people's tokens."""

    areas_that_follow: Annotated[
        int, Field(description="Regions whose old code goes on meaning them, or who took over from them.", examples=[9])
    ]
    decisions: list[AreaDecisionOut]
    moved: list[MovedRegionOut]


class RegionFactCountOut(BaseModel):
    """How many regions an event of one fact will tell of."""

    fact: Annotated[str, Field(examples=["recoded"])]
    count: Annotated[int, Field(examples=[9])]


class RegionChangePreview(BaseModel):
    """What a proposed change would do to the regions of today. Nothing of it has happened."""

    effective_on: date
    can_be_applied: Annotated[bool, Field(description="Whether its day has come.")]
    regions: Annotated[list[RegionFactCountOut], Field(description="Events, one for each region.")]
    records: Annotated[list[AffectedCountOut], Field(description="Records there; those about people are counted only.")]
    rights: AreaRightsOut


class RegionEffectOut(BaseModel):
    """One region before and after the change."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    fact: Annotated[str, Field(examples=["transferred"])]
    code: Annotated[str, Field(description="Before; of a region that begins, its own.", examples=["32.04.05.2002"])]
    name: Annotated[str | None, Field(description="Before; null if it begins.", examples=["Cileunyi Wetan"])]
    code_after: Annotated[str | None, Field(description="Null if it ends.", examples=["32.04.47.2001"])]
    name_after: Annotated[str | None, Field(examples=["Cileunyi Wetan"])]
    parent_after: Annotated[str | None, Field(examples=["32.04.47"])]


class AffectedRecordOut(BaseModel):
    """A record in a region that is recoded, moved, split or ended."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    before: Annotated[str, Field(description="Code of its region now.", examples=["32.04.05.2002"])]
    after: Annotated[str, Field(description="Code of its region from the day on.", examples=["32.04.47.2001"])]
