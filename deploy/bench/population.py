"""A country's institutions and their members, made up: as many as lists are read among, with names like those there are."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from services.registry.institutions import service
from services.registry.institutions.schemas import InstitutionIn
from services.registry.memberships import service as memberships
from services.registry.memberships.models import KeptSpell, Membership
from services.registry.models import Institution
from services.registry.regions import identity, table
from services.registry.regions.service import Village
from shared.auth import Principal
from shared.codes import ActivityField, InstitutionType, Operation, PpksKind, RegionLevel, Verification
from shared.events.envelope import Spell

BEGINNINGS = {
    InstitutionType.ARS: ("Arisan", "Arisan Ibu", "Arisan Warga", "Jimpitan"),
    InstitutionType.KUBE: ("KUBE", "Kelompok Usaha Bersama"),
    InstitutionType.LBD: ("Lumbung Desa", "Lumbung Pangan", "Lumbung Paceklik"),
    InstitutionType.KMT: ("Rukun Kematian", "Serikat Kematian", "Syarikat Tolong Menolong"),
    InstitutionType.SNM: ("Sinoman", "Biodo", "Rewang"),
    InstitutionType.KSM: ("KSM", "Kelompok Swadaya Masyarakat", "Paguyuban"),
    InstitutionType.OSN: ("Karang Taruna", "Majelis Taklim", "Remaja Masjid", "Posyandu"),
}
FIRST = (  # noqa: SIM905  # words
    "Melati Mawar Anggrek Cempaka Kenanga Dahlia Bougenvil Teratai Flamboyan Kamboja Seroja Wijaya Sumber Karya Usaha "
    "Tunas Bina Mekar Sari Sinar Mitra Harapan Setia Rukun Guyub Bakti Dharma Cahaya Budi Tirta Bumi Putra Putri Al "
    "Nurul Kemuning Soka Tulip Alamanda Edelweis Nusa Pelita Fajar Surya Bintang Purnama Gemah Sido Margo Ngudi Tani "
    "Wana Mina Lembah Gunung Telaga Kencana Permata Intan Mutiara Elang Merpati Garuda Rajawali Banteng Pandu Satria "
    "Srikandi Kartini"
).split()
SECOND = (  # noqa: SIM905  # words
    "Indah Rejeki Makmur Jaya Mandiri Lestari Sejahtera Abadi Bersama Utama Muda Baru Asih Mulya Raharjo Ngremboko "
    "Sentosa Barokah Ikhlas Hidayah Iman Kusuma Wangi Murni Luhur Santoso Tani Maju Bahari Agung Tentrem Waras Subur "
    "Sakti Rahayu Mukti Widodo Rejo Sukses Berkah Amanah Sehat Cerdas Kreatif Terpadu Peduli Kasih Damai Harmoni "
    "Pertiwi Nusantara Persada Sentral Gemilang Cemerlang Perkasa Tangguh Berdikari Swadaya Gotong Royong Sauyunan "
    "Sabilulungan Mapalus Kahuripan Pangestu Nugraha Saraswati Ripah Loh"
).split()
"""Words of which names are made."""
EPOCH, TODAY = date(1985, 1, 1), date(2026, 3, 1)
MEMBERS_SINCE = [EPOCH + timedelta(days=day) for day in range(12_000, 15_000, 7)]


def sought(chance: random.Random) -> str:
    """What somebody types who looks for one of these names: two of its words, one, all of them, or with a slip."""
    first, second = chance.choice(FIRST), chance.choice(SECOND)
    draw = chance.random()
    if draw < 0.5:
        return f"{first} {second}"
    if draw < 0.7:
        return first
    beginning = chance.choice(chance.choice(list(BEGINNINGS.values())))
    if draw < 0.8:
        return beginning
    if draw < 0.9:
        return f"{beginning} {first} {second}"
    second = max(second, chance.choice(SECOND), key=len)
    place = chance.randrange(1, len(second) - 1)
    return f"{first} {second[:place]}{second[place + 1 :]}"


@dataclass(frozen=True, slots=True)
class Sent:
    """An institution as an import has it: the village, the body that would be sent, and what was decided elsewhere."""

    village: Village
    body: bytes
    is_verified: bool
    is_resting: bool


def villages(rows: Sequence[table.RegionRow]) -> list[Village]:
    """The villages among these regions."""
    return [
        Village(identity.region_id(row.code), row.code, row.name, row.level, row.time_zone)
        for row in rows
        if row.level is RegionLevel.VILLAGE
    ]


def sent(chance: random.Random, among: Sequence[Village]) -> Sent:
    """One institution, in any of these villages."""
    village, type = chance.choice(among), chance.choice(list(BEGINNINGS))
    name = f"{chance.choice(BEGINNINGS[type])} {chance.choice(FIRST)} {chance.choice(SECOND)}"
    place = (f" {village.name}", f" RW {chance.randrange(1, 20):02}", f" {chance.choice(SECOND)}")
    since = EPOCH + timedelta(days=chance.randrange(14_000))
    body: dict[str, Any] = {
        "type": type, "name": name + chance.choice(place), "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
        "village": village.code, "founded_on": since, "active_from": since,
        "members": {"female": chance.randrange(40), "male": chance.randrange(30)},
        "activity_fields": chance.sample(list(ActivityField), chance.randrange(3)),
        "ppks_kinds": chance.sample(list(PpksKind), chance.randrange(2)),
        "funding_sources": [{"source": "iuran", "yearly_amount": 100_000 * chance.randrange(1, 90)}],
    }  # fmt: skip
    if chance.random() < 0.3:
        body["local_name"] = f"{chance.choice(FIRST)} {chance.choice(FIRST)}"
        body["contact"] = {
            "phone": "+6281234567890",
            "address": f"Jl. {chance.choice(FIRST)} No. {chance.randrange(200)}",
        }
        body["coordinates"] = {"latitude": -chance.random() * 8, "longitude": 105 + chance.random() * 30}
    return Sent(village, orjson.dumps(body), chance.random() < 0.8, chance.random() < 0.1)


def draft(told: Sent, by: Principal, now: datetime) -> Institution:
    """Its row, validated as if it had been sent."""
    body = InstitutionIn.model_validate_json(told.body)
    row = service.draft(body, told.village, None, by=by, now=now)
    if told.is_verified:
        row.verification = Verification.TERVERIFIKASI
    if told.is_resting:
        row.operation, row.active = Operation.VAKUM, [Spell(since=row.active[0].since, until=TODAY)]
    return row


def person(number: int) -> UUID:
    """The id of a person; `PEOPLE` makes the same."""
    return UUID(int=number | 0x4000_8000_0000_0000_0000)


PEOPLE = """
INSERT INTO person (id, sequence, name, sort_name, sex, birth_year, birth_year_source, village_id, village_code,
    kept_village_id, kept_village_code, consents, erased, voided, registered_at, changed_at)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, 1, 'Warga ' || number, 'warga ' || number,
    CASE number % 2 WHEN 0 THEN 'P' ELSE 'L' END, 1960 + number % 45, 'perkiraan', village.id, village.code, village.id,
    village.code, '[]', false, false, now(), now()
FROM generate_series(1, {count}) AS number
JOIN (SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place FROM region WHERE level = 'village') AS village
    ON village.place = number % (SELECT count(*) FROM region WHERE level = 'village')
"""


@dataclass(frozen=True, slots=True)
class Joining:
    """Who joins what: people in turn, each time round another part of the institutions, so that nobody joins one twice."""

    people: int
    memberships: int
    institutions: Sequence[tuple[UUID, UUID]]
    """Ids with their villages, in random order."""

    def draft(self, chance: random.Random, number: int, now: datetime) -> tuple[Membership, tuple[UUID]]:
        """One of the memberships, with the region that it concerns."""
        turn, one = divmod(number, self.people)
        turns = -(-self.memberships // self.people)
        part = len(self.institutions) // turns
        institution, village = self.institutions[turn * part + chance.randrange(part)]
        days = [KeptSpell(since=chance.choice(MEMBERS_SINCE))]
        return memberships.draft(person(1 + one), institution, days, now), (village,)
