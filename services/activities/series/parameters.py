"""Parameters that routes of series have in common: the caller's language, the months planned ahead, and a list's filters."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator

from services.activities.parameters import Area, Voided, WhetherVoided
from services.activities.series.queries import Filters
from shared.codes import ActivityKind
from shared.fields import Instant, folded, printable
from shared.language import Text
from shared.validation import Invalid


async def _months_ahead(request: Request) -> int:
    months: int = request.app.state.settings.series_months_ahead
    return months


MonthsAhead = Annotated[int, Depends(_months_ahead)]
"""Months up to which occurrences are planned."""


def _searchable(q: str | None) -> str | None:
    if q is not None and not folded(printable(q)):
        raise Invalid(
            "nothing-to-search",
            Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
            Text("Tulis sebagian judul.", "Write a part of the title."),
        )
    return q


async def _filters(
    region: Area = None,
    kind: Annotated[ActivityKind | None, Query(description="Only those of this kind.")] = None,
    lead_institution_id: Annotated[UUID | None, Query(description="Only those that this institution leads.")] = None,
    programme_id: Annotated[UUID | None, Query(description="Only those of this programme.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Words of the title; nearly right ones find it too.", examples=["kerja bakti"]), AfterValidator(_searchable)] = None,
    changed_since: Annotated[Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> Filters:  # fmt: skip
    return Filters(region, kind, lead_institution_id, programme_id, q, changed_since, voided)


Filtered = Annotated[Filters, Depends(_filters)]
"""What a list of series is narrowed to."""
