"""What crosses HTTP about series on its way in: the description of their occurrences, the rule, and steps."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.activities.activities.fields import Closed, Reason
from services.activities.activities.schemas import Description
from shared.fields import Day

RuleText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=300,
        description="RRULE of RFC 5545 about whole days: FREQ=DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, BYMONTH, "
        "BYMONTHDAY, BYDAY, BYSETPOS, WKST, and COUNT or UNTIL (a day).",
        examples=["FREQ=MONTHLY;BYDAY=1SU"],
    ),
]
Days = Annotated[int, Field(strict=True, ge=1, le=31, description="Days that one occurrence takes.", examples=[1])]


class SeriesIn(Description):
    """An activity that recurs: its description, its rule, and the first day on which the rule can give an occurrence."""

    id: Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")] = None
    rule: RuleText
    starts_on: Annotated[
        Day, Field(description="The rule's DTSTART. Days before today give nothing, but count for INTERVAL and COUNT.")
    ]
    days: Days = 1


class RuleChange(Closed):
    """Another rule from a day on. What was held, moved, skipped or changed on its own stays as it is."""

    rule: RuleText
    starts_on: Annotated[Day, Field(description="First day of the new rule, its DTSTART; after today at the place.")]
    days: Annotated[Days | None, Field(description="Days that one occurrence takes; as before if left out.")] = None
    reason: Reason


class Ending(Closed):
    """That there are no more from a day on."""

    on: Annotated[Day, Field(description="First day on which there are none any more.", examples=["2026-07-01"])]
    reason: Reason


class Skipping(Closed):
    """Why an occurrence is not held."""

    reason: Annotated[Reason, Field(examples=["Lebaran"])]
