"""The truth, through the public APIs alone, as anybody could judge it from outside.

What was acknowledged is read by GET at its version or a newer one, and the numbers contain it (`at_least`). The change
feeds tell each subject in the order of its sequence, without a gap. And the numbers, over periods and regions, are those
that a second, slow computation makes of the newest state of each subject in the feeds: plain sums and sets, straight from
the definitions, which share nothing with the projection but the contracts of events.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from shared.codes import ActivityKind, CodeSystem, FundingSource, ValueState, VillageReportState
from shared.events import activities, registry
from shared.events.activities import Activity, VillageReport
from shared.events.envelope import State
from shared.events.registry import CulturalValue, Institution, Region
from tests.faults.armed import LONG
from tests.faults.telling import VILLAGES
from tests.house import House
from tests.reporting import people_fold
from tests.reporting.people_fold import Told, month

CONTRACTS = {state.schema_uri(): state for state in (*registry.STATES, *activities.STATES)}
COLLECTIONS = {"person": "people", "family": "families", "community": "communities", "activity": "activities"}
"""Of nouns whose plural is not formed by an s."""
PERIODS = {"2025-Q4": (24309, 3), "2025": (24300, 12)} | ({"2025-08": (24307, 1)} if LONG else {})
"""First month, counted from year 0, and length."""
AT_ONCE = 8
MOST = 20
OWN = {FundingSource.IURAN, FundingSource.JIMPITAN, FundingSource.DONASI_WARGA}

Numbers = dict[tuple[UUID, str, str], tuple[int | None, int | None]]
"""(region, period, indicator) → numerator and denominator; None where it is not compared."""


async def told(house: House, acknowledged: Mapping[tuple[str, str], int]) -> None:
    """Asserts that what was acknowledged is there, told in order, contained in the numbers, and that those are true."""
    final: dict[UUID, State] = {}
    nouns: dict[tuple[str, str], str] = {}
    for service in ("registry", "activities"):
        for item in await feed(house, service):
            final[UUID(item["subject"])] = CONTRACTS[item["dataschema"]].model_validate(item["data"])
            nouns[service, item["subject"]] = item["type"].split(".")[1]
    await there(house, acknowledged, nouns)
    await contained(house, acknowledged)
    expected = recomputed(final)
    answered = await answers(house, final)
    wrong = {key: (answered.get(key), value) for key, value in expected.items() if _differ(answered.get(key), value)}
    assert wrong == {}, "(answered, recomputed from the feeds)"


def reader(house: House, service: str) -> httpx.AsyncClient:
    """Somebody who may read all there is, each time on a connection of its own: none that was idle for too long, and that the
    API is just closing, is met."""
    client = house.client(service, "regency-officer", "ID")
    client.headers["Connection"] = "close"
    return client


async def feed(house: House, service: str) -> list[dict[str, Any]]:
    """Every event of a service; asserts that positions rise and each subject's sequences are 1, 2, 3 …"""
    client, items, after = reader(house, service), [], 0
    while True:
        page = (await client.get("/v1/events", params={"after": after, "limit": 200})).json()
        if not page["items"]:
            break
        items += page["items"]
        after = page["next"]
    latest: dict[str, int] = {}
    for item in items:
        assert item["sequence"] == latest.get(item["subject"], 0) + 1, item
        latest[item["subject"]] = item["sequence"]
    positions = [item["position"] for item in items]
    assert positions == sorted(set(positions))
    return items


async def there(
    house: House, acknowledged: Mapping[tuple[str, str], int], nouns: Mapping[tuple[str, str], str]
) -> None:
    """Every acknowledged write is read back at its version or a newer one."""
    turns = asyncio.Semaphore(AT_ONCE)
    clients = {service: reader(house, service) for service in ("registry", "activities")}

    async def lost(service: str, id_: str, sequence: int) -> str | None:
        noun = nouns.get((service, id_), "nowhere")
        path = f"/v1/{COLLECTIONS.get(noun, f'{noun}s')}/{id_}"
        async with turns:
            answer = await clients[service].get(path)
        version = int(answer.headers.get("ETag", '"0"').strip('"')) if answer.status_code == 200 else 0
        return None if version >= sequence else f"{service}{path}@{sequence}: {answer.status_code}, version {version}"

    found = await asyncio.gather(*(lost(*key, sequence) for key, sequence in acknowledged.items()))
    assert [each for each in found if each] == []


async def contained(house: House, acknowledged: Mapping[tuple[str, str], int]) -> None:
    """The numbers say of every acknowledged version that they contain it."""
    client = reader(house, "reporting")
    positions = [f"{service}/{id_}@{sequence}" for (service, id_), sequence in acknowledged.items()]
    for start in range(0, len(positions), MOST):
        query = {"region": "ID", "period": "2025", "at_least": ",".join(positions[start : start + MOST])}
        answer = await client.get("/v1/indicators/LEM-01/values", params=query)
        assert answer.status_code == 200, answer.text


async def answers(house: House, final: Mapping[UUID, State]) -> Numbers:
    """What reporting answers about the villages of the workload and the regions above them."""
    client, found = reader(house, "reporting"), Numbers()
    for id_ in _regions(final):
        code = _code(final[id_])
        for period in PERIODS:
            profile = (await client.get(f"/v1/profiles/{code}", params={"period": period})).json()
            for item in profile["items"]:
                found[id_, period, item["indicator"]] = item["numerator"], item["denominator"]
            query = {"region": code, "period": period}
            (item,) = (await client.get("/v1/completeness", params=query)).json()["items"]
            found[id_, period, "completeness"] = item["accepted"], item["reported"]
    return found


@dataclass(frozen=True)
class Sought:
    """A region and a period: its first month, counted from year 0, and how many it has."""

    region: UUID
    first: int
    length: int

    @property
    def last_day(self) -> date:
        """Of the period."""
        return people_fold.last_day(self.first + self.length - 1)

    def holds(self, month: int) -> bool:
        """Whether a month lies in the period."""
        return self.first <= month < self.first + self.length

    def size(self, people: Mapping[tuple[Any, ...], int], measure: str) -> int:
        """How many people a set over the whole period holds, or on its last day."""
        of = {1: "month", 3: "quarter", 12: "year"}[self.length]
        key = (measure, "as_was", self.region, of, self.first)
        if measure == "members":
            key = (measure, "as_was", self.region, "month", self.first + self.length - 1)
        return sum(count for other, count in people.items() if other[:5] == key)


def recomputed(final: Mapping[UUID, State]) -> Numbers:
    """What the numbers must be."""
    told, people = Told(final), people_fold.expected(final)
    return {
        (region, period, indicator): numbers
        for region in _regions(final)
        for period, (first, length) in PERIODS.items()
        for indicator, numbers in _computed(told, people, Sought(region, first, length)).items()
    }


def _computed(
    told: Told, people: Mapping[tuple[Any, ...], int], sought: Sought
) -> dict[str, tuple[int | None, int | None]]:
    held = _held(told, sought)
    invited = [each for each in held if each.invited is not None]
    given = [each for state in held for each in state.resources]
    return {
        "LEM-01": (len(_active(told, sought)), None),
        "PRT-02": (sum(_came(each) for each in invited), sum(_total(each.invited) for each in invited)),
        "SOL-01": (sum(r.value for r in given if r.source in OWN), sum(r.value for r in given)),
        "SOL-03": (sum(each.kind is ActivityKind.GOTONG_ROYONG for each in held), None),
        "PRT-01": (sought.size(people, "participants"), None),
        "PRT-03": (sought.size(people, "active_members"), sought.size(people, "members")),
        "SOL-02": (sought.size(people, "beyond"), sought.size(people, "beneficiaries")),
        "BUD-01": (None, len(_alive(told, sought))),
        "completeness": _reports(told, sought),
    }


def _differ(answered: tuple[int | None, int | None] | None, expected: tuple[int | None, int | None]) -> bool:
    return answered is None or any(
        want is not None and want != got for want, got in zip(expected, answered, strict=True)
    )


def _code(state: State) -> str:
    """Today's code of a region."""
    assert isinstance(state, Region)
    return next(each.code for each in reversed(state.codes) if each.system is CodeSystem.KEMENDAGRI)


def _regions(final: Mapping[UUID, State]) -> list[UUID]:
    """The villages of the workload, wherever they lie by now, and the regions that any of them lay in."""
    found: dict[UUID, None] = {}
    for id_, state in final.items():
        if isinstance(state, Region) and any(code.code in VILLAGES for code in state.codes):
            found |= dict.fromkeys([id_, *(above for piece in state.lineage for above in piece.ancestors)])
    return [id_ for id_ in found if id_ in final]


def _held(told: Told, sought: Sought) -> list[Activity]:
    return [
        state for _, state in told.all(Activity)
        if state.held_until is not None and sought.holds(month(state.held_until))
        and sought.region in told.regions(state.village_id, state.held_until, "as_was")
    ]  # fmt: skip


def _total(counted: Any) -> int:
    return int(counted.total) if counted is not None else 0


def _came(state: Activity) -> int:
    return max(_total(state.attended), state.named)


def _active(told: Told, sought: Sought) -> list[UUID]:
    day = sought.last_day
    return [
        id_ for id_, _ in told.all(Institution)
        for village in told.seats_at_work(id_, day) if sought.region in told.regions(village, day, "as_was")
    ]  # fmt: skip


def _alive(told: Told, sought: Sought) -> list[UUID]:
    """Values of which the newest observation by the last day says that they live, in any of their villages."""
    found, day = [], sought.last_day
    for id_, value in told.all(CulturalValue):
        until_then = [spell.state for spell in value.states if spell.since <= day]
        inside = any(sought.region in told.regions(village, day, "as_was") for village in value.village_ids)
        if inside and until_then and until_then[-1] is not ValueState.HILANG:
            found.append(id_)
    return found


def _reports(told: Told, sought: Sought) -> tuple[int, int]:
    """Villages with a month that was accepted, and with one that was handed in."""
    accepted, handed_in = set(), set()
    for _, report in told.all(VillageReport):
        year, number = map(int, report.month.split("-"))
        at = year * 12 + number - 1
        inside = sought.region in told.regions(report.village_id, people_fold.last_day(at), "as_was")
        if sought.holds(at) and inside and report.state is not VillageReportState.DIKEMBALIKAN:
            handed_in.add(report.village_id)
            if report.state is VillageReportState.DITERIMA:
                accepted.add(report.village_id)
    return len(accepted), len(handed_in)
