"""The filters that a caller may give: one code of each dimension, and which unit is counted."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from services.reporting.measures import AgeBand
from shared.codes import ActivityKind, BeneficiaryUnit, FundingSource, InstitutionType, PpksKind, Sex


@dataclass(frozen=True, slots=True)
class Filters:
    """A code by the name of each dimension, which is also its parameter's; None: all. And a unit."""

    kind: ActivityKind | None
    type: InstitutionType | None
    source: FundingSource | None
    sex: Sex | None
    age: AgeBand | None
    ppks: PpksKind | None
    unit: BeneficiaryUnit | None


def _filters(
    kind: Annotated[
        ActivityKind | None,
        Query(
            description="Only activities of this kind. For the indicators whose definition names the dimension `kind`.",
            examples=["musyawarah"],
        ),
    ] = None,
    type: Annotated[  # the parameter's public name
        InstitutionType | None,
        Query(
            description="Only institutions of this type. For the indicators whose definition names the dimension `type`.",
            examples=["ARS"],
        ),
    ] = None,
    source: Annotated[
        FundingSource | None,
        Query(
            description="Only what came from this source. For the indicators whose definition names the dimension "
            "`source`.",
            examples=["iuran"],
        ),
    ] = None,
    sex: Annotated[
        Sex | None,
        Query(
            description="Only people of this sex. For the indicators whose definition names the dimension `sex`.",
            examples=["P"],
        ),
    ] = None,
    age: Annotated[
        AgeBand | None,
        Query(
            description="Only people in this band of age, in years between that of birth and that of what they did. For "
            "the indicators whose definition names the dimension `age`.",
            examples=["age_60_up"],
        ),
    ] = None,
    ppks: Annotated[
        PpksKind | None,
        Query(
            description="Only those of this kind of PPKS. For the indicators whose definition names the dimension `ppks`.",
            examples=["LUT"],
        ),
    ] = None,
    unit: Annotated[
        BeneficiaryUnit | None,
        Query(
            description="Who is counted, for the indicators that count persons, families and communities apart; persons "
            "unless it is given.",
            examples=["keluarga"],
        ),
    ] = None,
) -> Filters:
    return Filters(kind, type, source, sex, age, ppks, unit)


Filtered = Annotated[Filters, Depends(_filters)]
"""The filters of a request."""
