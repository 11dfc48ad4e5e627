"""The three services as stages for the matrix of rights."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities.app import ROUTERS as ACTIVITIES
from services.registry.app import ROUTERS as REGISTRY
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.helping import Helping
from tests.activities.records import BY_EVERYBODY as KNOWN_TO_ALL
from tests.activities.records import Records
from tests.activities.world import HERE
from tests.activities.world import World as ActivityWorld
from tests.attacks.matrix import Stage
from tests.house import House
from tests.registry.institutions import VILLAGE, record, registration
from tests.registry.world import BY_EVERYBODY, Operation, World
from tests.reporting.publishing import NOON

REGION_CHANGES = frozenset(
    f"{verb}_region_change" for verb in ("propose", "read", "preview", "apply", "withdraw")
) | {"list_region_changes", "list_regions_of_change", "list_records_of_change", "read_region_change_history"}  # fmt: skip
"""Kept by the ministry, which is of every area: `tests/registry/test_region_rights.py`."""


def _outsiders(house: House, service: str, village: str, institution: Any) -> dict[str, httpx.AsyncClient]:
    """People with all rights elsewhere: far, in the next district, in the next village, and in an institution next door."""
    return {
        "an officer of another province": house.client(service, "regency-officer", "31.71", sub="luar"),
        "a province beside": house.client(service, "province-officer", "31", sub="provinsi"),
        "the district beside": house.client(service, "district-facilitator", "32.04.06", sub="tetangga"),
        "the village beside": house.client(service, "village-operator", village, sub="desa-tetangga"),
        "an institution beside": house.client(service, "institution-operator", HERE, sub="pengurus", institution=institution),
        "an operator of nothing": house.client(service, "institution-operator", HERE, sub="tanpa"),
        "a machine beside": house.client(service, "integration", "32.04.06", sub="mesin"),
        "nobody's officer": house.client(service, "regency-officer", [], sub="tanpa-wilayah"),
        "the public": house.client(service, "public", "ID", sub="umum"),
    }  # fmt: skip


def _above(house: House, service: str) -> dict[str, httpx.AsyncClient]:
    return {
        "the district": house.client(service, "district-facilitator", "32.04.05", sub="kecamatan"),
        "the regency": house.client(service, "regency-officer", "32.04", sub="kabupaten"),
        "the province": house.client(service, "province-officer", "32", sub="propinsi"),
        "the nation": house.client(service, "ministry", "ID", sub="pusat"),
    }


@asynccontextmanager
async def registry(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[Stage]:
    """Registry without its worker."""
    async with House(servers, templates, issuer, SettableClock(NOON), ("registry",), workers=()) as house:
        world = World(house)
        own = record(await world.people.operator.post("/v1/institutions", json=registration(name="Milik sendiri")), 201)
        document = record(await world.people.operator.get("/openapi.json"))

        async def add() -> None:
            await world.made()

        yield Stage(
            "registry", house, REGISTRY, _outsiders(house, "registry", "32.04.05.2002", own["id"]), _above(house, "registry"),
            VILLAGE, add, lambda: list(world._operations(document)), lambda: world.ids, frozenset(BY_EVERYBODY) | REGION_CHANGES,
        )  # fmt: skip


@asynccontextmanager
async def activities(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[Stage]:
    """Activities without its worker."""
    async with House(servers, templates, issuer, SettableClock(NOON), ("activities",), workers=()) as house:
        helping = await Helping.made(await ActivityWorld.made(house, Announcer(house, None)))
        found: list[Records] = []

        async def add() -> None:
            found.append(await Records.made(helping))

        def operations() -> list[Operation]:
            return list((found[0] if found else Records(helping)).operations())

        yield Stage(
            "activities", house, ACTIVITIES, _outsiders(house, "activities", "32.04.05.2002", helping.world.helper),
            _above(house, "activities"), HERE, add, operations, lambda: found[0].ids, frozenset(KNOWN_TO_ALL),
        )  # fmt: skip
