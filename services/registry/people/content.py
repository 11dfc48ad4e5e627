"""What is known of a person, and the columns that follow from it. Pure, but for the randomness of a seal."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.registry.people.keys import Keyring
from services.registry.people.models import Consent, Person
from services.registry.people.schemas import ConsentIn, Content, PersonPatch
from shared.days import in_the_future
from shared.fields import folded
from shared.preconditions import merge
from shared.problems import InvalidPayload
from shared.validation import faults_of

SEALED = ("nik", "phone")
PLAIN = ("nik_absence", "sex", "birth_date", "birth_year_source")
"""Fields that are stored as they are given."""
_REPLACES = {
    "nik": ("nik_absence",),
    "nik_absence": ("nik",),
    "birth_date": ("birth_year", "birth_year_source"),
    "birth_year": ("birth_date",),
}
"""Fields that give way when a patch sets another."""


def known(person: Person, keyring: Keyring) -> Content:
    """The content of a stored person who was not erased, as it would be sent."""
    return Content(
        name=person.name or "",
        **{name: getattr(person, name) for name in PLAIN},
        **{name: opened(person, name, keyring) for name in SEALED},
        birth_year=None if person.birth_date else person.birth_year,
        village=person.village_code,
        kept_in=person.kept_village_code,
        consents=[ConsentIn(**consent.model_dump()) for consent in person.consents],
    )


def merged(person: Person, patch: PersonPatch, keyring: Keyring) -> Content:
    """The content with the patch merged in, validated as if sent whole. Raises InvalidPayload."""
    change = patch.model_dump(mode="json", exclude_unset=True)
    giving_way = {other: None for name, others in _REPLACES.items() if change.get(name) is not None for other in others}
    base = known(person, keyring).model_dump(mode="json", exclude_none=True)
    try:
        return Content.model_validate(merge(base, giving_way | change))
    except ValidationError as error:
        raise InvalidPayload(errors=faults_of(error)) from error


def columns(content: Content) -> dict[str, Any]:
    """The columns that follow from the content alone, without seals, places and keepers."""
    born = content.birth_date
    return {
        **{name: getattr(content, name) for name in PLAIN},
        "name": content.name,
        "sort_name": folded(content.name),
        "birth_year": born.year if born else content.birth_year,
        "consents": [Consent(**consent.model_dump()) for consent in content.consents],
    }


def sealed(id: UUID, content: Content, keyring: Keyring) -> dict[str, Any]:
    """The columns that hold what is sealed, and the NIK's blind index."""
    return {
        **{name: None if (text := getattr(content, name)) is None else keyring.seal(id, name, text) for name in SEALED},
        "nik_index": None if content.nik is None else keyring.index("nik", content.nik),
    }


def opened(row: Any, field: str, keyring: Keyring) -> str | None:
    """The text of a sealed field of a mapped person, or of a row of their table."""
    seal = getattr(row, field)
    return None if seal is None else keyring.open(row.id, field, seal)


def refuse_future(content: Content, today: date) -> None:
    """Raises InvalidPayload for a birth or a consent that has not come yet at the place."""
    faults = []
    if content.birth_date is not None and content.birth_date > today:
        faults.append(in_the_future(today, "birth_date"))
    if content.birth_year is not None and content.birth_year > today.year:
        faults.append(in_the_future(today, "birth_year"))
    for place, consent in enumerate(content.consents):
        for name in ("given_on", "withdrawn_on"):
            day = getattr(consent, name)
            if day is not None and day > today:
                faults.append(in_the_future(today, f"consents/{place}/{name}"))
    if faults:
        raise InvalidPayload(errors=faults)


def differing(person: Person, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the wanted columns whose values differ."""
    return {name: value for name, value in wanted.items() if getattr(person, name) != value}
