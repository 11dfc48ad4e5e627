"""For whom a caller may post, answer and endorse, and from where. Pure: takes what is known, gives faults with pointers.

An institution or a network of another area is answered like one that nobody has.
"""

from datetime import date

from services.activities import unknown
from services.activities.exchange.known import Known
from services.activities.known import acting, places
from services.activities.known.places import Warned
from services.activities.known.references import Region
from shared.auth import Principal
from shared.codes import ExchangeScope, NetworkStatus, OrganisationKind
from shared.events.activities import Organisation
from shared.language import Text
from shared.problems import Fault

ENDED = (NetworkStatus.BUBAR, NetworkStatus.DIGABUNG)


def party_faults(party: Organisation, known: Known, principal: Principal, at: str) -> list[Fault]:
    """The caller acts for the organisation. Raises ReferenceNotArrived while the village of its seat is not known."""
    if party.organisation is OrganisationKind.NETWORK:
        network = known.networks.get(party.id)
        if network is None or not acting.acts_for(network, principal):
            return [unknown.represented(party.organisation, party.id, f"{at}/id")]
        return [_ended(network.name, at)] if network.status in ENDED else []
    institution = known.institutions.get(party.id)
    if institution and institution.refused and institution.seen_by(principal):
        return [unknown.rejected(institution.name, f"{at}/id")]
    if not acting.acts_for(institution, principal):
        return [unknown.represented(party.organisation, party.id, f"{at}/id")]
    return []


def placed(
    party: Organisation, code: str | None, known: Known, principal: Principal, day: date
) -> tuple[Region | None, list[Fault], list[Warned]]:
    """The village a posting is about: the organisation's own if no code is given, or one of the caller's area."""
    meant = code or known.own_village(party)
    if meant is None:
        return None, [_village_missing()], []
    region, faults, warned = places.meant(meant, day, known.holders.get(meant, ()))
    if region and region.area_code not in known.codes(party) and not principal.covers(region.area_code):
        return None, [_village_outside(meant)], []
    return region, faults, warned if code else []


def scope_faults(party: Organisation, scope: ExchangeScope, network_id: object, known: Known, day: date) -> list[Fault]:
    """Who tells something to a network is one of its members on the day, or the network itself."""
    if scope is not ExchangeScope.NETWORK or network_id == party.id:
        return []
    member = any(
        one.network_id == network_id and one.institution_id == party.id and one.on(day) for one in known.memberships
    )
    return [] if member else [_no_member(network_id)]


def _ended(name: str, at: str) -> Fault:
    return Fault(
        "network-ended",
        Text(f"{name} sudah bubar atau digabung.", f"{name} was dissolved or merged."),
        Text("Pilih jaringan yang masih ada.", "Choose a network that is still there."),
        pointer=f"{at}/id",
    )


def _no_member(network_id: object) -> Fault:
    return Fault(
        "network-unknown",
        Text(
            f"Yang memasang bukan anggota jaringan {network_id}.",
            f"Who posts is no member of the network {network_id}.",
        ),
        Text("Pilih jaringan yang diikutinya, atau cakupan lain.", "Choose a network it belongs to, or another scope."),
        pointer="/network_id",
    )


def _village_missing() -> Fault:
    return Fault(
        "missing",
        Text("Jaringan ini bekerja di beberapa desa.", "This network works in several villages."),
        Text("Isi village dengan kode desanya.", "Give the village it is about."),
        pointer="/village",
    )


def _village_outside(code: str) -> Fault:
    return Fault(
        "village-outside-your-area",
        Text(f"Desa {code} di luar wilayah Anda.", f"The village {code} is outside your area."),
        Text(
            "Kosongkan village, atau isi desa di wilayah Anda; cakupan yang menentukan siapa yang membaca.",
            "Leave village out, or give one of your area; it is the scope that tells who reads it.",
        ),
        pointer="/village",
    )
