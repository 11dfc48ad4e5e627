"""The one address of the local platform: the landing page, the trial token issuer, and the three services below it.

`/registry/…`, `/activities/…` and `/reporting/…` are passed on with the prefix stripped, streaming both ways.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from deploy.local import issuer
from deploy.local.settings import SERVICES, Settings

LANDING = Path(__file__).with_name("landing.html")

# RFC 9110 §7.6.1: they speak of one connection, not of the message.
HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
    *("te", "trailer", "transfer-encoding", "upgrade"),
}
TIMEOUT = httpx.Timeout(60, connect=2)
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Proxy:
    """Passes requests below `/prefix` on to `upstream`, a service started with that prefix as its root path."""

    def __init__(self, prefix: str, upstream: str, client: httpx.AsyncClient) -> None:
        self.prefix = prefix
        self.upstream = httpx.URL(upstream)
        self.client = client

    async def __call__(self, request: Request) -> Response:
        """The service's answer, or a problem when there is none."""
        raw_path: bytes = request.scope["raw_path"]
        target = raw_path.removeprefix(f"/{self.prefix}".encode()) or b"/"
        if request.url.query:
            target += b"?" + request.scope["query_string"]
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        # Not `client.build_request`: it adds headers of its own, such as an Accept-Encoding the caller never sent.
        outgoing = httpx.Request(
            request.method,
            self.upstream.copy_with(raw_path=target),
            headers=self._headers(request),
            content=request.stream() if has_body else None,
            extensions={"timeout": TIMEOUT.as_dict()},
        )
        try:
            answer = await self.client.send(outgoing, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return self._problem(
                503,
                "Layanan belum berjalan / The service is not running",
                f"Layanan {self.prefix} tidak menjawab; coba lagi sebentar lagi. / "
                f"The service {self.prefix} does not answer; try again in a moment.",
            )
        except httpx.TransportError as error:
            return self._problem(
                502,
                "Jawaban layanan terputus / The service's answer broke off",
                f"{self.prefix}: {type(error).__name__}",
            )
        response = StreamingResponse(answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = list(_end_to_end(answer.headers.raw))
        return response

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """The caller's headers, `Host` among them, so that links in answers lead back through this address."""
        forwarded = {
            "x-forwarded-for": request.client.host if request.client else "unknown",
            "x-forwarded-host": request.headers.get("host", ""),
            "x-forwarded-prefix": f"/{self.prefix}",
            "x-forwarded-proto": request.url.scheme,
        }
        kept = [(name, value) for name, value in _end_to_end(request.headers.raw) if name.decode() not in forwarded]
        return [*kept, *((name.encode(), value.encode()) for name, value in forwarded.items())]

    def _problem(self, status: int, title: str, detail: str) -> Response:
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return JSONResponse(problem, status, {"Retry-After": "2"}, media_type="application/problem+json")


def _end_to_end(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
    lowered = [(name.lower(), value) for name, value in headers]
    listed = {word.strip().lower() for name, value in lowered if name == b"connection" for word in value.split(b",")}
    return [(name, value) for name, value in lowered if name.decode() not in HOP_BY_HOP and name not in listed]


def create_app(settings: Settings | None = None) -> Starlette:
    """The gateway as an ASGI application; `settings` default to the environment's."""
    settings = settings or Settings.read()
    # uvicorn closes idle connections after 5 s: let go of them earlier, or a POST may meet a closed one.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=2)
    client = httpx.AsyncClient(limits=limits, trust_env=False)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def landing(_: Request) -> Response:
        return HTMLResponse(LANDING.read_text(encoding="utf-8"))

    tokens = issuer.Issuer(settings.address, settings.key_file, settings.audience)
    proxies = []
    for service in SERVICES:
        proxy = Proxy(service, f"http://127.0.0.1:{settings.port(service)}", client)
        proxies.append(Mount(f"/{service}", routes=[Route("/{path:path}", proxy.__call__, methods=METHODS)]))
    return Starlette(routes=[Route("/", landing), *issuer.routes(tokens), *proxies], lifespan=lifespan)
