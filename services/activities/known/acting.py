"""For whom a caller acts: who leads, gives, receives, posts, plans or keeps a granary must be one of these. Pure."""

from services.activities.known.arrival import ReferenceNotArrived
from services.activities.known.networks import Network
from services.activities.known.references import Institution
from shared.auth import Principal


def acts_for(found: Institution | Network | None, principal: Principal) -> bool:
    """Whether the organisation, if there is one, is one of the caller's area: an institution by its seat, a network by a
    village it works in; an institution's operator acts for the own institution only. For what registry refused, nobody.

    Raises ReferenceNotArrived while the village of a seat is not known: its code is copied.
    """
    if found is None:
        return False
    if isinstance(found, Network):
        return not found.voided and found.seen_by(principal)
    if found.refused or (principal.own_record_only and not found.seen_by(principal)):
        return False
    if found.seat_code is None:
        raise ReferenceNotArrived.of({str(found.id): None}, [])
    return found.seen_by(principal)
