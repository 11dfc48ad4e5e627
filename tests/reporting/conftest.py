"""Reporting's database without its API: for the projection's own tests."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.reporting.models import SCHEMA
from services.reporting.settings import Settings
from shared import database
from tests.reporting.publishing import NOON, Desk


@pytest.fixture
async def reporting_settings(servers: Servers, templates: dict[str, str]) -> AsyncIterator[Settings]:
    """Settings of a reporting database of its own."""
    name = f"reporting_{uuid4().hex[:12]}"
    servers.postgres.create_database(name, templates["reporting"])
    yield Settings.model_validate(
        {"REPORTING_DATABASE_URL": servers.dsn(name), "kafka_bootstrap_servers": servers.bootstrap,
         "auth_issuer": "http://127.0.0.1", "auth_jwks_url": "http://127.0.0.1"}
    )  # fmt: skip
    servers.postgres.drop_database(name)


@pytest.fixture
async def engine(reporting_settings: Settings) -> AsyncIterator[AsyncEngine]:
    """An engine over the live tables of that database."""
    engine = database.open_engine(reporting_settings, schema=SCHEMA)
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running_desk(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[Desk]:
    """Reporting alone with events put into its topics by hand; one for a file of tests."""
    async with Desk(servers, templates, issuer) as running:
        yield running


@pytest.fixture
def desk(running_desk: Desk) -> Desk:
    """The file's desk with its clock at noon UTC on 15 March 2026. Tests need `loop_scope="module"`."""
    running_desk.clock.instant = NOON
    return running_desk
