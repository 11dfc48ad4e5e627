"""What crosses HTTP about networks: the record as it is sent, patched and answered."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.codes import NetworkStatus
from shared.events.envelope import Spell
from shared.events.institutions import Term
from shared.events.networks import AbsorbedNetwork
from shared.fields import Day, Name, VillageCode

MOST_PLACES = 100
"""Entries of one territory."""
LocalName = Annotated[Name, Field(description="What people there call it.", examples=["WKSBM Guyub Rukun"])]
InitiatedOn = Annotated[
    Day, Field(description="First day of its beginnings (dirintis).", examples=["2025-08-17"])
]  # fmt: skip


class TerritoryPlace(BaseModel):
    """A village that the network works in, or a part of one in words, over `[since, until)`."""

    model_config = ConfigDict(extra="forbid")

    village: Annotated[
        VillageCode, Field(description="Kemendagri code of the village, with or without dots.", examples=["32.04.05.2001"])
    ]  # fmt: skip
    part: Annotated[
        Name | None, Field(description="Dusun, padukuhan, RW or RT; missing: the whole village.", examples=["RW 05"])
    ] = None
    since: Annotated[
        Day | None, Field(description="First day; missing: from the beginning.", examples=["2026-01-01"])
    ] = None
    until: Annotated[
        Day | None, Field(description="First day no longer; missing: it lasts.", examples=["2026-07-01"])
    ] = None


Territory = Annotated[
    list[TerritoryPlace], Field(min_length=1, max_length=MOST_PLACES, description="Villages, whole or in part.")
]


class Content(BaseModel):
    """What is declared about a network: the part of the record that its keepers write themselves."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name, Field(examples=["WKSBM Cileunyi Kulon"])]
    local_name: LocalName | None = None
    territory: Territory
    initiated_on: InitiatedOn


class NetworkIn(Content):
    """A network in its beginnings. `id` may be made by the sender, so that a record taken offline keeps it."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip


class NetworkPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. `territory` is replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name | None, Field(examples=["WKSBM Cileunyi Kulon"])] = None
    local_name: LocalName | None = None
    territory: Territory | None = None
    initiated_on: InitiatedOn | None = None


class TerritoryPlaceOut(BaseModel):
    """A village of the territory, or a part of one, over `[since, until)`; null `since`: from the beginning."""

    village: Annotated[str, Field(description="Its Kemendagri code of today.", examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str, Field(description="Its official name.", examples=["Cileunyi Kulon"])]
    part: Annotated[str | None, Field(description="In words; null: the whole village.", examples=["RW 05"])]
    since: Annotated[date | None, Field(examples=[None])]
    until: Annotated[date | None, Field(description="First day no longer; null while it lasts.", examples=[None])]


class LegalisationOut(BaseModel):
    """A pengesahan by the village's head."""

    id: Annotated[UUID, Field(description="By which a later one can correct it.")]
    number: Annotated[str, Field(description="Of the decree.", examples=["141/07/SK/2026"])]
    on: Annotated[
        date, Field(description="Date of the decree: first day on which it is valid.", examples=["2026-01-12"])
    ]
    valid_until: Annotated[date | None, Field(description="Last day on which it is valid; null: no end is set.")]


class NetworkOut(BaseModel):
    """A network as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[4])]
    name: Annotated[str, Field(examples=["WKSBM Cileunyi Kulon"])]
    local_name: Annotated[str | None, Field(examples=["WKSBM Guyub Rukun"])]
    territory: list[TerritoryPlaceOut]
    status: NetworkStatus
    initiated_on: date
    formed_on: Annotated[date | None, Field(description="Day its management was formed; null before.")]
    legalisations: Annotated[list[LegalisationOut], Field(description="By date; renewals follow each other.")]
    active: Annotated[list[Spell], Field(description="Days at work, oldest first; gaps are dormancy.")]
    ended_on: Annotated[date | None, Field(description="First day after its dissolution or merger; null before.")]
    management: Annotated[list[Term], Field(description="Terms of its management, without who they are.")]
    absorbed: Annotated[list[AbsorbedNetwork], Field(description="Networks that were merged into this one.")]
    successor_id: Annotated[UUID | None, Field(description="The network it was merged into.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
