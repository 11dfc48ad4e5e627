"""One address for a running house, as `make run` has it: tokens at `/token`, the three services below their names."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from deploy.local import gateway, issuer
from tests.house import SERVICES, House, until


@pytest.fixture
async def address(house: House) -> AsyncIterator[str]:
    """The address. Services know the prefix that they are reached by, as behind any reverse proxy."""
    for service, api in zip(SERVICES, house._apis, strict=True):
        api.server.config.root_path = f"/{service}"
    async with httpx.AsyncClient(trust_env=False) as client:
        mounts = [_mount(service, house.url(service), client) for service in SERVICES]
        application = Starlette(routes=[*issuer.routes(house.issuer), *mounts])
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
        server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # the test owns the signals
        task = asyncio.create_task(server.serve(sockets=[listener]))

        async def started() -> bool:
            return server.started

        await until(started, "the gateway answers")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task
        listener.close()


def _mount(service: str, upstream: str, client: httpx.AsyncClient) -> Mount:
    proxy = gateway.Proxy(service, upstream, client)
    return Mount(f"/{service}", routes=[Route("/{path:path}", proxy.__call__, methods=gateway.METHODS)])
