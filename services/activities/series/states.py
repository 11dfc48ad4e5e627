"""How a series' row takes on a description, and how it is told: to its events, and to who asks for it. Pure."""

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Any

from services.activities.activities.answers import WarningOut
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import Description
from services.activities.known.places import Warned
from services.activities.known.references import Region
from services.activities.series import timetable
from services.activities.series.answers import SeriesOut
from services.activities.series.models import Series
from shared.events import activities as contract
from shared.fields import folded
from shared.language import Language


def describe(series: Series, body: Description, known: Referred, place: Region | None) -> None:
    """Takes on the description of the occurrences; the village if it is a new one."""
    written = Description.model_validate(body.model_dump(include=set(Description.model_fields)))
    series.description = written.model_dump(mode="json", exclude={"village"})
    series.title, series.title_words, series.kind = body.title, folded(body.title), body.kind
    series.programme_id = body.programme_id
    if place:
        series.village_id, series.village_code = place.id, place.area_code
    lead = known.institutions.get(body.lead_institution_id)
    if lead and lead.seat_code:
        series.lead_institution_id, series.lead_village_code = lead.id, lead.seat_code


def description_of(series: Series) -> Description:
    """The description of its occurrences, where they are held by the code of today."""
    return Description.model_validate({**series.description, "village": series.village_code})


def state(series: Series) -> contract.Series:
    """The whole public state of a row."""
    return contract.Series.model_validate({name: getattr(series, name) for name in contract.Series.model_fields})


def answer(
    row: Any,
    today: date | None = None,
    *,
    made: int | None = None,
    withdrawn: int | None = None,
    warned: Sequence[Warned] = (),
    language: Language = "id",
) -> SeriesOut:
    """The answer about a row of `queries.told`; with the coming dates if `today` is given."""
    series: Series = row.Series
    coming = islice(timetable.given(series, today), 5) if today and not series.voided else ()
    own = {name: getattr(series, name) for name in SeriesOut.model_fields if hasattr(series, name)}
    return SeriesOut.model_validate(
        {
            **series.description,
            **own,
            "rules": [rule.model_dump() for rule in series.rules],
            "village": series.village_code,
            "village_name": row.village_name,
            "lead_institution_name": row.lead_name,
            "next_dates": [day for day, _ in coming],
            "made": made,
            "withdrawn": withdrawn,
            "warnings": [WarningOut.of(each, language) for each in warned],
        }
    )
