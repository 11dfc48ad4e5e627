"""What an experience's events and answers tell of its row. Pure."""

from collections.abc import Sequence
from typing import Any

from services.activities.activities.answers import WarningOut
from services.activities.exchange import showing
from services.activities.exchange.nouns import Noun, take_on
from services.activities.experiences import queries
from services.activities.experiences.events import experience_state
from services.activities.experiences.models import Experience
from services.activities.experiences.schemas import ExperienceDescription, ExperienceOut

OWN = ("kind", "story", "lessons", "cultural_value_ids", "activity_id")


def _describe(row: Any, body: Any) -> None:
    take_on(row, body, *OWN)


def description_of(experience: Experience) -> ExperienceDescription:
    """The description as it was sent."""
    fields = {name: getattr(experience, name) for name in ExperienceDescription.model_fields if name != "village"}
    return ExperienceDescription.model_validate({**fields, "village": experience.village_code})


UNTOUCHED = {"endorsed_by": [], "endorsements": 0, "uses": 0}
EXPERIENCE = Noun(Experience, experience_state, _describe, description_of, queries.readable, "told", UNTOUCHED)


def answer(
    experience: Experience, village_name: str | None, called: showing.Names, warnings: Sequence[WarningOut] = ()
) -> ExperienceOut:
    """The answer about a row."""
    own = {name: getattr(experience, name) for name in (*OWN, "endorsements", "uses")}
    return ExperienceOut(**{**showing.posting(experience, village_name, called, warnings), **own})
