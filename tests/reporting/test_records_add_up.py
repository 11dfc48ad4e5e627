"""Every number of every indicator is the sum of its records (case O-18), whatever lies in the region."""

import itertools
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.reporting.indicators import catalogue
from shared.codes import ActivityKind, ActivityStatus, FundingSource, ResourceForm, Verification
from shared.events.activities import ResourceSum, TargetGroup
from shared.events.envelope import State
from shared.events.registry import Institution, Seat
from tests.reporting import histories
from tests.reporting.people_living import living
from tests.reporting.publishing import Desk, Village
from tests.reporting.records import records
from tests.reporting.standing import SINCE, absorbing, complete

pytestmark = pytest.mark.asyncio(loop_scope="module")

Events = list[tuple[UUID, State]]


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """What lies in some villages: institutions, networks and activities of random states."""
    return {
        "institutions": draw(st.lists(histories.institution_states(), min_size=3, max_size=6)),
        "networks": draw(st.lists(histories.network_states(), min_size=2, max_size=3)),
        "values": draw(st.lists(histories.value_states(), min_size=2, max_size=3)),
        "reports": draw(st.lists(histories.report_states(), min_size=2, max_size=6)),
        "activities": draw(st.lists(histories.activity_states(), min_size=10, max_size=25)),
        "places": draw(st.lists(st.integers(0, 2), min_size=60, max_size=60)),
    }


def rich(content: dict[str, Any]) -> bool:
    """Whether enough of it counts somewhere to be worth the many questions of one test. The simplest content would not."""
    done = [state for state in content["activities"] if state.status is ActivityStatus.SELESAI and not state.voided]
    known = [state for state in content["institutions"] if state.verification is Verification.TERVERIFIKASI]
    return (
        len({state.held_until for state in done}) >= 6
        and len({state.kind for state in done}) >= 4
        and sum(bool(state.plan) for state in done) >= 3
        and sum(bool(state.documents and state.facilities) for state in known) >= 2
        and any(state.absorbed for state in known)
        and any(len(state.seats) > 1 for state in known)
    )


def placed(content: dict[str, Any], villages: list[Village]) -> Events:
    """The content with subjects of its own, in these villages."""
    places = (villages[place].id for place in itertools.cycle(content["places"]))
    owners: dict[UUID, UUID] = {}
    events: Events = []
    for number, state in enumerate(content["institutions"]):
        seats = [seat.model_copy(update={"village_id": next(places)}) for seat in state.seats]
        absorbed = [other.model_copy(update={"seats": [Seat(village_id=next(places))]}) for other in state.absorbed]
        subject, _ = villages[0].institution()
        owners[histories.INSTITUTIONS[number % len(histories.INSTITUTIONS)]] = subject
        events.append((subject, state.model_copy(update={"seats": seats, "absorbed": absorbed})))
    for state in content["networks"]:
        territory = [piece.model_copy(update={"village_id": next(places)}) for piece in state.territory]
        events.append((villages[0].network()[0], state.model_copy(update={"territory": territory})))
    values: dict[UUID, UUID] = {}
    for number, state in enumerate(content["values"]):
        subject = values[histories.VALUES[number]] = villages[0].value()[0]
        events.append((subject, state.model_copy(update={"village_ids": list({next(places), next(places)})})))
    for state in content["reports"]:
        events.append((villages[0].report("2025-01")[0], state.model_copy(update={"village_id": next(places)})))
    for state in content["activities"]:
        roles = {
            "village_id": next(places),
            "lead_institution_id": owners.get(state.lead_institution_id, state.lead_institution_id),
            "co_organiser_ids": [owners.get(other, other) for other in state.co_organiser_ids],
            "target_institution_ids": [owners.get(other, other) for other in state.target_institution_ids],
            "cultural_value_ids": [values.get(other, other) for other in state.cultural_value_ids],
        }
        events.append((villages[0].activity()[0], state.model_copy(update=roles)))
    return events


def something_of_everything(village: Village) -> Events:
    """What gives each indicator a numerator in 2025."""
    lead, value = village.institution((SINCE, None)), village.value(SINCE)
    held = [
        village.activity(
            day,
            lead=lead[0],
            kind=kind,
            plan=[(day, day - timedelta(days=9))],
            invited=9,
            attended=7,
            partners=["Dinsos"],
            objective="Desa bersih",
            target_group=TargetGroup(members=True),
            target_institution_ids=[lead[0]],
            cultural_value_ids=[value[0]],
            resources=[ResourceSum(source=FundingSource.IURAN, form=ResourceForm.TUNAI, value=300_000)],
        )
        for month in (1, 4, 7, 10)
        for day in [date(2025, month, 20)]
        for kind in (ActivityKind.PENYADARAN, ActivityKind.GOTONG_ROYONG, ActivityKind.PELATIHAN)
    ]
    return [lead, value, complete(village), village.network(), *held]


@settings(
    max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.generate]
)
@given(content=contents().filter(rich))
async def test_every_number_is_the_sum_of_its_records(desk: Desk, content: dict[str, Any]) -> None:
    villages = [await desk.village(), await desk.village(), await desk.village("94.01.01")]
    events = [*placed(content, villages), *something_of_everything(villages[0])]
    institutions = [subject for subject, state in events if isinstance(state, Institution)]
    await desk.publish(*events, *living(villages, institutions, seed=5))
    await absorbing(desk, villages[2], villages[0])
    told: set[str] = set()
    for region, period in itertools.product([villages[0].code, "94", "ID"], ["2025-Q2", "2025"]):
        profile = await desk.get(f"/v1/profiles/{region}", period=period)
        for value in profile["items"]:
            if value["numerator"]:
                told.add(value["indicator"])
            for part in ("numerator", "denominator"):
                counted = await records(desk, value["indicator"], region, period, part=part, limit=200)
                asked = (value["indicator"], region, period, part)
                assert sum(item["amount"] for item in counted) == (value[part] or 0), asked
                assert all(item["why"]["id"] and item["why"]["en"] for item in counted)
    assert told == set(catalogue.CURRENT)
    for indicator in catalogue.CURRENT:
        counted = await records(desk, indicator, "32.04", "2025", limit=200)
        excluded = await records(desk, indicator, "32.04", "2025", limit=200, records="excluded")
        assert not {item["id"] for item in counted} & {item["id"] for item in excluded}, indicator
