"""Reporting's database without its API: for the projection's own tests."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.servers import Servers
from services.reporting.models import SCHEMA
from services.reporting.settings import Settings
from shared import database


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
