"""What must hold between an activity and what it refers to. Pure: takes what is known, gives faults with pointers."""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from services.activities.activities.schemas import Description
from services.activities.known.arrival import ReferenceNotArrived
from services.activities.known.references import Institution, References, Region
from shared.auth import Principal
from shared.codes import RegionLevel
from shared.language import Text
from shared.problems import Fault, InvalidPayload

_ASK = Text(
    "Pakai id dari registri; bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
    "Use the id from registry; if it was registered just now, send Wahana-At-Least with its position.",
)


def institutions_of(description: Description) -> dict[str, UUID]:
    """Every institution a description names, by JSON pointer."""
    return {
        "/lead_institution_id": description.lead_institution_id,
        **{f"/co_organiser_ids/{n}": one for n, one in enumerate(description.co_organiser_ids)},
        **{f"/target_institution_ids/{n}": one for n, one in enumerate(description.target_institution_ids)},
    }


def organisers_of(description: Description) -> dict[str, UUID]:
    """The lead and the co-organisers, by JSON pointer."""
    return {at: one for at, one in institutions_of(description).items() if not at.startswith("/target")}


def new(
    of: Callable[[Description], dict[str, UUID]], wanted: Description, current: Description | None
) -> dict[str, UUID]:
    """Those institutions that the current description does not name; all of them if there is none."""
    before = set(of(current).values()) if current else set()
    return {at: one for at, one in of(wanted).items() if one not in before}


def refuse(faults: list[Fault]) -> None:
    """Raises InvalidPayload if there is any fault."""
    if faults:
        raise InvalidPayload(errors=faults)


def village_faults(code: str, region: Region | None) -> list[Fault]:
    """The place must be a village that registry has announced."""
    if region is None:
        return [
            Fault(
                "region-unknown",
                Text(f"Wilayah {code} tidak dikenal.", f"The region {code} is not known."),
                Text(
                    "Cari kodenya di registri: /v1/regions?name=….",
                    "Look up its code in registry: /v1/regions?name=….",
                ),
                pointer="/village",
            )
        ]
    if region.level is not RegionLevel.VILLAGE:
        return [
            Fault(
                "region-wrong-level",
                Text(
                    f"{code} adalah {region.name}, bukan desa atau kelurahan.", f"{code} is {region.name}, no village."
                ),
                Text("Tulis kode desa atau kelurahan (10 angka).", "Give the code of a village (10 digits)."),
                pointer="/village",
            )
        ]
    return []


def unknown_faults(named: dict[str, UUID], known: References) -> list[Fault]:
    """Every institution must have been announced by registry, and not be voided."""
    return [
        Fault(
            "institution-unknown",
            Text(f"Lembaga {one} tidak dikenal.", f"The institution {one} is not known."),
            _ASK,
            pointer=at,
        )
        for at, one in named.items()
        if one not in known.institutions
    ]


def lead_faults(lead: Institution | None, principal: Principal) -> list[Fault]:
    """The lead's seat lies in the caller's area; an institution's operator leads with its own institution only.

    Raises ReferenceNotArrived while the village of its seat has not been announced.
    """
    if lead is None:
        return []  # told by `unknown_faults`
    if lead.seat_code is None:
        raise ReferenceNotArrived.of({str(lead.id): None}, [])
    mine = lead.id == principal.institution_id if principal.own_record_only else principal.covers(lead.seat_code)
    if mine:
        return []
    return [
        Fault(
            "outside-your-area",
            Text("Penyelenggara utama di luar wilayah Anda.", "The lead is outside your area."),
            Text(
                "Pilih penyelenggara utama di wilayah Anda; lembaga lain boleh ikut sebagai co_organiser_ids.",
                "Choose a lead in your area; others may take part as co_organiser_ids.",
            ),
            pointer="/lead_institution_id",
        )
    ]


def idle_faults(organisers: dict[str, UUID], known: References, days: Iterable[date]) -> list[Fault]:
    """Lead and co-organisers are at work on the first planned day and on the first day held."""
    return [
        Fault(
            "organiser-not-active-that-day",
            Text(f"{one.name} tidak aktif pada {day}.", f"{one.name} was not at work on {day}."),
            Text(
                "Periksa tanggalnya, atau pilih penyelenggara yang aktif pada hari itu.",
                "Check the day, or choose an organiser that is at work on it.",
            ),
            pointer=at,
        )
        for at, one in ((at, known.institutions.get(identity)) for at, identity in organisers.items())
        if one is not None
        for day in days
        if not one.at_work(day)
    ]


def future_faults(held_until: date, today: date, at: str) -> list[Fault]:
    """What is said to be done lies not in the future, by the calendar of the place."""
    if held_until <= today:
        return []
    return [
        Fault(
            "completion-in-the-future",
            Text(
                f"{held_until} belum tiba; hari ini {today} di sana.", f"{held_until} is to come; it is {today} there."
            ),
            Text("Catat setelah kegiatan selesai.", "Record it once the activity is over."),
            pointer=at,
        )
    ]
