"""One step of a record as it is answered: what happened, when, by whom and why, and which fields it changed."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field


class Change(BaseModel):
    """A field's value before and after."""

    before: Annotated[Any, Field(examples=["aktif"])] = None
    after: Annotated[Any, Field(examples=["vakum"])] = None


class HistoryEntry(BaseModel):
    """One step of a record: what happened, when, by whom and why, and which fields it changed."""

    sequence: Annotated[int, Field(examples=[2])]
    type: Annotated[str, Field(examples=["registry.institution.submitted.v1"])]
    at: datetime
    by: Annotated[str, Field(description="Token subject of the one who did it.", examples=["operator-1"])]
    reason: Annotated[str | None, Field(description="Why, in that person's words.", examples=["Pengurus pindah."])] = (
        None
    )
    changes: Annotated[
        dict[str, Change],
        Field(
            description="Changed fields of the public state; the first entry lists all.",
            examples=[{"operation": {"before": "aktif", "after": "vakum"}}],
        ),
    ]


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Change]:
    """The fields whose values differ, by name."""
    return {
        name: Change(before=before.get(name), after=after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }
