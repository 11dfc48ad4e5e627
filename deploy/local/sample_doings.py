"""What the sample tells beside its institutions and activities: two members who come, means, help, a report and a need.

Entered in the order below, each by who may; whatever is there already is left as it is.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.codes import AttendanceRole, Sex


class Entry(NamedTuple):
    """A request of the sample: who sends what to which collection."""

    role: str
    area: str
    path: str
    body: dict[str, Any]


def id_of(name: str) -> str:
    """The fixed id of a record of the sample."""
    return str(uuid5(NAMESPACE_URL, f"wahana-sample/{name}"))


SITI, BUDI = "5d0f6f0a-5a0e-4b3c-9a55-0c3f1f7a2e10", "8b8a4d1e-3f52-4c66-8d0b-7a1e5c9d4f21"
"""People's ids are random, so that they tell nothing."""


def people(village: str, institution: UUID) -> list[Entry]:
    """A member of the institution, and a resident who is none."""
    operator = ("village-operator", village)
    return [
        Entry(*operator, "/registry/v1/people", {
            "id": SITI, "name": "Contoh: Siti", "nik_absence": "tidak_dicatat", "sex": Sex.P, "birth_year": 1987,
            "birth_year_source": "pengakuan", "village": village,
        }),
        Entry(*operator, "/registry/v1/people", {
            "id": BUDI, "name": "Contoh: Budi", "nik_absence": "tidak_dicatat", "sex": Sex.L, "birth_year": 1951,
            "birth_year_source": "pengakuan", "village": village,
        }),
        Entry(*operator, "/registry/v1/memberships", {
            "id": id_of("keanggotaan"), "person_id": SITI, "institution_id": str(institution), "joined_on": "2020-01-01",
        }),
    ]  # fmt: skip


def named() -> dict[str, Any]:
    """Who of them came, as a sheet of an activity's completion."""
    return {
        "people": [
            {"person_id": SITI, "role": AttendanceRole.ANGGOTA},
            {"person_id": BUDI, "role": AttendanceRole.RELAWAN, "volunteer_hours": 3},
        ]
    }


def doings(village: str, institution: UUID, activity: UUID, held_on: date, today: date) -> list[Entry]:
    """Means of the activity, help to one of them, the report of last month, and what the institution needs."""
    operator = ("village-operator", village)
    giver = {"organisation": "institution", "id": str(institution)}
    last_month = (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    nihil = held_on.isoformat()[:7] != last_month
    return [
        Entry(*operator, "/activities/v1/resources", {
            "id": id_of("iuran"), "activity_id": str(activity), "source": "iuran", "form": "tunai", "value": 300_000,
            "received_on": str(held_on),
        }),
        Entry(*operator, "/activities/v1/resources", {
            "id": id_of("apbdes"), "activity_id": str(activity), "source": "apbdes", "form": "tunai", "value": 200_000,
            "received_on": str(held_on),
        }),
        Entry(*operator, "/activities/v1/benefits", {
            "id": id_of("bantuan"), "beneficiary": {"unit": "perorangan", "id": BUDI}, "ppks_kinds": ["LUT"],
            "help": "barang", "value": 150_000, "giver": giver, "given_on": str(held_on), "activity_id": str(activity),
        }),
        Entry(*operator, "/activities/v1/needs", {
            "id": id_of("kebutuhan"), "poster": giver, "kind": "keahlian", "scope": "regency",
            "title": "Contoh: Pelatih menjahit", "text": "Sepuluh anggota ingin belajar menjahit seragam sekolah.",
        }),
        Entry(*operator, "/activities/v1/village-reports", {
            "id": id_of(f"laporan/{village}/{last_month}"), "village": village, "month": last_month, "nihil": nihil,
        }),
    ]  # fmt: skip
