"""What is told of records that a restore has lost: of every kind a last state by which nobody keeps it as living. Pure."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest

import shared.events
from services.registry import restoring
from shared.backup import places
from shared.events import activities, registry
from shared.events.envelope import State

SAMPLES = Path(shared.events.__file__).with_name("samples")
NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
STATES = (*registry.STATES, *activities.STATES)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.topic())
def test_every_kind_of_record_can_be_told_as_lost(state: type[State]) -> None:
    data = orjson.loads((SAMPLES / f"{state.topic()}.json").read_bytes())["data"]
    whole = orjson.loads(state.model_validate(data).model_dump_json())
    for field in ("voided", "until"):
        whole |= {field: False if field == "voided" else None} if field in whole else {}
    last = restoring.ended(state.topic(), whole, NOW)
    assert last is not None
    told = state.model_validate(last)
    assert getattr(told, "voided", False) or last["until"] is not None
    assert restoring.ended(state.topic(), last, NOW) is None, "it is told once"
    assert state.event_type("lost").endswith(".lost.v1")


def test_a_region_that_was_founded_after_the_backup_has_existed_on_no_day_and_holds_no_code() -> None:
    founded: dict[str, Any] = {
        "since": "2026-03-01", "until": None, "successors": [],
        "codes": [{"code": "35.06.91", "since": "2026-03-01", "until": None}],
        "lineage": [{"ancestors": [], "since": "2026-03-01", "until": None}], "names": [],
        "changes": [{"number": 4, "regions": 3}],
    }  # fmt: skip
    last = restoring.ended(registry.Region.topic(), founded, NOW)
    assert last is not None
    assert (last["until"], last["codes"][0]["until"]) == ("2026-03-01", "2026-03-01")
    assert last["changes"] == founded["changes"], "its number stays counted"


def test_an_event_that_comes_back_concerns_the_regions_of_its_state_or_of_what_it_belongs_to() -> None:
    village, other, institution, person = (UUID(int=number) for number in range(1, 5))
    seats = {"seats": [{"village_id": str(village)}], "absorbed": [{"seats": [{"village_id": str(other)}]}]}
    assert places.of(seats) == {village}, "not those of what was merged into it"
    membership = {"person_id": str(person), "institution_id": str(institution), "spells": []}
    assert places.of(membership) == set()
    assert places.leads_through(membership) == {institution}, "never where the person lives"
