"""What crosses HTTP about parked events."""

import base64
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.fields import Reason

SHOWN = 16 * 1024
"""Bytes up to which an answer shows them."""
TOPIC = "wahana.registry.institution.v1"


class ParkedEventOut(BaseModel):
    """An event that could not be read and was put aside. The numbers do not contain it."""

    model_config = ConfigDict(from_attributes=True)

    id: Annotated[int, Field(description="Number of the parked event.", examples=[17])]
    topic: Annotated[str, Field(examples=[TOPIC])]
    partition: Annotated[int, Field(examples=[3])]
    offset: Annotated[int, Field(examples=[20412])]
    subject_id: Annotated[UUID | None, Field(description="Its subject; null: its header could not be read.")]
    sequence: Annotated[
        int | None, Field(description="Version of the subject; null: its header could not be read.", examples=[4])
    ]
    size: Annotated[int | None, Field(description="Bytes of its data; null: it has none.", examples=[812])]
    reason: Annotated[
        str, Field(description="Why it could not be read.", examples=["name: Input should be a valid string"])
    ]
    parked_at: datetime


class EventHeader(BaseModel):
    """A header of the record in Kafka; bytes that are no text are escaped."""

    name: Annotated[str, Field(examples=["ce_type"])]
    value: Annotated[str, Field(examples=["registry.institution.verified.v1"])]


class ParkedEventContentOut(ParkedEventOut):
    """A parked event with what it is made of."""

    headers: list[EventHeader]
    value: Annotated[
        str | None,
        Field(
            description=f"Its data as they were sent, in Base64, up to {SHOWN} bytes; null: there are none, or more, or they "
            "are about people and you lack the right to such events.",
            examples=["eyJuYW1lIjogNX0="],
            json_schema_extra={"contentEncoding": "base64"},
        ),
    ]

    @classmethod
    def whole(cls, row: Any, *, readable: bool) -> Self:
        """The parked event as stored; its data only if they are `readable` for the caller."""
        shown = readable and row.value is not None and row.size <= SHOWN
        return cls(
            **ParkedEventOut.model_validate(row).model_dump(),
            headers=[EventHeader(name=name, value=value) for name, value in row.headers],
            value=base64.b64encode(row.value).decode() if shown else None,
        )


class RetryOut(BaseModel):
    """An event that could be read now. It is applied and no longer parked."""

    id: Annotated[int, Field(examples=[17])]
    changed: Annotated[
        bool,
        Field(
            description="Whether it changed anything: false if a newer event of its subject came meanwhile.",
            examples=[True],
        ),
    ]


class Discard(BaseModel):
    """Why an event is thrown away. Kept in the log of the service."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Reason, Field(examples=["Sent by a faulty trial import; registry has published it anew."])]
