"""Registry's voice without registry: contract-valid events on its topics. Activities needs nothing else of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer
from uuid_utils.compat import uuid7

from services.registry.regions import identity, table
from shared import kafka
from shared.codes import CodeSystem, InstitutionType, LegalStatus, Operation, Origin, Verification
from shared.events import envelope
from shared.events.envelope import Spell, State
from shared.events.registry import Institution, Lineage, Region, RegionCode, Seat
from tests.house import House, until

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Announcer:
    """Publishes regions and institutions and remembers what of them must arrive."""

    house: House
    producer: AIOKafkaProducer
    sequences: dict[UUID, int] = field(default_factory=dict)

    async def publish(self, subject: UUID, sequence: int, state: State, verb: str) -> None:
        """One event as registry's relay would send it."""
        event = envelope.Event(
            id=uuid7(), type=state.event_type(verb), subject=subject, sequence=sequence, time=AT,
            data=state.model_dump_json().encode(), schema=state.schema_uri(),
        )  # fmt: skip
        await self.raw(state.topic(), subject, event.data, envelope.headers(event))
        self.sequences[subject] = max(sequence, self.sequences.get(subject, 0))

    async def raw(self, topic: str, subject: UUID, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Any bytes on one of registry's topics."""
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
        active: Iterable[tuple[str, str | None]] = (("2020-01-01", None),),
        verification: Verification = Verification.TERVERIFIKASI,
        voided: bool = False,
    ) -> UUID:
        """One institution with its seat in a village, at work over these half-open spells."""
        subject = id or uuid7()
        state = Institution(
            type=InstitutionType.ARS, name=name, origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
            verification=verification, operation=Operation.AKTIF, voided=voided,
            active=[Spell(since=_day(since), until=_day(end) if end else None) for since, end in active],
            seats=[Seat(village_id=identity.region_id(seat))],
        )  # fmt: skip
        await self.publish(subject, sequence, state, "voided" if voided else "verified")
        return subject

    async def arrived(self) -> None:
        """Waits until activities has the newest sequence of everything published here."""
        await until(self._arrived, "activities has applied what was announced")

    async def _arrived(self) -> bool:
        rows = await self.house.fetch(
            "activities", "SELECT id, sequence FROM known_region UNION ALL SELECT id, sequence FROM known_institution"
        )
        found = {row["id"]: row["sequence"] for row in rows}
        return all(found.get(subject, 0) >= sequence for subject, sequence in self.sequences.items())


def _above(code: str) -> list[str]:
    """The codes above one, from the nation down."""
    parts = code.split(".")
    return [] if code == table.NATION else [table.NATION, *(".".join(parts[:n]) for n in range(1, len(parts)))]


def _day(text: str) -> date:
    return date.fromisoformat(text)
