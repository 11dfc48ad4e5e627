"""Networks, registered partners and cultural values that an activity names, and its exact place. Pure.

Of one outside the caller's area nothing is told but that its id is known or not.
"""

from datetime import date
from uuid import UUID

from services.activities.activities.referred import Referred
from services.activities.activities.schemas import Description
from services.activities.activities.taking_part import PartyIn
from services.activities.known.places import Warned
from shared.codes import OrganisationKind
from shared.events.activity import Party
from shared.language import Text
from shared.problems import Fault

SOUTH, NORTH, WEST, EAST = -11.1, 6.1, 94.9, 141.1
"""Indonesia in degrees, a little wider: from Rote to Weh, from Aceh to the border in Papua."""


def parties_of(description: Description, known: Referred, last: date) -> list[Party]:
    """The parties as they are published. A network is `of_lead` if the lead was one of its institutions on the last day."""
    return [
        Party(
            organisation=party.organisation,
            id=party.id,
            role=party.role,
            of_lead=any(
                one.network_id == party.id and one.institution_id == description.lead_institution_id and one.on(last)
                for one in known.network_members
            ),
        )
        for party in description.parties
    ]


def party_faults(wanted: Description, current: Description | None, known: Referred) -> list[Fault]:
    """Networks, partners and values are known and no entry errors, as far as they are named anew."""
    stood = {party.id for party in current.parties} if current else set()
    practised = set(current.cultural_value_ids) if current else set()
    faults = []
    for place, party in enumerate(wanted.parties):
        network = party.organisation is OrganisationKind.NETWORK
        if party.id not in stood and not _is_known(party, known):
            faults.append(_unknown_party(f"/parties/{place}/id", party.id, network=network))
    faults += [
        _unknown_value(f"/cultural_value_ids/{place}", value)
        for place, value in enumerate(wanted.cultural_value_ids)
        if value not in practised and ((found := known.values.get(value)) is None or found.voided)
    ]
    return faults


def _is_known(party: PartyIn, known: Referred) -> bool:
    found = (known.networks if party.organisation is OrganisationKind.NETWORK else known.partners).get(party.id)
    return found is not None and not found.voided


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


def _unknown_party(at: str, identity: UUID, *, network: bool) -> Fault:
    named = Text("Jaringan", "The network") if network else Text("Mitra", "The partner")
    return Fault(
        "network-unknown" if network else "partner-unknown",
        Text(f"{named.id} {identity} tidak dikenal.", f"{named.en} {identity} is not known."),
        Text(
            "Pakai id dari registri; bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Use the id from registry; if it was registered just now, send Wahana-At-Least with its position.",
        ),
        pointer=at,
    )


def _unknown_value(at: str, identity: UUID) -> Fault:
    return Fault(
        "cultural-value-unknown",
        Text(f"Nilai budaya {identity} tidak dikenal.", f"The cultural value {identity} is not known."),
        Text(
            "Pakai id dari registri; bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Use the id from registry; if it was registered just now, send Wahana-At-Least with its position.",
        ),
        pointer=at,
    )
