"""A person as others see them: the public state their events carry, and the masked answer over HTTP. Pure."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from services.registry.people import numbers
from services.registry.people.content import opened
from services.registry.people.keys import Keyring
from services.registry.people.models import Person
from services.registry.people.reading_schemas import DisclosureOut
from services.registry.people.schemas import ConsentOut, PersonOut
from shared.events import registry
from shared.language import Language


def state(person: Person) -> registry.Person:
    """The whole public state: nothing that identifies anybody."""
    return registry.Person(
        sex=person.sex,
        birth_year=person.birth_year,
        village_id=person.village_id,
        duplicate_of=person.duplicate_of,
        erased=person.erased,
        voided=person.voided,
    )


def regions(person: Person) -> Collection[UUID]:
    """The villages a record concerns now: where the person lives, and which keeps the record."""
    return {person.kept_village_id, *([person.village_id] if person.village_id else [])}


def answer(row: Any, village_name: str | None, keyring: Keyring, language: Language) -> PersonOut:
    """The answer about a mapped person, or about a row of their table, with their village's name of today."""
    nik, phone = opened(row, "nik", keyring), opened(row, "phone", keyring)
    odd = numbers.disagreements(nik, row.sex, row.birth_date, row.birth_year) if nik else []
    return PersonOut(
        id=row.id,
        sequence=row.sequence,
        name=row.name,
        nik=nik and numbers.masked(nik),
        nik_absence=row.nik_absence,
        sex=row.sex,
        birth_year=row.birth_year,
        birth_year_source=row.birth_year_source,
        birth_date_known=row.birth_date is not None,
        village=row.village_code,
        village_id=row.village_id,
        village_name=village_name,
        kept_in=row.kept_village_code,
        kept_by_institution=row.kept_institution_id,
        phone=phone and numbers.masked_phone(phone),
        consents=[ConsentOut(**consent.model_dump()) for consent in row.consents],
        duplicate_of=row.duplicate_of,
        erased=row.erased,
        voided=row.voided,
        warnings=[warning.told(language) for warning in odd],
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )


def disclosed(person: Person, keyring: Keyring) -> DisclosureOut:
    """What identifies a person, unmasked."""
    return DisclosureOut(
        id=person.id,
        nik=opened(person, "nik", keyring),
        phone=opened(person, "phone", keyring),
        birth_date=person.birth_date,
    )
