"""Networks, registered partners and cultural values that an activity names, and its exact place. Pure.

Of one outside the caller's area nothing is told but that its id is known or not.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.activities import unknown
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import Description
from services.activities.activities.taking_part import PartyIn
from services.activities.known.networks import NetworkMembership
from services.activities.known.places import Warned
from shared.codes import OrganisationKind
from shared.events.activity import Party
from shared.language import Text
from shared.problems import Fault

SOUTH, NORTH, WEST, EAST = -11.1, 6.1, 94.9, 141.1
"""Indonesia in degrees, a little wider: from Rote to Weh, from Aceh to the border in Papua."""


def parties_of(description: Description, known: Referred, last: date) -> list[Party]:
    """The parties as they are published, of an activity whose last day this is."""
    written = [Party(organisation=one.organisation, id=one.id, role=one.role) for one in description.parties]
    return stamped(written, description.lead_institution_id, known.network_members, last)


def stamped(parties: Sequence[Party], lead: UUID, members: Sequence[NetworkMembership], last: date) -> list[Party]:
    """The parties with each network marked whose institution the lead was on the last day, as far as is known."""
    of_lead = {one.network_id for one in members if one.institution_id == lead and one.on(last)}
    return [
        party.model_copy(update={"of_lead": party.organisation is OrganisationKind.NETWORK and party.id in of_lead})
        for party in parties
    ]


def party_faults(wanted: Description, current: Description | None, known: Referred) -> list[Fault]:
    """Networks, partners and values are known and no entry errors, as far as they are named anew."""
    stood = {party.id for party in current.parties} if current else set()
    practised = set(current.cultural_value_ids) if current else set()
    faults = []
    for place, party in enumerate(wanted.parties):
        if party.id not in stood and not _is_known(party, known):
            faults.append(unknown.announced(party.organisation, party.id, f"/parties/{place}/id"))
    faults += [
        unknown.announced("cultural-value", value, f"/cultural_value_ids/{place}")
        for place, value in enumerate(wanted.cultural_value_ids)
        if value not in practised and ((found := known.values.get(value)) is None or found.voided)
    ]
    return faults


def _is_known(party: PartyIn, known: Referred) -> bool:
    found = (known.networks if party.organisation is OrganisationKind.NETWORK else known.partners).get(party.id)
    return found is not None and not found.voided


def experience_faults(wanted: Description, current: Description | None, known: Referred) -> list[Fault]:
    """The experience it is made after is one that the caller may read, if it is named anew."""
    id = wanted.experience_id
    if id is None or id in known.experiences or (current is not None and id == current.experience_id):
        return []
    return [unknown.ours("experience", id, "/experience_id")]


def place_warnings(description: Description) -> list[Warned]:
    """That the coordinates lie outside Indonesia: degrees that were swapped or lost their sign, most often."""
    place = description.place
    if place is None or place.latitude is None or place.longitude is None:
        return []
    if SOUTH <= place.latitude <= NORTH and WEST <= place.longitude <= EAST:
        return []
    return [
        Warned(
            "/place",
            "place-outside-indonesia",
            Text(
                f"{place.latitude}, {place.longitude} di luar Indonesia. Periksa tanda minus dan urutannya.",
                f"{place.latitude}, {place.longitude} is outside Indonesia. Check the minus sign and the order.",
            ),
        )
    ]
