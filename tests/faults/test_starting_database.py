"""PostgreSQL that accepts connections and says that it is starting up: not a bug, but a moment to wait."""

import asyncio
import struct
from collections.abc import AsyncIterator

import pytest

from deploy.local.issuer import Issuer
from services.registry import app as registry_app
from services.registry.settings import Settings
from tests.faults.armed import Open, logged
from tests.house import KEYS
from tests.shared import trial


async def starting_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers as PostgreSQL does while it recovers: no TLS, then FATAL 57P03."""
    length, code = struct.unpack("!ii", await reader.readexactly(8))
    if code == 80877103:  # SSLRequest
        writer.write(b"N")
        length, _ = struct.unpack("!ii", await reader.readexactly(8))
    await reader.readexactly(length - 8)
    fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    writer.write(b"E" + struct.pack("!i", 4 + len(fields)) + fields)
    await writer.drain()
    writer.close()


@pytest.fixture
async def starting_database() -> AsyncIterator[str]:
    """The address of a database that is starting up for ever."""
    server = await asyncio.start_server(starting_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"postgresql://wahana:x@127.0.0.1:{port}/wahana_registry"
    server.close()
    await server.wait_closed()


NAMELESS = "postgresql://wahana:x@postgres.invalid:5432/wahana_registry"
"""An address whose name leads nowhere, as that of a container or host that is just being restarted."""


@pytest.mark.parametrize("nameless", [False, True], ids=["starting", "nameless"])
async def test_an_api_tells_that_its_database_does_not_answer_yet(
    starting_database: str, nameless: bool, issuer: Issuer
) -> None:
    settings = Settings.model_validate(
        {"REGISTRY_DATABASE_URL": NAMELESS if nameless else starting_database, "kafka_bootstrap_servers": "127.0.0.1:9",
         "auth_issuer": issuer.url, "auth_jwks_url": f"{issuer.url}/.well-known/jwks.json", **KEYS}
    )  # fmt: skip
    async with trial.client(registry_app.create_app(settings), issuer.mint("ministry", "ID")) as client:
        answer = await client.get("/v1/institutions")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2"), answer.text
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.json()["parts"]["token_keys"]) == (503, "ok")
        assert (await client.get("/metrics")).status_code == 200


async def test_a_worker_starts_anew_until_its_database_answers(starting_database: str, opened: Open) -> None:
    house, _ = await opened()
    worker = await house.start_process("reporting", REPORTING_DATABASE_URL=starting_database)
    await logged(worker, "worker.starts_anew")
    assert worker.is_alive
