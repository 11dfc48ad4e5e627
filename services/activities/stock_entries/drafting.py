"""A new stock entry made of what was sent and what is known of what it names. Pure."""

from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from services.activities import unknown
from services.activities.known import acting
from services.activities.known.arrival import ReferenceNotArrived
from services.activities.known.references import Institution
from services.activities.stock_entries.models import StockEntry
from services.activities.stock_entries.schemas import StockEntryIn
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import OrganisationKind
from shared.days import in_the_future
from shared.problems import Fault


@dataclass(frozen=True, slots=True)
class Known:
    """What a new entry names: the institution, the time zone of its seat, and whether the activity is one of the caller's."""

    institution: Institution | None
    time_zone: str | None
    activity_known: bool = True


def drafted(
    body: StockEntryIn, known: Known, principal: Principal, now: datetime
) -> tuple[StockEntry, Institution] | list[Fault]:
    """The row, without its balance, and whose it is; or what is wrong with it. Raises ReferenceNotArrived."""
    institution = known.institution
    if institution is None or not acting.acts_for(institution, principal):
        return [unknown.represented(OrganisationKind.INSTITUTION, body.institution_id, "/institution_id")]
    if known.time_zone is None:
        raise ReferenceNotArrived.of({str(institution.id): None}, [])
    faults = []
    if body.moved_on > (today := local_date(now, known.time_zone)):
        faults.append(in_the_future(today, "moved_on"))
    if not known.activity_known:
        faults.append(unknown.ours("activity", body.activity_id, "/activity_id"))
    if faults:
        return faults
    entry = StockEntry(
        id=body.id or uuid7(), institution_id=institution.id, commodity=body.commodity, unit=body.unit,
        direction=body.direction, reason=body.reason, quantity=body.quantity, moved_on=body.moved_on,
        village_id=institution.seat_id, activity_id=body.activity_id, voided=False, recorded_at=now, changed_at=now,
    )  # fmt: skip
    return entry, institution
