"""How a programme's row is told: to its events, and to who asks for it. Pure."""

from typing import Any

from services.activities.programmes.models import Programme
from services.activities.programmes.schemas import ProgrammeOut
from shared.events import activities as contract


def state(programme: Programme) -> contract.Programme:
    """The whole public state of a row."""
    return contract.Programme(
        owner=contract.Organisation(organisation=programme.owner_kind, id=programme.owner_id),
        year=programme.year, title=programme.title, goal=programme.goal, target_group=programme.target_group,
        village_id=programme.village_id, budget=programme.budget, voided=programme.voided,
    )  # fmt: skip


def answer(row: Any) -> ProgrammeOut:
    """The answer about a row of `lists.told`."""
    programme: Programme = row.Programme
    return ProgrammeOut.model_validate(
        {
            "id": programme.id,
            "sequence": programme.sequence,
            "owner": {"organisation": programme.owner_kind, "id": programme.owner_id, "name": row.owner_name},
            "year": programme.year,
            "title": programme.title,
            "goal": programme.goal,
            "target_group": programme.target_group and programme.target_group.model_dump(),
            "village": row.village,
            "village_id": programme.village_id,
            "village_name": row.village_name,
            "budget": [line.model_dump() for line in programme.budget],
            "voided": programme.voided,
            "recorded_at": programme.recorded_at,
            "changed_at": programme.changed_at,
        }
    )
