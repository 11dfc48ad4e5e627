"""Faults of ids that are not known to the caller, the same for an id that nobody has and for one of another area; or that
registry refused. Pure."""

from collections.abc import Mapping
from uuid import UUID

from shared.codes import OrganisationKind
from shared.language import Text
from shared.problems import Fault

_ANNOUNCED: Mapping[str, Text] = {
    "institution": Text("Lembaga", "institution"),
    "network": Text("Jaringan", "network"),
    "partner": Text("Mitra", "partner"),
    "person": Text("Orang", "person"),
    "family": Text("Keluarga", "family"),
    "community": Text("Komunitas", "community"),
    "cultural-value": Text("Nilai budaya", "cultural value"),
}
_OURS: Mapping[str, tuple[Text, str]] = {
    "activity": (Text("Kegiatan", "activity"), "/v1/activities"),
    "programme": (Text("Program kerja", "programme"), "/v1/programmes"),
    "experience": (Text("Pengalaman", "experience"), "/v1/experiences"),
}


def announced(noun: str, id: UUID, at: str) -> Fault:
    """That registry has announced no such record, or has taken it back. `noun`: as in the fault's code."""
    name = _ANNOUNCED[noun]
    return Fault(
        f"{noun}-unknown",
        Text(f"{name.id} {id} tidak dikenal.", f"The {name.en} {id} is not known."),
        Text(
            "Pakai id dari registri; bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Use the id from registry; if it was registered just now, send Wahana-At-Least with its position.",
        ),
        pointer=at,
    )


def represented(organisation: OrganisationKind, id: UUID, at: str) -> Fault:
    """That the caller cannot act for it (`known.acting`): nobody knows it, or it belongs to others."""
    name = _ANNOUNCED[organisation.value]
    return Fault(
        f"{organisation}-unknown",
        Text(
            f"{name.id} {id} tidak dikenal di antara yang boleh Anda wakili.",
            f"The {name.en} {id} is not known among those you may act for.",
        ),
        Text(
            "Pilih yang di wilayah Anda; bila baru didaftarkan, sertakan Wahana-At-Least dengan posisinya.",
            "Choose one of your area; if it was registered just now, send Wahana-At-Least with its position.",
        ),
        pointer=at,
    )


def rejected(name: str, at: str) -> Fault:
    """That registry refused an institution: told to those who may see it."""
    return Fault(
        "institution-rejected",
        Text(f"Pendaftaran {name} ditolak atau dibatalkan.", f"The registration of {name} was rejected or voided."),
        Text("Pilih lembaga lain.", "Name another institution."),
        pointer=at,
    )


def ours(noun: str, id: UUID | None, at: str) -> Fault:
    """That there is no such record of this service that the caller may read. `noun`: as in the fault's code."""
    name, lists = _OURS[noun]
    return Fault(
        f"{noun}-unknown",
        Text(f"{name.id} {id} tidak dikenal.", f"The {name.en} {id} is not known."),
        Text(f"Pakai id dari GET {lists}.", f"Use an id of GET {lists}."),
        pointer=at,
    )
