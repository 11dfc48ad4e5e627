"""The matrix over reporting: exact numbers, their reasons, reference data and parked events, asked by everybody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.reporting.app import ROUTERS
from services.reporting.indicators import catalogue
from shared import edge, walls
from shared.auth import RIGHTS, Right
from tests.attacks.listening import Listened, differing
from tests.attacks.matrix import routes_of, told
from tests.house import until
from tests.reporting.publishing import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
PERIOD = "2026-02"
UNHEARD_OF = uuid4()
NOWHERE = "32.04.05.3999"
"""A village's code that nobody has."""
OF_A_RECORD = {"read_population": "populations", "list_population_history": "populations",
               "read_ppks_baseline": "ppks-baselines", "list_ppks_baseline_history": "ppks-baselines",
               "read_parked_event": "parked-events", "retry_parked_event": "parked-events",
               "discard_parked_event": "parked-events"}  # fmt: skip
SAID = {"discard_parked_event": {"reason": "Salah kirim"}}
REFERENCE: dict[str, dict[str, Any]] = {
    "populations": {"region": "", "year": 2024, "people": 4120, "source": "Dukcapil, DKB II 2024"},
    "ppks-baselines": {
        "region": "",
        "year": 2026,
        "kind": "LUT",
        "unit": "perorangan",
        "count": 7,
        "source": "Dinsos 2026",
    },
}


@dataclass
class Numbers:
    """Reporting with a village whose few records nobody elsewhere may learn of, and a village beside it."""

    desk: Desk
    here: str = ""
    beside: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    def outsiders(self) -> dict[str, tuple[httpx.AsyncClient, str]]:
        """Callers who may see numbers, with the region of theirs."""
        return {
            "the village beside": (self.desk.client("village-operator", self.beside), self.beside),
            "an officer of another province": (self.desk.client("regency-officer", "94.01"), "94.01"),
            "a province beside": (self.desk.client("province-officer", "94"), "94"),
            "a machine beside": (self.desk.client("integration", self.beside), self.beside),
        }

    def about(self, region: str) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Every read about a region: operation, address, parameters."""
        asked = {"region": region, "period": PERIOD}
        for code, definition in catalogue.CURRENT.items():
            yield f"read_values {code}", f"/v1/indicators/{code}/values", asked
            yield f"explain_value {code}", f"/v1/indicators/{code}/explanation", asked
            if definition.dimensions and (by := definition.dimensions[0]):
                yield f"read_values {code} by", f"/v1/indicators/{code}/values", asked | {"by": by.value}
        yield "read_values children", "/v1/indicators/LEM-01/values", asked | {"children": "true", "count": "true"}
        yield "read_values waiting", "/v1/indicators/LEM-01/values", asked | {"at_least": f"registry/{UNHEARD_OF}@1"}
        yield "read_profile", f"/v1/profiles/{region}", {"period": PERIOD}
        yield "read_completeness", "/v1/completeness", asked | {"children": "true", "count": "true"}
        for noun in REFERENCE:
            yield f"list_{noun}", f"/v1/{noun}", {"region": region, "count": "true", "history": "true"}

    def lists(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Every list that names no region."""
        for noun in (*REFERENCE, "parked-events"):
            yield f"/v1/{noun}", {"count": "true"}

    async def answers(self) -> dict[str, Any]:
        """All that callers of elsewhere are told of their own region, and by lists."""
        found = {}
        for name, (client, own) in self.outsiders().items():
            for operation, path, parameters in self.about(own):
                if "waiting" not in operation:
                    found[f"{name}: {operation}"] = told(await client.get(path, params=parameters))
            for path, parameters in self.lists():
                found[f"{name}: {path}"] = told(await client.get(path, params=parameters))
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def numbers(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[Numbers]:
    """What outsiders are told while there is nothing, and then with a few records; the worker rests after that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walls, "Connection", Listened)
        async with Desk(servers, templates, issuer) as desk:
            made = Numbers(desk)
            village, beside = await desk.village(), await desk.village()
            made.here, made.beside = village.code, beside.code
            made.before = await made.answers()
            since = date(2020, 1, 1)
            lead, state = village.institution((since, None))
            await desk.publish(
                (lead, state), village.network(), village.value(), village.report(PERIOD),
                village.activity(date(2026, 2, 10), lead=lead, invited=9, attended=7),
            )  # fmt: skip
            officer = desk.client("regency-officer", "32.04")
            for noun, body in REFERENCE.items():
                answer = await officer.post(f"/v1/{noun}", json=body | {"region": made.here})
                assert answer.status_code == 201, answer.text
                made.ids[noun] = answer.json()["id"]
            await desk.send(uuid4(), state, 1, b"{}")
            found = await until(lambda: _parked(desk), "an event is parked")
            made.ids["parked-events"] = str(found["id"])
            await desk.house.stop_worker("reporting")
            yield made


async def _parked(desk: Desk) -> Any:
    items = (await desk.client().get("/v1/parked-events")).json()["items"]
    return items[0] if items else None


async def test_numbers_elsewhere_do_not_depend_on_what_is_here(numbers: Numbers) -> None:
    after = await numbers.answers()
    assert {
        asked: (numbers.before[asked], found) for asked, found in after.items() if found != numbers.before[asked]
    } == {}
    inside = numbers.desk.client("village-operator", numbers.here)
    answer = await inside.get("/v1/indicators/LEM-01/values", params={"region": numbers.here, "period": PERIOD})
    assert answer.json()["items"][0]["numerator"] == 1
    for noun in REFERENCE:
        listed = await inside.get(f"/v1/{noun}", params={"count": "true"})
        assert listed.json()["count"] == 1


async def _asked(client: httpx.AsyncClient, path: str, parameters: dict[str, str], own: str) -> Any:
    answer = told(await client.get(path, params=parameters), own)
    assert answer[0] in (400, 404, 202), answer
    return answer


async def _named(client: httpx.AsyncClient, method: str, path: str, id: str, body: Any) -> Any:
    answer = told(await client.request(method, path.replace("{id}", id), json=body), f"/{id}")
    assert answer[0] in (403, 404), answer
    return answer


async def test_a_region_outside_is_answered_in_every_word_as_one_that_is_not_there(numbers: Numbers) -> None:
    """Also by one of its own children, which sees no sum over its neighbours, and whatever the database is asked."""
    child = (numbers.desk.client("village-operator", numbers.here), numbers.here)
    told_apart = {}
    for name, (client, _) in (numbers.outsiders() | {"its own child": child}).items():
        for region in ("32.04.05", "32.04", "32", "ID") if name == "its own child" else (numbers.here,):
            absent = {"32.04.05": "32.04.07", "32.04": "32.77", "32": "77", "ID": "77"}.get(region, NOWHERE)
            for (operation, path, asked), (_, other, instead) in zip(
                numbers.about(region), numbers.about(absent), strict=True
            ):
                one = partial(_asked, client, path, asked, f"/{region}")
                two = partial(_asked, client, other, instead, f"/{absent}")
                if "waiting" in operation:  # how often it is looked meanwhile is the clock's to say, not the region's
                    waited = await asyncio.gather(one(), two())
                    found = None if waited[0] == waited[1] else waited
                else:
                    found = await differing(one, two)
                if found is not None:
                    told_apart[f"{name}: {operation} {region}"] = found
    assert told_apart == {}


async def test_a_record_outside_is_answered_in_every_word_as_one_that_is_not_there(numbers: Numbers) -> None:
    told_apart = {}
    routes = {route.name: route for route in routes_of(ROUTERS)}
    allowed = set()
    for operation, noun in OF_A_RECORD.items():
        route, there = routes[operation], numbers.ids[noun]
        absent = str(int(there) + 1000) if there.isdigit() else str(uuid4())
        (method,) = route.methods or {"GET"}
        clients = [client for client, _ in numbers.outsiders().values()]
        for client in (*clients, numbers.desk.client("ministry", "94")):
            asked = [partial(_named, client, method, route.path, id, SAID.get(operation)) for id in (there, absent)]
            allowed |= {operation} if (await asked[0]())[0] == 404 else set()
            if (found := await differing(*asked)) is not None:
                told_apart[operation] = found
    assert told_apart == {}
    assert allowed == set(OF_A_RECORD)


async def test_reference_data_of_elsewhere_is_neither_kept_nor_told_apart_from_none(numbers: Numbers) -> None:
    client = numbers.desk.client("regency-officer", "94.01")
    for noun, body in REFERENCE.items():
        answers = []
        for region in (numbers.here, NOWHERE):
            one = await client.post(f"/v1/{noun}", json=body | {"region": region})
            many = await client.post(f"/v1/{noun}/loads", json={"rows": [body | {"region": region}]})
            assert (one.status_code, many.json()["rejected"]) == (422, 1)
            answers.append((told(one, region), told(many, region)))
        assert answers[0] == answers[1]


async def test_every_operation_asks_for_its_right(numbers: Numbers) -> None:
    reached = {name.split(" ")[0] for name, *_ in numbers.about("ID")} | set(OF_A_RECORD)
    house = numbers.desk.house
    opened, asked = set(), []
    roles: list[Any] = [*RIGHTS, []]
    callers = {str(role): house.client("reporting", role, "ID") for role in roles}
    async with httpx.AsyncClient(base_url=house.url("reporting"), trust_env=False) as stranger:
        for route in routes_of(ROUTERS):
            (method,) = route.methods or {"GET"}
            path = route.path.format(code="LEM-01", region=numbers.here, id=str(uuid4()))
            right = edge.right_of(route)
            if right is Right.OPEN:
                opened.add(route.name)
                continue
            assert (await stranger.request(method, path, json={})).status_code == 401, route.name
            asked.append((route.name, right, method, path))
    for name, right, method, path in asked:
        for role in (*(name for name, rights in RIGHTS.items() if right not in rights), []):
            answer = await callers[str(role)].request(method, path, json={})
            assert answer.status_code == 403, (role, name)
            assert "errors" not in answer.json()
    assert opened == {"list_indicators", "read_indicator", "list_indicator_versions"}
    written = {f"{verb}_{noun}" for verb, noun in (("record", "population"), ("record", "ppks_baseline"))}
    loaded = {"load_populations", "load_ppks_baselines"}
    listed = {"list_ppks_baselines", "list_parked_events"}
    assert {route.name for route in routes_of(ROUTERS)} - opened - reached == written | loaded | listed
