"""What a caller may ask for, parsed: indicator, filter, breakdown, tree. Each fault names its parameter."""

from enum import StrEnum
from typing import Annotated

from fastapi import Path, Query

from services.reporting.indicators import catalogue
from services.reporting.indicators.definitions import Definition, Dimension, Only
from services.reporting.indicators.filters import Filters
from services.reporting.places import Tree
from services.reporting.regions import Place
from shared.auth import Principal, Right, demand
from shared.codes import RegionLevel
from shared.language import Text
from shared.problems import BadRequest, Fault, NotFound

MOST_VALUES = 20_000
"""Values one page may hold: regions × periods × parts."""


class IndicatorUnknown(NotFound):
    slug = "indicator-unknown"
    title = Text("Indikator ini tidak ada", "There is no such indicator")


class DimensionNotAllowed(BadRequest):
    slug = "dimension-not-allowed"
    title = Text("Indikator ini tidak dirinci menurut itu", "This indicator is not broken down by that")


class UnitNotCounted(BadRequest):
    slug = "unit-not-counted"
    title = Text("Indikator ini tidak menghitung satuan secara terpisah", "This indicator does not count units apart")


class TooManyValues(BadRequest):
    slug = "too-many-values"
    title = Text("Jawaban akan terlalu besar", "The answer would be too large")


class TreeChoice(StrEnum):
    """Which ancestors a fact counts under."""

    AS_WAS = "as_was"
    CURRENT = "current"

    @property
    def tree(self) -> Tree:
        """The tree of the cells."""
        return Tree.AS_WAS if self is TreeChoice.AS_WAS else Tree.CURRENT


Code = Annotated[str, Path(description="Code of the indicator, in any case.", examples=["PRT-02"])]
RegionCode = Annotated[
    str,
    Query(
        description="Kemendagri code of the region, dotted or not; `ID` for the nation. A code that has ended means the "
        "region that had it last; the answer names its code of today.",
        examples=["32.04"],
    ),
]
Breakdown = Annotated[
    Dimension | None,
    Query(description="One value for each code of a dimension that has anything.", examples=["kind"]),
]
ChosenTree = Annotated[
    TreeChoice,
    Query(
        description="`as_was`: boundaries of each fact's own date; `current`: grouped under today's regions.",
        examples=["as_was"],
    ),
]


def definition(code: str) -> Definition:
    """The current definition of an indicator. Raises IndicatorUnknown."""
    found = catalogue.CURRENT.get(code.upper())
    if found is None:
        known = ", ".join(catalogue.CURRENT)
        raise IndicatorUnknown(
            errors=[
                Fault(
                    "indicator-unknown",
                    Text(f"Tidak ada indikator «{code}».", f"There is no indicator «{code}»."),
                    Text(f"Pakai salah satu: {known}.", f"Use one of: {known}."),
                    parameter="code",
                )
            ]
        )
    return found


def counted(definition: Definition, filters: Filters) -> Definition:
    """The definition that counts the unit that is asked for. Raises UnitNotCounted."""
    if filters.unit is not None and definition.units is None:
        raise UnitNotCounted(
            errors=[
                Fault(
                    "unit-not-counted",
                    Text(
                        f"{definition.code} tidak menghitung satuan secara terpisah.",
                        f"{definition.code} does not count units apart.",
                    ),
                    Text("Hapus «unit».", "Leave «unit» out."),
                    parameter="unit",
                )
            ]
        )
    return definition.counting(filters.unit)


def only(definition: Definition, filters: Filters) -> Only:
    """The filters: dimensions, each with the place of its code. Raises DimensionNotAllowed."""
    chosen: list[tuple[Dimension, int]] = []
    for dimension in Dimension:
        code = getattr(filters, dimension.value)
        if code is not None:
            allow(definition, dimension, dimension.value)
            chosen.append((dimension, dimension.codes.index(code)))
    return tuple(chosen)


def allow(definition: Definition, dimension: Dimension | None, parameter: str) -> None:
    """Raises DimensionNotAllowed when the indicator is not kept by that dimension."""
    if dimension is None or dimension in definition.dimensions:
        return
    allowed = "», «".join(definition.dimensions)
    raise DimensionNotAllowed(
        errors=[
            Fault(
                "dimension-not-allowed",
                Text(
                    f"{definition.code} tidak dirinci menurut «{dimension}».",
                    f"{definition.code} is not broken down by «{dimension}».",
                ),
                Text(f"Pakai «{allowed}».", f"Use «{allowed}».")
                if allowed
                else Text(f"Hapus «{parameter}».", f"Leave «{parameter}» out."),
                parameter=parameter,
            )
        ]
    )


def refuse_too_many(regions: int, periods: int, parts: int) -> None:
    """Raises TooManyValues for a page that would hold more than MOST_VALUES."""
    if regions * periods * parts > MOST_VALUES:
        raise TooManyValues(
            Text(
                f"Paling banyak {MOST_VALUES} nilai per halaman; permintaan ini {regions} wilayah × {periods} periode × "
                f"{parts} rincian. Kurangi periode atau `limit`.",
                f"A page holds at most {MOST_VALUES} values; this asks for {regions} regions × {periods} periods × "
                f"{parts} parts. Ask for fewer periods or a smaller `limit`.",
            )
        )


def refuse_kinds_of_few(
    principal: Principal, place: Place, only: Only, by: Dimension | None, *, children: bool = False
) -> None:
    """How many of one kind of PPKS there are below a regency tells of single people whom everybody there knows: it needs
    the right to read who was helped. Raises Forbidden.
    """
    # Source: `domain.md` §4.4 rules 1 and 2 (the lowest level of the kinds that stigmatise most).
    level = list(RegionLevel).index(RegionLevel(place.level)) + children
    by_kind = by is Dimension.PPKS or any(dimension is Dimension.PPKS for dimension, _ in only)
    if by_kind and level > list(RegionLevel).index(RegionLevel.REGENCY):
        demand(principal, Right.READ_BENEFITS)
