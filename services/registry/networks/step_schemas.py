"""The bodies of the steps of a network's life."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from shared.fields import Day, Name
from shared.language import Text
from shared.step_bodies import Reason, Remark
from shared.validation import Invalid


class Formation(Remark):
    """The day on which its members chose its management."""

    on: Annotated[Day, Field(description="Day of the formation.", examples=["2025-11-10"])]


class LegalisationIn(Remark):
    """A pengesahan. A renewal is one more; `corrects` replaces one that was entered wrongly."""

    number: Annotated[Name, Field(description="Of the decree.", examples=["141/07/SK/2026"])]
    on: Annotated[
        Day, Field(description="Date of the decree: first day on which it is valid.", examples=["2026-01-12"])
    ]
    valid_until: Annotated[
        Day | None, Field(description="Last day on which it is valid; missing: no end is set.", examples=["2028-12-31"])
    ] = None
    corrects: Annotated[UUID | None, Field(description="`id` of an earlier one that this one replaces.")] = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.on:
            raise Invalid(
                "valid-until-before-date",
                Text("Berakhir sebelum tanggal pengesahan.", "It ends before the date of the decree."),
                Text("Perbaiki `on` atau `valid_until`.", "Correct `on` or `valid_until`."),
                at="valid_until",
            )
        return self


class Activation(Remark):
    """The day it went to work."""

    on: Annotated[Day, Field(description="First day at work.", examples=["2026-02-01"])]


class Dissolution(Reason):
    """The day it ended."""

    on: Annotated[Day, Field(description="First day it was no more.", examples=["2026-03-01"])]


class NetworkMerger(Dissolution):
    """The network it became part of."""

    successor_id: Annotated[UUID, Field(description="A network that is formed and has not ended.")]
