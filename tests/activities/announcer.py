"""Registry's voice without registry: contract-valid events on its topics. Activities needs nothing else of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer
from uuid_utils.compat import uuid7

from services.activities.known import copies, registry
from services.registry.regions import identity, table
from shared import database, kafka
from shared.arrived import Arrived
from shared.codes import (
    CodeSystem,
    CommunityKind,
    FamilyRole,
    InstitutionType,
    LegalStatus,
    NetworkStatus,
    Operation,
    Origin,
    PartnerKind,
    Role,
    Sex,
    ValueKind,
    ValueState,
    Verification,
)
from shared.events import envelope
from shared.events.envelope import Spell, State
from shared.events.networks import CulturalValue, Network, NetworkMembership, Partner, Territory, ValueSpell
from shared.events.people import Community, Family, FamilyMember, Membership, MembershipSpell, Officer, Person
from shared.events.registry import Institution, Lineage, Region, RegionCode, Seat
from tests.house import House, until

Spells = Iterable[tuple[str, str | None]]
"""Half-open runs of days, the last one without an end."""
_SINCE_2020: Spells = (("2020-01-01", None),)

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Announcer:
    """Publishes what registry would and remembers what of it must arrive.

    Without a producer, `arrived` applies it as activities' consumer does: for tests in which no worker runs.
    What nobody asks for is plausible: at work, a member, or living here since 2020.
    """

    house: House
    producer: AIOKafkaProducer | None
    sequences: dict[UUID, int] = field(default_factory=dict)
    kept: list[Arrived] = field(default_factory=list)

    async def publish(self, subject: UUID, sequence: int, state: State, verb: str) -> None:
        """One event as registry's relay would send it."""
        event = envelope.Event(
            id=uuid7(), type=state.event_type(verb), subject=subject, sequence=sequence, time=AT,
            data=state.model_dump_json().encode(), schema=state.schema_uri(),
        )  # fmt: skip
        if self.producer:
            await self.raw(state.topic(), subject, event.data, envelope.headers(event))
        else:
            self.kept.append(Arrived(event, state))
        self.sequences[subject] = max(sequence, self.sequences.get(subject, 0))

    async def raw(self, topic: str, subject: UUID, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Any bytes on one of registry's topics."""
        assert self.producer, "there is no worker that would read it"
        name = kafka.full_name(self.house.settings("activities"), topic)
        await self.producer.send_and_wait(name, key=str(subject).encode(), value=value, headers=headers)

    async def regions(self, *codes: str, sequence: int = 1) -> None:
        """These regions of the Kemendagri table and all above them."""
        wanted = {above for code in codes for above in (*_above(code), code)}
        for code in sorted(wanted):
            await self.region(code, sequence=sequence)

    async def region(
        self, code: str, *, sequence: int = 1, first_code: str | None = None, name: str = "Contoh", **state_: Any
    ) -> None:
        """One region. `first_code` is the one it was first loaded with, if it was recoded since; `state_` what else is so."""
        row = next(iter(table.read())) if code == table.NATION else table.row(code, name)
        state = Region(
            level=row.level, kind=row.kind, name=row.name, time_zone=row.time_zone,
            codes=[RegionCode(system=CodeSystem.KEMENDAGRI, code=code)],
            lineage=[Lineage(ancestors=[identity.region_id(above) for above in _above(code)])],
        )  # fmt: skip
        await self.publish(identity.region_id(first_code or code), sequence, state.model_copy(update=state_), "loaded")

    async def institution(
        self,
        seat: str,
        *,
        id: UUID | None = None,
        sequence: int = 1,
        name: str = "Arisan Mawar",
        active: Spells = _SINCE_2020,
        verification: Verification = Verification.TERVERIFIKASI,
        voided: bool = False,
    ) -> UUID:
        """One institution with its seat in a village, at work over these half-open spells."""
        subject = id or uuid7()
        state = Institution(
            type=InstitutionType.ARS, name=name, origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
            verification=verification, operation=Operation.AKTIF, voided=voided,
            active=_spells(active),
            seats=[Seat(village_id=identity.region_id(seat))],
        )  # fmt: skip
        await self.publish(subject, sequence, state, "voided" if voided else "verified")
        return subject

    async def person(
        self, village: str | None, *, id: UUID | None = None, sequence: int = 1, sex: Sex = Sex.P,
        birth_year: int | None = 1987, duplicate_of: UUID | None = None, erased: bool = False, voided: bool = False,
    ) -> UUID:  # fmt: skip
        """One person who lives in a village."""
        state = Person(
            sex=sex, birth_year=birth_year, village_id=identity.region_id(village) if village else None,
            duplicate_of=duplicate_of, erased=erased, voided=voided,
        )  # fmt: skip
        verb = "voided" if voided else "erased" if erased else "linked" if duplicate_of else "registered"
        return await self._told(id, sequence, state, verb)

    async def family(
        self, village: str, *members: UUID, id: UUID | None = None, sequence: int = 1, voided: bool = False
    ) -> UUID:
        """One family in a village, the first member its head."""
        roles = [FamilyRole.KEPALA_KELUARGA, *[FamilyRole.ANAK] * len(members)]
        people = [FamilyMember(person_id=one, role=role) for one, role in zip(members, roles, strict=False)]
        state = Family(village_id=identity.region_id(village), members=people, voided=voided)
        return await self._told(id, sequence, state, "registered")

    async def community(
        self, village: str, *, id: UUID | None = None, sequence: int = 1, kind: CommunityKind = CommunityKind.KAT,
        voided: bool = False,
    ) -> UUID:  # fmt: skip
        """One community that is counted as one."""
        return await self._told(
            id, sequence, Community(kind=kind, village_id=identity.region_id(village), voided=voided), "registered"
        )

    async def membership(
        self, person: UUID, institution: UUID, *, id: UUID | None = None, sequence: int = 1,
        spells: Spells = _SINCE_2020, voided: bool = False,
    ) -> UUID:  # fmt: skip
        """A person's membership of an institution."""
        days = [MembershipSpell(since=_day(since), until=_day(end) if end else None) for since, end in spells]
        state = Membership(person_id=person, institution_id=institution, spells=days, voided=voided)
        return await self._told(id, sequence, state, "joined")

    async def officer(self, person: UUID, institution: UUID) -> UUID:
        """A person's term in an institution's management."""
        state = Officer(person_id=person, institution_id=institution, role=next(iter(Role)), since=_day("2020-01-01"))
        return await self._told(None, 1, state, "appointed")

    async def network(
        self, *villages: str, id: UUID | None = None, sequence: int = 1, name: str = "WKSBM Rukun",
        status: NetworkStatus = NetworkStatus.AKTIF, active: Spells = _SINCE_2020, voided: bool = False,
    ) -> UUID:  # fmt: skip
        """A network that works in these villages."""
        state = Network(
            name=name, status=status, territory=[Territory(village_id=identity.region_id(one)) for one in villages],
            active=_spells(active), voided=voided,
        )  # fmt: skip
        return await self._told(id, sequence, state, "activated")

    async def network_membership(
        self, network: UUID, institution: UUID, *, id: UUID | None = None, sequence: int = 1,
        spells: Spells = _SINCE_2020, voided: bool = False,
    ) -> UUID:  # fmt: skip
        """An institution's membership of a network."""
        state = NetworkMembership(
            network_id=network, institution_id=institution, spells=_spells(spells), voided=voided
        )  # fmt: skip
        return await self._told(id, sequence, state, "joined")

    async def partner(
        self, region: str, *, id: UUID | None = None, sequence: int = 1, kind: PartnerKind = PartnerKind.PEMDA,
        name: str | None = "Dinas Sosial", voided: bool = False,
    ) -> UUID:  # fmt: skip
        """A registered partner of a region of any level."""
        state = Partner(kind=kind, name=name, region_id=identity.region_id(region), voided=voided)
        return await self._told(id, sequence, state, "registered")

    async def cultural_value(
        self, *villages: str, id: UUID | None = None, sequence: int = 1, name: str = "Gugur gunung",
        states: Iterable[tuple[ValueState, str]] = ((ValueState.DIJALANKAN, "2020-01-01"),), voided: bool = False,
    ) -> UUID:  # fmt: skip
        """A local value that is practised in these villages."""
        state = CulturalValue(
            name=name, kind=next(iter(ValueKind)), village_ids=[identity.region_id(one) for one in villages],
            states=[ValueSpell(state=how, since=_day(since)) for how, since in states], voided=voided,
        )  # fmt: skip
        return await self._told(id, sequence, state, "registered")

    async def _told(self, id: UUID | None, sequence: int, state: State, verb: str) -> UUID:
        subject = id or uuid7()
        await self.publish(subject, sequence, state, verb)
        return subject

    async def arrived(self) -> None:
        """Waits until activities has the newest sequence of everything published here."""
        if self.producer:
            await until(self._arrived, "activities has applied what was announced")
            return
        engine = database.open_engine(self.house.settings("activities"), pool_size=1)
        async with engine.begin() as connection:
            await registry.apply(connection, self.kept)
        await engine.dispose()
        self.kept.clear()

    async def _arrived(self) -> bool:
        rows = await self.house.fetch("activities", _COPIED)
        found = {row["id"]: row["sequence"] for row in rows}
        return all(found.get(subject, 0) >= sequence for subject, sequence in self.sequences.items())


def _above(code: str) -> list[str]:
    """The codes above one, from the nation down."""
    parts = code.split(".")
    return [] if code == table.NATION else [table.NATION, *(".".join(parts[:n]) for n in range(1, len(parts)))]


def _spells(days: Spells) -> list[Spell]:
    return [Spell(since=_day(since), until=_day(end) if end else None) for since, end in days]


_COPIED = " UNION ALL ".join(
    f"SELECT id, sequence FROM {table}"
    for table in ("known_region", "known_institution", *{copy.__tablename__ for copy in copies.COPIES.values()})
)


def _day(text: str) -> date:
    return date.fromisoformat(text)
