"""Template databases: migrated once, copied for each test. Registry's holds a few whole branches of the region tree."""

import asyncio
from collections.abc import Sequence

from deploy.local.servers import Servers
from services.registry.regions import loading, table
from services.registry.settings import Settings as RegistrySettings
from shared import database, migrations
from shared.clock import SystemClock
from shared.migrations import roles
from tests import house

DISTRICTS = ("32.04.05", "32.04.06", "31.71.01", "35.06.01", "94.01.01", "51.08.06")
"""Loaded with their villages and ancestors: two neighbours in one regency, other provinces, all three time zones."""
EARLIER = ("91",)
"""Loaded by itself: the province to which 94.01 belonged as 91.04 until November 2022."""


def build(servers: Servers, services: Sequence[str] = house.SERVICES) -> dict[str, str]:
    """Creates and migrates one template per service; returns their names."""
    return asyncio.run(_build(servers, services))


async def _build(servers: Servers, services: Sequence[str]) -> dict[str, str]:
    names = {}
    for service in services:
        names[service] = name = f"template_{service}"
        servers.postgres.create_database(name)
        for role in roles.pair(f"wahana_{service}"):
            servers.postgres.create_role(role)
        settings = house.SETTINGS[service].model_validate(
            {**house.database(servers.postgres, service, name), "kafka_bootstrap_servers": servers.bootstrap,
             "auth_issuer": "http://127.0.0.1", "auth_jwks_url": "http://127.0.0.1"}
        )  # fmt: skip
        await asyncio.to_thread(migrations.upgrade, settings)
        if isinstance(settings, RegistrySettings):
            await _load_regions(settings)
    return names


async def _load_regions(settings: RegistrySettings) -> None:
    engine = database.open_engine(settings)
    async with database.transaction(database.sessions(engine)) as session:
        await loading.load(session, [row for row in table.read() if _wanted(row.code)], SystemClock().now())
    await engine.dispose()


def _wanted(code: str) -> bool:
    return code in (table.NATION, *EARLIER) or any(code.startswith(d) or d.startswith(f"{code}.") for d in DISTRICTS)
