"""Which institutions an activity may name, and what a caller is told of those outside its area: nothing. Pure.

An institution outside the caller's area may take part and be served; its id, a random one, is known from its keepers.
Whether it exists, what it is called and when it is at work is not told by a refusal.
"""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from services.activities import unknown
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import Description
from services.activities.known import acting
from shared.auth import Principal
from shared.fields import folded
from shared.language import Text
from shared.problems import Fault

LEAD = "/lead_institution_id"


def institutions_of(description: Description) -> dict[str, UUID]:
    """Every institution a description names, by JSON pointer."""
    return {
        LEAD: description.lead_institution_id,
        **{f"/co_organiser_ids/{n}": one for n, one in enumerate(description.co_organiser_ids)},
        **{f"/target_institution_ids/{n}": one for n, one in enumerate(description.target_institution_ids)},
    }


def organisers_of(description: Description) -> dict[str, UUID]:
    """The lead and the co-organisers, by JSON pointer."""
    return {at: one for at, one in institutions_of(description).items() if not at.startswith("/target")}


def new(
    of: Callable[[Description], dict[str, UUID]], wanted: Description, current: Description | None
) -> dict[str, UUID]:
    """Those institutions that the current description does not name, and a lead that did not lead; all if there is none."""
    before = of(current) if current else {}
    return {
        at: one
        for at, one in of(wanted).items()
        if one not in before.values() or (at == LEAD and one != before.get(LEAD))
    }


def naming_faults(named: dict[str, UUID], known: Referred, principal: Principal) -> list[Fault]:
    """Every institution was announced by registry and not refused there; the lead is one of the caller's area.

    An institution's operator leads with its own institution only. Raises ReferenceNotArrived while the village of the
    lead's seat has not been announced.
    """
    faults = []
    for at, identity in named.items():
        one = known.institutions.get(identity)
        if one and one.refused and one.seen_by(principal):
            faults.append(unknown.rejected(one.name, at))
        elif one is None or one.refused or (at == LEAD and not acting.acts_for(one, principal)):
            faults.append(
                _no_lead(identity, known, principal) if at == LEAD else unknown.announced("institution", identity, at)
            )
    return faults


def _no_lead(identity: UUID, known: Referred, principal: Principal) -> Fault:
    """That it cannot lead; to who may know that it is no institution, that too."""
    network, partner = known.networks.get(identity), known.partners.get(identity)
    if not (network and network.seen_by(principal)) and not (partner and principal.covers(partner.region_code or "")):
        return _unknown_lead(identity)
    return Fault(
        "lead-is-no-institution",
        Text(
            "Jaringan dan mitra tidak memimpin kegiatan; yang memimpin lembaga.",
            "Networks and partners lead no activity; an institution does.",
        ),
        Text(
            "Pilih satu lembaga sebagai penyelenggara utama, dan sebut organisasi ini di `parties`.",
            "Choose an institution as the lead, and name this organisation in `parties`.",
        ),
        pointer=LEAD,
    )


def _unknown_lead(identity: UUID) -> Fault:
    """The same for an id that nobody has and for one of another area: an id must not be tried out here."""
    return Fault(
        "institution-unknown",
        Text(
            f"Lembaga {identity} tidak dikenal di antara yang boleh Anda pimpinkan kegiatannya.",
            f"The institution {identity} is not known among those you may record for.",
        ),
        Text(
            "Pilih penyelenggara utama di wilayah Anda; lembaga lain boleh ikut sebagai co_organiser_ids. Bila baru "
            "didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Choose a lead in your area; others may take part as co_organiser_ids. If it was registered just now, send "
            "Wahana-At-Least with its position.",
        ),
        pointer=LEAD,
    )


def idle_faults(
    organisers: dict[str, UUID], known: Referred, days: Iterable[date], principal: Principal
) -> list[Fault]:
    """Lead and co-organisers are at work on each of the days: the first one planned, and the first one it was held."""
    idle = [
        (at, one, day)
        for at, one in ((at, known.institutions.get(identity)) for at, identity in organisers.items())
        if one is not None
        for day in days
        if not one.at_work(day)
    ]
    told = [_idle(at, one.name, day) if one.seen_by(principal) else _idle(at, None, None) for at, one, day in idle]
    return list(dict.fromkeys(told))


def _idle(at: str, name: str | None, day: date | None) -> Fault:
    named = Text(f"{name} tidak aktif pada {day}.", f"{name} was not at work on {day}.")
    neutral = Text(
        "Penyelenggara dari luar wilayah Anda tidak aktif pada hari pertamanya.",
        "An organiser from outside your area was not at work on the first day.",
    )
    return Fault(
        "organiser-not-active-that-day",
        named if name else neutral,
        Text(
            "Periksa tanggalnya, atau pilih penyelenggara yang aktif pada hari itu.",
            "Check the day, or choose an organiser that is at work on it.",
        ),
        pointer=at,
    )


def partner_faults(wanted: Description, current: Description | None, known: Referred) -> list[Fault]:
    """No partner bears the name of an organiser: one organisation in two roles counts once (`domain.md` §5.3, TPD-01).

    What stood together before stays: an institution may have been renamed since.
    """
    stood = {folded(name) for name in current.partners} if current else set()
    anew = set(new(organisers_of, wanted, current).values())
    names: dict[str, set[UUID]] = {}
    for identity in organisers_of(wanted).values():
        if one := known.institutions.get(identity):
            names.setdefault(folded(one.name), set()).add(identity)
    return [
        Fault(
            "partner-is-organiser",
            Text(f"«{name}» sudah menjadi penyelenggara.", f"«{name}» is an organiser already."),
            Text(
                "Hapus dari partners; mitra adalah organisasi lain di luar penyelenggara.",
                "Remove it from partners: they are organisations other than the organisers.",
            ),
            pointer=f"/partners/{place}",
        )
        for place, name in enumerate(wanted.partners)
        if (bearers := names.get(folded(name))) and (folded(name) not in stood or bearers & anew)
    ]
