"""A new stock entry made of what was sent and what is known of what it names. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from services.activities.known.arrival import ReferenceNotArrived
from services.activities.known.references import Institution
from services.activities.stock_entries.models import StockEntry
from services.activities.stock_entries.schemas import StockEntryIn
from shared.auth import Principal
from shared.clock import local_date
from shared.days import in_the_future
from shared.language import Text
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
    if institution is None or institution.refused or not _of_caller(institution, principal):
        return [_unknown(body.institution_id)]
    if known.time_zone is None:
        raise ReferenceNotArrived.of({str(institution.id): None}, [])
    faults = []
    if body.moved_on > (today := local_date(now, known.time_zone)):
        faults.append(in_the_future(today, "moved_on"))
    if not known.activity_known:
        faults.append(_no_activity(body.activity_id))
    if faults:
        return faults
    entry = StockEntry(
        id=body.id or uuid7(), institution_id=institution.id, commodity=body.commodity, unit=body.unit,
        direction=body.direction, reason=body.reason, quantity=body.quantity, moved_on=body.moved_on,
        village_id=institution.seat_id, activity_id=body.activity_id, voided=False, recorded_at=now, changed_at=now,
    )  # fmt: skip
    return entry, institution


def _of_caller(institution: Institution, principal: Principal) -> bool:
    if institution.seat_code is None and not principal.own_record_only:
        raise ReferenceNotArrived.of({str(institution.id): None}, [])
    return institution.seen_by(principal)


def _unknown(id: UUID) -> Fault:
    """The same for an id that nobody has and for one of another area."""
    return Fault(
        "institution-unknown",
        Text(
            f"Lembaga {id} tidak dikenal di antara yang boleh Anda catat lumbungnya.",
            f"The institution {id} is not known among those whose granary you may keep.",
        ),
        Text(
            "Pilih lembaga di wilayah Anda; bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Choose one of your area; if it was registered just now, send Wahana-At-Least with its position.",
        ),
        pointer="/institution_id",
    )


def _no_activity(id: UUID | None) -> Fault:
    return Fault(
        "activity-unknown",
        Text(f"Kegiatan {id} tidak ada di wilayah Anda.", f"There is no activity {id} in your area."),
        Text("Pakai id dari GET /v1/activities, atau kosongkan.", "Use an id of GET /v1/activities, or leave it out."),
        pointer="/activity_id",
    )
