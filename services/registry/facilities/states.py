"""A facility as its institution's events tell it, and as it is answered over HTTP. Pure."""

from collections.abc import Sequence
from typing import Any

from services.registry.facilities.models import Facility
from services.registry.facilities.schemas import CheckOut, FacilityContent, FacilityOut
from services.registry.models import Institution
from shared.events import institutions as events

MOST_CHECKS = 100
"""Newest checks of one facility that events carry."""
MOST_CHECKS_TOGETHER = 1500
"""… and of all facilities of an institution: with more than 15, each has an equal share of these, the newest."""


def told(facilities: Sequence[Facility]) -> list[events.Facility]:
    """What events say about the facilities of an institution. Older checks than these bear on months long past only."""
    checked = sum(1 for facility in facilities if facility.checks)
    most = min(MOST_CHECKS, max(1, MOST_CHECKS_TOGETHER // max(1, checked)))
    return [
        events.Facility(
            facility_class=facility.facility_class,
            name=facility.name,
            since=facility.since,
            until=facility.until,
            checks=facility.checks[-most:],
        )
        for facility in facilities
    ]


def declared(facility: Facility) -> FacilityContent:
    """The content of a stored facility, as it would be sent."""
    return FacilityContent(
        facility_class=facility.facility_class,
        name=facility.name,
        quantity=facility.quantity,
        owner=facility.owner,
        since=facility.since,
        gone_on=facility.until,
    )


def columns(content: FacilityContent) -> dict[str, Any]:
    """The columns that follow from the content."""
    return {
        "facility_class": content.facility_class,
        "name": content.name,
        "quantity": content.quantity,
        "owner": content.owner,
        "since": content.since,
        "until": content.gone_on,
    }


def answer(facility: Facility, institution: Institution) -> FacilityOut:
    """The answer about a mapped facility and its institution."""
    return _answer(facility, institution.name, institution.village_code)


def answer_row(row: Any) -> FacilityOut:
    """The answer about a row that holds a facility, its `institution_name` and `seat_code`."""
    return _answer(row, row.institution_name, row.seat_code)


def _answer(row: Any, institution_name: str, seat_code: str) -> FacilityOut:
    return FacilityOut(
        id=row.id,
        sequence=row.sequence,
        institution_id=row.institution_id,
        institution_name=institution_name,
        village=seat_code,
        facility_class=row.facility_class,
        name=row.name,
        quantity=row.quantity,
        owner=row.owner,
        since=row.since,
        gone_on=row.until,
        checked_on=row.checked_on,
        condition=row.condition,
        checks=[CheckOut(on=check.on, condition=check.condition) for check in row.checks],
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
