"""Who was helped: whether registry knows them, what is odd about them, and whether they were a member that day. Pure.

Somebody outside the caller's area may be helped; their id, a random one, is known from their keepers. What is known of them
is told by no refusal and no warning.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.activities import unknown
from services.activities.benefits import kinds
from services.activities.benefits.given import Given, Referred
from services.activities.known.people import Person
from services.activities.known.places import Warned
from services.activities.known.spells import lasts
from shared.auth import Principal
from shared.codes import BeneficiaryUnit, FamilyRole, OrganisationKind
from shared.language import Text
from shared.problems import Fault

_NOUNS = {
    BeneficiaryUnit.PERORANGAN: "person",
    BeneficiaryUnit.KELUARGA: "family",
    BeneficiaryUnit.KOMUNITAS: "community",
}


def beneficiary_faults(given: Given, before: Given | None, known: Referred, principal: Principal) -> list[Fault]:
    """Registry announced them, and they were born by then. Who stood there before stays, whatever became of them."""
    anew = before is None or given.beneficiary != before.beneficiary
    if anew and not _is_known(given, known):
        return [unknown.announced(_NOUNS[given.beneficiary.unit], given.beneficiary.id, "/beneficiary/id")]
    person = _person(given, known)
    another_day = anew or before is None or given.day.year != before.day.year
    if person and person.birth_year and another_day and given.day.year < person.birth_year:
        return [_before_birth(given, person, principal)]
    return []


def _is_known(given: Given, known: Referred) -> bool:
    id, unit = given.beneficiary.id, given.beneficiary.unit
    if unit is BeneficiaryUnit.PERORANGAN:
        return (person := known.people.get(id)) is not None and not person.gone
    if unit is BeneficiaryUnit.KELUARGA:
        return (family := known.families.get(id)) is not None and not family.voided
    return (community := known.communities.get(id)) is not None and not community.voided


def _person(given: Given, known: Referred) -> Person | None:
    one = given.beneficiary
    return known.people.get(one.id) if one.unit is BeneficiaryUnit.PERORANGAN else None


def warnings(given: Given, known: Referred, principal: Principal) -> Iterator[Warned]:
    """What is odd about somebody of the caller's area; it is accepted."""
    if person := _person(given, known):
        if not principal.covers(person.village_code or ""):
            return
        if person.birth_year:
            yield from kinds.age_warnings(given.ppks_kinds, person.birth_year, given.day)
        yield from kinds.sex_warnings(given.ppks_kinds, person.sex)
    community = known.communities.get(given.beneficiary.id)
    if community and principal.covers(community.village_code or ""):
        yield from kinds.community_warnings(given.ppks_kinds, community.kind)


def head(members: Sequence[Mapping[str, Any]], day: date) -> UUID | None:
    """The head of a family on a day, of the members as its event tells them; None if nobody was."""
    heads = (one for one in members if one["role"] == FamilyRole.KEPALA_KELUARGA and lasts(one, day))
    return next((UUID(str(one["person_id"])) for one in heads), None)


def member_that_day(given: Given, known: Referred) -> bool | None:
    """Whether the person, or the family's head, was a member of the giver on the day, as far as is known here.

    Of a network: of one of its institutions. Null for a community, a family without a head, and help by a partner. For
    display only: numbers are computed anew from what registry announces.
    """
    who = given.beneficiary.id
    if given.beneficiary.unit is BeneficiaryUnit.KELUARGA:
        family = known.families.get(who)
        found = head(family.members, given.day) if family else None
    else:
        found = who if given.beneficiary.unit is BeneficiaryUnit.PERORANGAN else None
    if found is None or given.giver.organisation is OrganisationKind.PARTNER:
        return None
    institutions = {given.giver.id}
    if given.giver.organisation is OrganisationKind.NETWORK:
        members = known.members.get(given.giver.id, [])
        institutions = {one.institution_id for one in members if one.on(given.day)}
    person = known.people.get(found)
    of_person = known.memberships.get(person.canonical_id if person else found, [])
    return any(one.institution_id in institutions and one.on(given.day) for one in of_person)


def _before_birth(given: Given, person: Person, principal: Principal) -> Fault:
    told = principal.covers(person.village_code or "")
    born = Text(f"Lahir tahun {person.birth_year}", f"Born in {person.birth_year}")
    someone = Text("Orang ini lahir sesudah hari itu", "This person was born after that day")
    born = Text(f"{born.id}, sesudah hari itu", f"{born.en}, after that day") if told else someone
    return Fault(
        "before-birth",
        Text(f"{born.id}.", f"{born.en}."),
        Text("Periksa tanggalnya, atau orangnya.", "Check the day, or who it was."),
        pointer=f"/{given.day_at}",
    )
