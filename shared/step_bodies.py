"""What is sent with a step of a record: a remark, a reason, or the day it holds from; alike for all that take such steps."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared import fields
from shared.fields import Day


class Remark(BaseModel):
    """What the actor has to say about a step; kept in the history, never published."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[fields.Reason | None, Field(examples=["Berita acara musyawarah desa terlampir."])] = None


class Reason(BaseModel):
    """Why a step is taken; kept in the history, never published."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[fields.Reason, Field(examples=["Jumlah anggota belum sesuai daftar."])]


class Dormancy(Reason):
    """Since when it rests."""

    since: Annotated[Day, Field(description="First day it was no longer at work.", examples=["2026-01-01"])]


class Resumption(Reason):
    """The day it went to work again."""

    on: Annotated[Day, Field(description="First day at work again.", examples=["2026-03-01"])]
