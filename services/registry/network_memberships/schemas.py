"""What crosses HTTP about network memberships. Spells, their correction and the steps are those of people's memberships."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.memberships.schemas import JoinedOn, SpellOut


class NetworkMembershipIn(BaseModel):
    """An institution that joins a network."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-9e4f-7a42-8f10-2b3c4d5e6f70"]),
    ] = None  # fmt: skip
    network_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    institution_id: Annotated[UUID, Field(description="One whose seat is in the network's territory.")]
    joined_on: JoinedOn


class NetworkMembershipOut(BaseModel):
    """An institution's membership of a network, with every spell of it."""

    id: Annotated[UUID, Field(examples=["0195a7c4-9e4f-7a42-8f10-2b3c4d5e6f70"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    network_id: UUID
    institution_id: UUID
    institution_name: Annotated[
        str | None, Field(description="Null for one outside your area.", examples=["Arisan Melati RW 03"])
    ]
    spells: Annotated[list[SpellOut], Field(description="Oldest first; the last one lasts if its `left_on` is null.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
