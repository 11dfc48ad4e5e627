"""The one address: passes on unchanged what is the caller's and the service's, and says so when nobody answers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from deploy.local import ports
from deploy.local.gateway import create_app
from deploy.local.settings import Settings


async def _echo(request: Request) -> Response:
    answer = {
        "path": request.scope["path"],
        "query": request.url.query,
        "base": str(request.base_url),
        "headers": dict(request.headers),
        "size": len(await request.body()),
    }
    response = JSONResponse(answer, 201, headers={"Keep-Alive": "timeout=9"})
    response.raw_headers += [(b"link", b"<a>; rel=next"), (b"link", b"<b>; rel=prev")]
    return response


class Halves:
    """A service that tells when the first half of a request is there, and waits between the halves of its answer."""

    def __init__(self) -> None:
        self.received = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, request: Request) -> Response:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            self.received.set()

        async def answer() -> AsyncIterator[bytes]:
            yield b"received "
            await self.go_on.wait()
            yield str(size).encode()

        return StreamingResponse(answer())


HALVES = Halves()
SERVICE = Starlette(
    routes=[
        Route("/halves", HALVES.__call__, methods=["POST"]),
        Route("/{x:path}", _echo, methods=["GET", "POST"]),
    ]
)


@asynccontextmanager
async def _served(app: ASGIApp, port: int, root_path: str = "") -> AsyncIterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(app, host=ports.HOST, port=port, root_path=root_path, log_level="error", proxy_headers=False)
    )
    with socket.create_server((ports.HOST, port)) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(0.01)
        try:
            yield f"http://{ports.HOST}:{port}"
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def _gateway() -> AsyncIterator[httpx.AsyncClient]:
    """The gateway before a registry that echoes and two services that do not run."""
    names = ("PORT", "REGISTRY_PORT", "ACTIVITIES_PORT", "REPORTING_PORT")
    settings = Settings({name: str(ports.free()) for name in names})
    async with (
        _served(SERVICE, settings.port("registry"), "/registry"),
        _served(create_app(settings), settings.number("PORT")) as address,
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=10) as client,
    ):
        yield client


async def test_a_request_reaches_its_service_with_the_prefix_as_root() -> None:
    async with _gateway() as client:
        answer = await client.post("/registry/institutions/a%2Fb?limit=5&x=%C3%A9", content=b"12345")
        seen = answer.json()
        assert answer.status_code == 201
        assert seen["path"] == "/registry/institutions/a/b"
        assert seen["query"] == "limit=5&x=%C3%A9"
        assert seen["base"] == f"{client.base_url}/registry/"
        assert seen["headers"]["x-forwarded-prefix"] == "/registry"
        assert seen["headers"]["x-forwarded-host"] == client.base_url.netloc.decode()
        assert seen["size"] == 5
        assert answer.headers.get_list("link") == ["<a>; rel=next", "<b>; rel=prev"]
        assert "keep-alive" not in answer.headers


async def test_headers_of_one_connection_are_not_passed_on() -> None:
    async with _gateway() as client:
        headers = {"Connection": "keep-alive, X-Secret", "X-Secret": "1", "X-Forwarded-For": "1.2.3.4", "X-Kept": "yes"}
        seen = (await client.get("/registry/x", headers=headers)).json()["headers"]
        assert "x-secret" not in seen
        assert seen["x-kept"] == "yes"
        assert seen["x-forwarded-for"] == "127.0.0.1"


async def test_bodies_stream_both_ways() -> None:
    async def request() -> AsyncIterator[bytes]:
        yield b"first "
        await asyncio.wait_for(HALVES.received.wait(), 20)  # the service has it before there is more to send
        yield b"second"

    async with _gateway() as client, client.stream("POST", "/registry/halves", content=request()) as answer:
        parts = answer.aiter_raw()
        assert await anext(parts) == b"received "
        HALVES.go_on.set()
        assert await anext(parts) == b"12"


async def test_a_service_that_does_not_run_is_a_problem_that_names_it() -> None:
    async with _gateway() as client:
        answer = await client.get("/reporting/indicators")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 503
        assert "reporting" in answer.json()["detail"]


async def test_the_landing_page_links_all_services_and_needs_nothing_from_outside() -> None:
    async with _gateway() as client:
        page = (await client.get("/")).text
        for service in ("registry", "activities", "reporting"):
            assert f'href="/{service}/docs"' in page
            assert f'href="/{service}/openapi.json"' in page
        assert "http://" not in page
        assert "https://" not in page
        assert (await client.post("/token", data={"role": "ministry", "area": "ID"})).status_code == 200
