"""Who helped: one of the caller's area that was at work that day; anyone else is answered like an unknown one. Pure."""

from services.activities.benefits.given import Given, Referred
from services.activities.known.arrival import ReferenceNotArrived
from services.activities.known.references import Institution
from shared.auth import NATION, Principal
from shared.codes import OrganisationKind
from shared.language import Text
from shared.problems import Fault

AT = "/giver/id"
_NAMES = {
    OrganisationKind.INSTITUTION: Text("Lembaga", "institution"),
    OrganisationKind.NETWORK: Text("Jaringan", "network"),
    OrganisationKind.PARTNER: Text("Mitra", "partner"),
}


def giver_faults(given: Given, before: Given | None, known: Referred, principal: Principal) -> list[Fault]:
    """An institution has its seat in the caller's area, a network a village, a partner belongs to the area, to a part of it
    or to what holds it; an institution's operator gives in the name of its own only.

    A giver that stood there before stays; on another day it was at work too. Raises ReferenceNotArrived.
    """
    anew = before is None or given.giver != before.giver
    if anew and not _may_give(given, known, principal):
        return [_unknown(given)]
    if not anew and before is not None and given.day == before.day:
        return []
    found = known.institutions.get(given.giver.id) or known.networks.get(given.giver.id)
    if found is None or given.giver.organisation is OrganisationKind.PARTNER or found.at_work(given.day):
        return []
    return [_idle(given, found.name if found.seen_by(principal) else None)]


def _may_give(given: Given, known: Referred, principal: Principal) -> bool:
    id = given.giver.id
    if given.giver.organisation is OrganisationKind.INSTITUTION:
        institution = known.institutions.get(id)
        return institution is not None and not institution.refused and _seen(institution, principal)
    if principal.own_record_only:
        return False
    if given.giver.organisation is OrganisationKind.NETWORK:
        network = known.networks.get(id)
        return network is not None and not network.voided and network.seen_by(principal)
    partner = known.partners.get(id)
    if partner is None or partner.voided:
        return False
    if partner.region_code is None:
        raise ReferenceNotArrived.of({str(id): None}, [])
    return reaches(principal, partner.region_code)


def _seen(institution: Institution, principal: Principal) -> bool:
    if principal.own_record_only and not institution.seen_by(principal):
        return False
    if institution.seat_code is None:
        raise ReferenceNotArrived.of({str(institution.id): None}, [])
    return institution.seen_by(principal)


def reaches(principal: Principal, code: str) -> bool:
    """Whether a region is one of the caller's areas, lies in one, or holds one."""
    above = code == NATION or any(area.startswith(f"{code}.") for area in principal.areas)
    return principal.covers(code) or (above and bool(principal.areas) and not principal.own_record_only)


def _unknown(given: Given) -> Fault:
    name = _NAMES[given.giver.organisation]
    return Fault(
        f"{given.giver.organisation}-unknown",
        Text(
            f"{name.id} {given.giver.id} tidak dikenal di antara yang boleh Anda sebut sebagai pemberi.",
            f"The {name.en} {given.giver.id} is not known among those you may name as giver.",
        ),
        Text(
            "Pilih pemberi di wilayah Anda. Bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Choose a giver in your area. If it was registered just now, send Wahana-At-Least with its position.",
        ),
        pointer=AT,
    )


def _idle(given: Given, name: str | None) -> Fault:
    return Fault(
        "giver-not-active-that-day",
        Text(
            f"{name or 'Pemberi'} tidak aktif pada {given.day}.",
            f"{name or 'The giver'} was not at work on {given.day}.",
        ),
        Text(
            "Periksa tanggalnya, atau pilih pemberi yang aktif pada hari itu.",
            "Check the day, or choose a giver that was at work on it.",
        ),
        pointer=AT,
    )
