"""What is declared about an institution, and what a change of it does to the row: names, seat and spells. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.registry.institutions import lifecycle
from services.registry.institutions.fields import Contact, Coordinates, Funding, Members
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import Changed, Content, InstitutionPatch
from services.registry.models import Institution, KeptContact, KeptFunding, KeptSeat, Region
from services.registry.regions.service import Village
from shared import days
from shared.changes import Change
from shared.events.registry import MemberCounts
from shared.fields import folded
from shared.language import Text
from shared.preconditions import merge
from shared.problems import Fault, InvalidPayload
from shared.validation import faults_of

PLAIN = ("type", "name", "local_name", "origin", "legal_status", "founded_on", "activity_fields", "ppks_kinds", "extra")
"""Fields that are stored as they are declared."""


def declared(institution: Institution) -> Changed:
    """The content of a stored institution, as it would be sent."""
    return Changed(
        **{name: getattr(institution, name) for name in PLAIN},
        **shown(institution),
        village=institution.village_code,
        active_from=institution.active[0].since,
    )


def shown(row: Any) -> dict[str, Any]:
    """The fields that are answered in another form than they are stored in, of an institution's row."""
    members, contact = row.members, row.contact
    return {
        "members": members and Members(female=members.female, male=members.male, unknown=members.unknown),
        "funding_sources": [Funding(source=f.source, yearly_amount=f.yearly_amount) for f in row.funding_sources],
        "contact": contact and Contact(phone=contact.phone, email=contact.email, address=contact.address),
        "coordinates": None if row.latitude is None else Coordinates(latitude=row.latitude, longitude=row.longitude),
    }


def merged(institution: Institution, patch: InstitutionPatch, pending: Mapping[str, Change] | None = None) -> Changed:
    """The content with the pending changes and then the patch merged in, validated as if sent whole.

    Raises InvalidPayload.
    """
    after = {name: change.after for name, change in (pending or {}).items()}
    base = declared(institution).model_dump(mode="json") | after
    present = {name: value for name, value in base.items() if value is not None}
    try:
        return Changed.model_validate(merge(present, patch.model_dump(mode="json", exclude_unset=True)))
    except ValidationError as error:
        raise InvalidPayload(errors=faults_of(error)) from error


def columns(content: Content) -> dict[str, Any]:
    """The columns that follow from the content alone, without seat and spells."""
    members, contact, place = content.members, content.contact, content.coordinates
    return {
        **{name: getattr(content, name) for name in PLAIN},
        "members": members and MemberCounts(female=members.female, male=members.male, unknown=members.unknown),
        "funding_sources": [
            KeptFunding(source=f.source, yearly_amount=f.yearly_amount) for f in content.funding_sources
        ],
        "contact": contact and KeptContact(phone=contact.phone, email=contact.email, address=contact.address),
        "latitude": place and place.latitude,
        "longitude": place and place.longitude,
        "sort_name": folded(content.name),
        "search_text": " ".join(filter(None, (folded(content.name), folded(content.local_name or "")))),
    }


def first_day(content: Content, today: date) -> date:
    """The first day at work. Raises InvalidPayload when it, or the founding, has not come yet at the place."""
    faults = [
        days.in_the_future(today, name)
        for name in ("founded_on", "active_from")
        if (day := getattr(content, name)) is not None and day > today
    ]
    if faults or content.active_from is None:
        raise InvalidPayload(errors=faults)
    return content.active_from


def differing(
    institution: Institution, wanted: Changed, village: Region | Village, extra_version: int | None, today: date
) -> dict[str, Any]:
    """The columns that the wanted content changes, with their new values; empty if it changes nothing.

    `village` is the region of `wanted.village`, `today` the local date there, `extra_version` that of its further
    fields. Raises InvalidPayload naming the field.
    """
    spells = lifecycle.restarted(institution.active, first_day(wanted, today))
    values = {
        **columns(wanted),
        "extra_version": extra_version,
        "active": spells,
        "seats": _seated(institution.seats, village, wanted, today),
        "village_id": village.id,
        "village_code": village.code,
    }
    return {name: value for name, value in values.items() if getattr(institution, name) != value}


def stepped(institution: Institution, step: Step, day: date, today: date, at: str) -> dict[str, Any]:
    """The columns that a dated step changes, with their new values; `at` is the field that holds `day`.

    Raises InvalidPayload for a day that does not fit.
    """
    work = lifecycle.Work(institution.operation, institution.active, institution.closed_on)
    after = lifecycle.stepped(work, step, day, today, at)
    values = {"operation": after.operation, "active": list(after.active), "closed_on": after.closed_on}
    return {name: value for name, value in values.items() if getattr(institution, name) != value}


def assign(institution: Institution, values: Mapping[str, Any]) -> None:
    """Puts new values into the row's columns."""
    for name, value in values.items():
        setattr(institution, name, value)


def seat(village: Region | Village, since: date | None = None) -> KeptSeat:
    """A seat in a village that lasts."""
    return KeptSeat(village_id=village.id, village=village.code, since=since)


def _seated(seats: Sequence[KeptSeat], village: Region | Village, wanted: Changed, today: date) -> list[KeptSeat]:
    *earlier, now = seats
    if wanted.moved_on is not None:
        _refuse_move(now, village.id, wanted, wanted.moved_on, today)
        return [*earlier, now.model_copy(update={"until": wanted.moved_on}), seat(village, wanted.moved_on)]
    if earlier and earlier[-1].village_id == village.id:  # corrected back to the seat before: it never moved
        return [*earlier[:-1], earlier[-1].model_copy(update={"until": None})]
    return [*earlier, seat(village, now.since)]


def _refuse_move(now: KeptSeat, village_id: UUID, wanted: Changed, day: date, today: date) -> None:
    began = now.since or wanted.founded_on
    if village_id == now.village_id:
        fault = Fault(
            "moved-nowhere",
            Text("Tidak ada desa baru untuk kepindahan ini.", "There is no new village for this move."),
            Text("Isi `village` dengan desa yang baru, atau hapus `moved_on`.", "Give the new `village`, or drop `moved_on`."),
            pointer="/moved_on",
        )  # fmt: skip
    elif day > today:
        fault = days.in_the_future(today, "moved_on")
    elif began is not None and day <= began:
        fault = Fault(
            "too-early",
            Text(f"Di tempat sebelumnya baru sejak {began}.", f"It was at the seat before since {began} only."),
            Text(f"Paling awal {began + timedelta(days=1)}.", f"{began + timedelta(days=1)} at the earliest."),
            pointer="/moved_on",
        )
    else:
        return
    raise InvalidPayload(errors=[fault])
