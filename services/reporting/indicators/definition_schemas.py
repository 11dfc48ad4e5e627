"""What crosses HTTP about definitions."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.reporting.indicators import values
from services.reporting.indicators.definitions import Companion, Definition, Dimension, Direction
from shared.auth import Right
from shared.codes import BeneficiaryUnit
from shared.language import Text


class Bilingual(BaseModel):
    """A text in Indonesian and English."""

    id: Annotated[str, Field(description="Indonesian.", examples=["Tingkat kehadiran"])]
    en: Annotated[str, Field(description="English.", examples=["Attendance rate"])]

    @classmethod
    def of(cls, text: Text) -> Self:
        """The text in both languages."""
        return cls(id=text.id, en=text.en)


class CompanionDefinitionOut(BaseModel):
    """What a companion of a value is: a share in per cent that the value should not be read without."""

    name: Annotated[str, Field(description="Its key in `companions` of a value.", examples=["assessed_share"])]
    text: Bilingual
    formula: Annotated[str, Field(examples=["100 × institution.assessed@3 ÷ institution.active@3"])]

    @classmethod
    def of(cls, companion: Companion) -> Self:
        """The companion as it is served."""
        return cls(
            name=companion.name, text=Bilingual.of(companion.text),
            formula=_formula(companion.multiplier, companion.numerator.name, companion.denominator.name),
        )  # fmt: skip


class DefinitionOut(BaseModel):
    """One version of an indicator's definition: metadata in the sense of Satu Data Indonesia, and the exact formula."""

    code: Annotated[str, Field(examples=["PRT-02"])]
    version: Annotated[int, Field(examples=[1])]
    name: Bilingual
    concept: Annotated[Bilingual, Field(description="Konsep: what it is about.")]
    definition: Annotated[Bilingual, Field(description="Definisi: what exactly it is.")]
    numerator: Bilingual
    denominator: Bilingual
    population: Annotated[Bilingual, Field(description="What is counted at all.")]
    classification: Annotated[Bilingual, Field(description="Klasifikasi: how it is broken down.")]
    measure: Annotated[Bilingual, Field(description="Ukuran: how it is measured and rounded.")]
    unit: Annotated[Bilingual, Field(description="Satuan.")]
    period: Annotated[Bilingual, Field(description="Kinds of period, and which one a fact belongs to.")]
    region: Annotated[Bilingual, Field(description="Where a fact counts, and how regions add up.")]
    missing: Annotated[Bilingual, Field(description="When it is null, and when 0.")]
    source: Annotated[Bilingual, Field(description="Precedent it was made after.")]
    is_not: Annotated[Bilingual, Field(description="What it must not be read as.")]
    notes: list[Bilingual]
    better: Annotated[
        Direction, Field(description="`up`: higher is better; `context`: not by itself.", examples=["up"])
    ]
    formula: Annotated[str, Field(examples=["100 × activity.attended@1 ÷ activity.invited@1"])]
    measures: Annotated[
        list[str], Field(description="Numerator, then denominator.", examples=[["activity.attended@1"]])
    ]
    dimensions: Annotated[list[Dimension], Field(description="Filters and breakdowns it allows.", examples=[["kind"]])]
    units: Annotated[
        list[BeneficiaryUnit],
        Field(description="What is counted, each by itself (`unit`); empty if there is one only.", examples=[[]]),
    ]
    explanation_needs: Annotated[
        list[Right],
        Field(description="Rights that an explanation needs beside `indicators:read`.", examples=[["people:read"]]),
    ]
    companions: Annotated[
        list[CompanionDefinitionOut], Field(description="Shares that stand beside its values.", examples=[[]])
    ]

    @classmethod
    def of(cls, definition: Definition) -> Self:
        """The definition as it is served."""
        d, text = definition, Bilingual.of
        numerator, denominator = d.numerator.name, d.denominator.name
        return cls(
            code=d.code, version=d.version, name=text(d.name), concept=text(d.concept), definition=text(d.definition),
            numerator=text(d.numerator_text), denominator=text(d.denominator_text), population=text(d.population),
            classification=text(d.classification), measure=text(d.measure), unit=text(d.unit), period=text(d.period),
            region=text(d.region), missing=text(d.missing), source=text(d.source), is_not=text(d.is_not),
            notes=[text(note) for note in d.notes], better=d.direction,
            formula=_formula(d.multiplier, numerator, denominator), measures=[numerator, denominator],
            dimensions=list(d.dimensions), units=list(d.units or ()), explanation_needs=sorted(d.rights),
            companions=[CompanionDefinitionOut.of(each) for each in values.companions(d)],
        )  # fmt: skip


def _formula(multiplier: int, numerator: str, denominator: str) -> str:
    factor = f"{multiplier} × " if multiplier != 1 else ""
    bottom = f"({denominator})" if "×" in denominator else denominator
    return f"{factor}{numerator} ÷ {bottom}"


class DefinitionList(BaseModel):
    """Definitions in the order of the catalogue, or versions, oldest first."""

    items: list[DefinitionOut]
