"""What crosses HTTP about completeness."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.reporting.indicators.schemas import Dated, RegionOut
from services.reporting.indicators.values import Status


class Counts(BaseModel):
    """Villages that reported; of a period of several months, those with such a report of one of its months or more."""

    villages: Annotated[int, Field(description="On the period's last day.", examples=[12])]
    reported: Annotated[
        int,
        Field(description="With a report that was handed in and not returned, whether or not decided.", examples=[9]),
    ]
    accepted: Annotated[int, Field(description="With an accepted report; one of nothing (nihil) is one.", examples=[7])]
    in_time: Annotated[
        int,
        Field(description="With an accepted report that was first handed in by the day it was due.", examples=[6]),
    ]
    coverage: Annotated[
        float | None, Field(description="100 × accepted ÷ villages; null where there is none.", examples=[58.33])
    ]
    timeliness: Annotated[
        float | None, Field(description="100 × in_time ÷ villages; null where there is none.", examples=[50.0])
    ]


class MonthOut(Counts):
    """One month of the period."""

    period: Annotated[str, Field(examples=["2026-03"])]


class CompletenessItemOut(Counts):
    """A region in the whole period, and in each of its months."""

    region: RegionOut
    period: Annotated[str, Field(examples=["2026-Q1"])]
    status: Annotated[Status, Field(description="`running` while the period is not over.", examples=["provisional"])]
    months: list[MonthOut]


class CompletenessOut(Dated):
    """Completeness of one region, or of those directly below it, by code."""

    items: list[CompletenessItemOut]
    next: Annotated[
        str | None, Field(description="Cursor of the next page of regions; null on the last one.", examples=["WyI4ZjQ"])
    ] = None
    count: Annotated[
        int | None, Field(description="All regions of the list; only if `count=true` was asked.", examples=[128])
    ] = None
