"""What crosses HTTP about indicators."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.reporting.indicators.definition_schemas import Bilingual
from services.reporting.indicators.parameters import TreeChoice
from services.reporting.indicators.queries import Age
from services.reporting.indicators.values import Flag, Reason, Result, Status
from services.reporting.regions import Place
from shared.codes import BeneficiaryUnit, RegionLevel


class RegionOut(BaseModel):
    """The region a number is about."""

    code: Annotated[str, Field(examples=["32.04.05.2001"])]
    name: Annotated[str, Field(examples=["Cinunuk"])]
    level: Annotated[RegionLevel, Field(examples=["village"])]

    @classmethod
    def of(cls, place: Place) -> Self:
        """The region as it is served."""
        return cls(code=place.code, name=place.name, level=RegionLevel(place.level))


class CompanionOut(BaseModel):
    """A share that stands beside a value; null where the value's integers are null or its own denominator is 0."""

    numerator: Annotated[int | None, Field(examples=[40])]
    denominator: Annotated[int | None, Field(examples=[50])]
    value: Annotated[float | None, Field(description="Rounded half up to two places.", examples=[80.0])]


class Amounts(BaseModel):
    """A value with the integers it was made of."""

    numerator: Annotated[int | None, Field(examples=[27])]
    denominator: Annotated[int | None, Field(examples=[32])]
    value: Annotated[
        float | None, Field(description="Rounded half up to two places; null: see `reason`.", examples=[84.38])
    ]
    status: Annotated[Status, Field(description="`running` while the period is not over.", examples=["provisional"])]
    reason: Annotated[Reason | None, Field(description="Why the value is null.", examples=[None])]
    flags: Annotated[list[Flag], Field(examples=[[]])]
    companions: Annotated[
        dict[str, CompanionOut],
        Field(
            description="What should be known with the value, by name, such as the share of institutions that were assessed.",
            examples=[{"assessed_share": {"numerator": 40, "denominator": 50, "value": 80.0}}],
        ),
    ]


def amounts(result: Result, status: Status) -> dict[str, Any]:
    """The fields of `Amounts`."""
    return {
        "numerator": result.numerator, "denominator": result.denominator, "value": result.value,
        "status": status, "reason": result.reason, "flags": list(result.flags),
        "companions": {
            each.name: CompanionOut(numerator=each.numerator, denominator=each.denominator, value=each.value)
            for each in result.companions
        },
    }  # fmt: skip


CountedUnit = Annotated[
    BeneficiaryUnit | None,
    Field(description="Who is counted, where units are counted apart; null elsewhere.", examples=[None]),
]


class ValueOut(Amounts):
    """An indicator's value for one region and period, whole or of one code of a dimension. It can be read alone."""

    indicator: Annotated[str, Field(examples=["PRT-02"])]
    definition_version: Annotated[int, Field(examples=[1])]
    region: RegionOut
    period: Annotated[str, Field(examples=["2026-Q1"])]
    tree: Annotated[TreeChoice, Field(examples=["as_was"])]
    part: Annotated[
        str | None,
        Field(description="Code of the dimension in a breakdown; null: the whole.", examples=[None]),
    ]
    counted: CountedUnit


class FollowingOut(BaseModel):
    """A region change that the numbers follow in part."""

    number: Annotated[int, Field(description="As registry numbered it when it was applied.", examples=[4])]
    followed: Annotated[int, Field(description="Regions of it that the numbers follow.", examples=[112])]
    regions: Annotated[int, Field(description="Regions that it touched.", examples=[280])]


class Dated(BaseModel):
    """What every answer says of itself."""

    tree: Annotated[TreeChoice, Field(examples=["as_was"])]
    tree_version: Annotated[
        int,
        Field(
            description="Number of the last region change that the numbers follow wholly, and all before it; 0: there was "
            "none since the regions were loaded.",
            examples=[3],
        ),
    ]
    tree_follows: Annotated[
        FollowingOut | None,
        Field(
            description="A newer region change that is under way here: until it is done, what lies in its other regions "
            "counts where it lay before. Null: none.",
            examples=[None],
        ),
    ]
    as_of: Annotated[
        datetime | None,
        Field(
            description="Everything recorded before is contained, by the clocks of the sources' databases; the older of "
            "the sources. Null: a source was never heard of."
        ),
    ]
    lag_seconds: Annotated[
        float | None,
        Field(
            description="Now by this service's clock − `as_of`; 0 where the clocks differ so that it would be negative.",
            examples=[0.8],
        ),
    ]


def dated(age: Age, tree: TreeChoice) -> dict[str, Any]:
    """The fields of `Dated`."""
    follows = age.follows and FollowingOut.model_validate(age.follows, from_attributes=True)
    return {
        "tree": tree, "tree_version": age.tree_version, "tree_follows": follows, "as_of": age.as_of,
        "lag_seconds": age.lag_seconds,
    }  # fmt: skip


class ValuesOut(Dated):
    """Values of one indicator, by region code, then period, then part."""

    indicator: Annotated[str, Field(examples=["PRT-02"])]
    definition_version: Annotated[int, Field(examples=[1])]
    items: list[ValueOut]
    next: Annotated[
        str | None, Field(description="Cursor of the next page of regions; null on the last one.", examples=["WyI4ZjQ"])
    ] = None
    count: Annotated[
        int | None, Field(description="All regions of the list; only if `count=true` was asked.", examples=[128])
    ] = None


class ProfileValueOut(ValueOut):
    """A value with the indicator's name and unit."""

    name: Bilingual
    unit: Bilingual


class ProfileOut(Dated):
    """All indicators of one region and period, in the order of the catalogue."""

    region: RegionOut
    period: Annotated[str, Field(examples=["2026-Q1"])]
    items: list[ProfileValueOut]


class RecordOut(BaseModel):
    """A record behind a number: what it contributed and why, or why it did not."""

    id: UUID
    noun: Annotated[
        str,
        Field(
            description="`activity`, `institution`, `cultural-value`, `village`; `population` or `ppks_baseline` for reference data.",
            examples=["activity"],
        ),
    ]
    name: Annotated[
        str | None,
        Field(description="Title or name; null outside of your area.", examples=["Kerja bakti saluran air"]),
    ]
    village: Annotated[
        str | None,
        Field(
            description="Code of the village it lies in today, of several one in your area; null outside of your area.",
            examples=["32.04.05.2001"],
        ),
    ]
    outside_your_area: Annotated[
        bool,
        Field(
            description="It lay in the region, and lies outside of your area today: only its amount is told.",
            examples=[False],
        ),
    ]
    amount: Annotated[int, Field(description="What it contributed; 0 for what is not counted.", examples=[15])]
    why: Bilingual


class ExplanationOut(Dated, Amounts):
    """A number's formula with its numbers, and the records behind one of them."""

    indicator: Annotated[str, Field(examples=["PRT-02"])]
    definition_version: Annotated[int, Field(examples=[1])]
    region: RegionOut
    period: Annotated[str, Field(examples=["2026-Q1"])]
    formula: Annotated[
        Bilingual, Field(examples=[{"id": "100 × 27 ÷ 32 = 84,38 persen", "en": "100 × 27 ÷ 32 = 84.38 per cent"}])
    ]
    part: Annotated[str, Field(examples=["numerator"])]
    counted: CountedUnit
    records: Annotated[str, Field(description="Whether the records are counted or excluded.", examples=["counted"])]
    items: list[RecordOut]
    next: Annotated[
        str | None,
        Field(
            description="Cursor of the next page; null on the last one. There may be a next page although this one holds "
            "fewer records than `limit`, or none: one answer looks through a bounded number of candidates. Go on until it "
            "is null.",
            examples=["WyI4ZjQ"],
        ),
    ] = None
