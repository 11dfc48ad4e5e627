"""Reporting alone, and a hand on the topics in front of it: contract-valid events straight into the real Kafka.

Quicker than two more services, where their HTTP is not the point. Each test takes villages of its own, so that one house
serves a whole file of tests.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import httpx
import orjson

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared import kafka
from shared.clock import SettableClock
from shared.codes import (
    ActivityKind,
    ActivityStatus,
    CodeSystem,
    InstitutionType,
    LegalStatus,
    NetworkStatus,
    Operation,
    Origin,
    RegionKind,
    RegionLevel,
    Role,
    ValueKind,
    ValueState,
    Verification,
    VillageReportState,
)
from shared.events.activities import Activity, Headcount, PlanVersion, VillageReport
from shared.events.envelope import Event, Spell, State, headers
from shared.events.registry import (
    CulturalValue,
    Institution,
    Legalisation,
    Lineage,
    Network,
    Region,
    RegionCode,
    Seat,
    Term,
    Territory,
    ValueSpell,
)
from tests.house import House, until

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
LEVELS = {0: RegionLevel.NATION, 1: RegionLevel.PROVINCE, 2: RegionLevel.REGENCY, 3: RegionLevel.DISTRICT}
KINDS = {0: RegionKind.NEGARA, 1: RegionKind.PROVINSI, 2: RegionKind.KABUPATEN, 3: RegionKind.KECAMATAN}
PLACES = {"32": "Asia/Jakarta", "94": "Asia/Jayapura"}
"""Provinces of the desk, with one regency and one district each, and their time zones."""


class Desk:
    """A reporting service with regions `32.04.05` and `94.01.01` and their ancestors, and as many villages as wanted."""

    def __init__(self, servers: Servers, templates: dict[str, str], issuer: Issuer) -> None:
        self.clock = SettableClock(NOON)
        self.house = House(servers, templates, issuer, self.clock, ("reporting",))
        self._producer = kafka.producer(self.house.settings("reporting"))
        self._stack = AsyncExitStack()
        self._sequences: dict[UUID, int] = {}
        self._ids: dict[str, UUID] = {}
        self._clients: dict[tuple[str, str], httpx.AsyncClient] = {}
        self._villages = 0

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.house)
        await self._producer.start()
        self._stack.push_async_callback(self._producer.stop)
        regions = [self.region("ID", "Asia/Jakarta")]
        for province, zone in PLACES.items():
            district = "04.05" if province == "32" else "01.01"
            codes = [province, f"{province}.{district[:2]}", f"{province}.{district}"]
            regions += [self.region(code, zone) for code in codes]
        await self.publish(*regions)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def publish(self, *events: tuple[UUID, State]) -> None:
        """Publishes each state as the next event of its subject, and waits until reporting has applied them all."""
        for subject, state in events:
            self._sequences[subject] = self._sequences.get(subject, 0) + 1
            await self.send(subject, state, self._sequences[subject])
        wanted = {subject: self._sequences[subject] for subject, _ in events}
        await until(lambda: self._applied(wanted), "reporting has applied what was published")

    async def send(self, subject: UUID, state: State, sequence: int, value: bytes | None = None) -> None:
        """Publishes one event without waiting for reporting; `value` replaces its data."""
        event = Event(
            id=uuid4(), type=state.event_type(state.FACTS[0]), subject=subject, sequence=sequence,
            time=self.clock.now(), data=value or state.model_dump_json().encode(), schema=state.schema_uri(),
        )  # fmt: skip
        topic = kafka.full_name(self.house.settings("reporting"), state.topic())
        await self._producer.send_and_wait(topic, event.data, key=str(subject).encode(), headers=headers(event))

    async def tell_age(self, through: datetime) -> None:
        """Sends the watermarks of both sources, as their relays do when everything up to an instant is published."""
        settings = self.house.settings("reporting")
        ends: dict[str, dict[str, int]] = {}
        for (topic, partition), end in (await self.house.ends()).items():
            ends.setdefault(topic, {})[str(partition)] = end
        for source in ("registry", "activities"):
            own = {topic: places for topic, places in ends.items() if f".{source}." in topic}
            mark = orjson.dumps({"through": through.isoformat(), "next_offsets": own})
            await self._producer.send_and_wait(kafka.full_name(settings, kafka.watermark_topic(source)), mark)

    async def _applied(self, wanted: dict[UUID, int]) -> bool:
        rows = await self.house.fetch(
            "reporting",
            "SELECT subject_id, sequence FROM dossier WHERE subject_id = ANY($1)"
            " UNION ALL SELECT id, sequence FROM region WHERE id = ANY($1)"
            " UNION ALL SELECT id, sequence FROM owner WHERE id = ANY($1)"
            " UNION ALL SELECT id, sequence FROM sheet WHERE id = ANY($1)"
            " UNION ALL SELECT id, sequence FROM membership WHERE id = ANY($1)"
            " UNION ALL SELECT id, sequence FROM benefit WHERE id = ANY($1)"
            " UNION ALL SELECT id, sequence FROM network_place WHERE id = ANY($1)",
            list(wanted),
        )
        found = {row["subject_id"]: row["sequence"] for row in rows}
        return all(found.get(subject, 0) >= sequence for subject, sequence in wanted.items())

    def client(self, role: str = "ministry", area: str = "ID") -> httpx.AsyncClient:
        """A client of reporting's API with a token of that role in that area; the same one each time."""
        if (role, area) not in self._clients:
            self._clients[role, area] = self.house.client("reporting", role, area)
        return self._clients[role, area]

    async def get(self, path: str, /, **parameters: Any) -> Any:
        """The answer to a GET by the ministry; it must be 200."""
        answer = await self.client().get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def value(self, indicator: str, region: str, period: str, **parameters: Any) -> dict[str, Any]:
        """The one value of an indicator in a region and period."""
        answer = await self.get(f"/v1/indicators/{indicator}/values", region=region, period=period, **parameters)
        (item,) = answer["items"]
        found: dict[str, Any] = item
        return found

    async def ratio(self, indicator: str, region: str, period: str, **parameters: Any) -> tuple[int, int]:
        """Numerator and denominator of that value."""
        item = await self.value(indicator, region, period, **parameters)
        return item["numerator"], item["denominator"]

    async def village(self, district: str = "32.04.05", **state: Any) -> "Village":
        """A new village."""
        self._villages += 1
        code = f"{district}.2{self._villages:03}"
        subject, state_ = self.region(code, PLACES[code[:2]])
        await self.publish((subject, state_.model_copy(update=state)))
        return Village(subject, code)

    def ancestors(self, code: str) -> list[UUID]:
        """The ids of a code's ancestors, from the nation down."""
        if code == "ID":
            return []
        parts = code.split(".")
        return [self._id("ID"), *(self._id(".".join(parts[:length])) for length in range(1, len(parts)))]

    def _id(self, code: str) -> UUID:
        return self._ids.setdefault(code, uuid4())

    def region(self, code: str, zone: str) -> tuple[UUID, Region]:
        """A region's id and its state under today's ancestors."""
        depth = len(self.ancestors(code))
        return self._id(code), Region(
            level=LEVELS.get(depth, RegionLevel.VILLAGE), kind=KINDS.get(depth, RegionKind.DESA), name=f"Wilayah {code}",
            time_zone=zone, codes=[RegionCode(system=CodeSystem.KEMENDAGRI, code=code)],
            lineage=[Lineage(ancestors=self.ancestors(code))],
        )  # fmt: skip


class Village:
    """A village of the desk: what lies in it."""

    def __init__(self, subject: UUID, code: str) -> None:
        self.id = subject
        self.code = code

    def institution(
        self,
        *active: tuple[date, date | None],
        type: InstitutionType = InstitutionType.ARS,
        verification: Verification = Verification.TERVERIFIKASI,
        **state: Any,
    ) -> tuple[UUID, Institution]:
        """An institution with its seat here, at work over these spells."""
        spells = [Spell(since=since, until=until_) for since, until_ in active]
        institution = Institution(
            type=type, name="Arisan Melati", origin=Origin.TUMBUH, legal_status=LegalStatus.TIDAK_BERBADAN_HUKUM,
            verification=verification, operation=Operation.AKTIF, active=spells, seats=[Seat(village_id=self.id)],
        )  # fmt: skip
        return uuid4(), institution.model_copy(update=state)

    def network(self, **state: Any) -> tuple[UUID, Network]:
        """A network that has covered this village, and no other, since 2020."""
        since = date(2020, 1, 1)
        network = Network(
            name="WKSBM Karangasem", status=NetworkStatus.AKTIF, territory=[Territory(village_id=self.id)],
            active=[Spell(since=since)], legalisations=[Legalisation(number="140/7", since=since)],
            management=[Term(role=Role.KETUA, since=since), Term(role=Role.SEKRETARIS, since=since)],
        )  # fmt: skip
        return uuid4(), network.model_copy(update=state)

    def value(self, since: date = date(2020, 1, 1), *others: "Village", **state: Any) -> tuple[UUID, CulturalValue]:
        """A cultural value of this village, and of others, that has been practised since a day."""
        value = CulturalValue(
            name="Rewang", kind=ValueKind.TRADISI, village_ids=[self.id, *(other.id for other in others)],
            states=[ValueSpell(state=ValueState.DIJALANKAN, since=since)],
        )  # fmt: skip
        return uuid4(), value.model_copy(update=state)

    def report(self, month: str, **state: Any) -> tuple[UUID, VillageReport]:
        """An accepted report of a month in which nothing was held, handed in on the day it was due."""
        year, number = map(int, month.split("-"))
        due = date(year + number // 12, number % 12 + 1, 10)
        report = VillageReport(
            village_id=self.id, month=month, state=VillageReportState.DITERIMA, nihil=True, completed=0, submitted_on=due,
            due_on=due, first_submitted_on=due, decided_on=due,
        )  # fmt: skip
        return uuid4(), report.model_copy(update=state)

    def activity(
        self,
        held_until: date | None = None,
        *,
        lead: UUID | None = None,
        kind: ActivityKind = ActivityKind.MUSYAWARAH,
        plan: Sequence[tuple[date, date]] = (),
        invited: int | None = None,
        attended: int | None = None,
        **state: Any,
    ) -> tuple[UUID, Activity]:
        """An activity held here, completed on `held_until` or only planned; `plan` is (day, recorded on), oldest first."""
        activity = Activity(
            title="Kerja bakti", kind=kind, village_id=self.id, lead_institution_id=lead or uuid4(),
            plan=[PlanVersion(planned_from=day, planned_until=day, recorded_on=recorded) for day, recorded in plan],
            status=ActivityStatus.SELESAI if held_until else ActivityStatus.DIRENCANAKAN,
            held_from=held_until, held_until=held_until,
            invited=None if invited is None else Headcount(total=invited),
            attended=None if attended is None else Headcount(total=attended),
        )  # fmt: skip
        return uuid4(), activity.model_copy(update=state)
