"""Who helped: one of the caller's area that was at work that day; anyone else is answered like an unknown one. Pure."""

from services.activities import unknown
from services.activities.benefits.given import Given, Referred
from services.activities.known import acting
from services.activities.known.arrival import ReferenceNotArrived
from shared.auth import NATION, Principal
from shared.codes import OrganisationKind
from shared.language import Text
from shared.problems import Fault

AT = "/giver/id"


def giver_faults(given: Given, before: Given | None, known: Referred, principal: Principal) -> list[Fault]:
    """An institution has its seat in the caller's area, a network a village, a partner belongs to the area, to a part of it
    or to what holds it; an institution's operator gives in the name of its own only.

    A giver that stood there before stays; on another day it was at work too. Raises ReferenceNotArrived.
    """
    anew = before is None or given.giver != before.giver
    if anew and not _may_give(given, known, principal):
        return [unknown.represented(given.giver.organisation, given.giver.id, AT)]
    if not anew and before is not None and given.day == before.day:
        return []
    found = known.institutions.get(given.giver.id) or known.networks.get(given.giver.id)
    if found is None or given.giver.organisation is OrganisationKind.PARTNER or found.at_work(given.day):
        return []
    return [_idle(given, found.name if found.seen_by(principal) else None)]


def _may_give(given: Given, known: Referred, principal: Principal) -> bool:
    id = given.giver.id
    if given.giver.organisation is not OrganisationKind.PARTNER:
        named = known.networks if given.giver.organisation is OrganisationKind.NETWORK else known.institutions
        return acting.acts_for(named.get(id), principal)
    if principal.own_record_only:
        return False
    partner = known.partners.get(id)
    if partner is None or partner.voided:
        return False
    if partner.region_code is None:
        raise ReferenceNotArrived.of({str(id): None}, [])
    return reaches(principal, partner.region_code)


def reaches(principal: Principal, code: str) -> bool:
    """Whether a region is one of the caller's areas, lies in one, or holds one."""
    above = code == NATION or any(area.startswith(f"{code}.") for area in principal.areas)
    return principal.covers(code) or (above and bool(principal.areas) and not principal.own_record_only)


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
