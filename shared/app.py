"""The application every service starts with: one line gives it the edge, problems, health, metrics and documentation."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import cast

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute

from shared import (
    bounds,
    database,
    edge,
    health,
    methods,
    process,
    restoration,
    telemetry,
    tracing,
    validation,
    waker,
    wire,
)
from shared.areas import Areas, Meanings
from shared.clock import Clock, SystemClock
from shared.language import Text, preferred
from shared.openapi import document
from shared.problems import BadRequest, NotFound, Problem, Unavailable
from shared.rates import Rates
from shared.settings import ServiceSettings
from shared.tokens import Tokens

log = structlog.get_logger(__name__)


def create_app(
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    *,
    title: str,
    description: str,
    gauges: Callable[[FastAPI], Awaitable[None]],
    areas: Callable[[FastAPI], Callable[[], Awaitable[Meanings]]] | None = None,
    schema: str | None = None,
    clock: Clock | None = None,
) -> FastAPI:
    """The service's application. `gauges` refreshes the metrics that are read from its database at each scrape; `areas`
    gives what reads the meanings of area codes in tokens.

    Raises UndeclaredRight when a route does not say which right it needs.
    """
    if clock is None:  # a process of its own: nobody else has set up its logs
        telemetry.configure(settings.service, "api")
        tracing.configure(settings.service, "api")
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        openapi_url="/openapi.json" if settings.docs_pages else None,  # without it no page of documentation either
    )
    app.state.settings = settings
    app.state.clock = clock or SystemClock()
    app.state.tokens = Tokens(settings)
    app.state.rates = Rates(settings)
    app.state.engine = database.open_engine(settings, schema=schema, limits=database.for_requests(settings))
    app.state.sessions = database.sessions(app.state.engine)
    app.state.waker = waker.Waker(settings.driver_dsn)
    app.state.gauges = gauges
    app.state.areas = Areas(areas(app) if areas else None)
    app.router.routes.extend(_routes(routers))
    _tell_errors(app)
    app.add_middleware(
        bounds.Bounded, seconds=settings.request_seconds, at_once=settings.requests_at_once, render=_problem_response
    )
    _allow_origins(app, settings)
    app.add_middleware(wire.Observed, hsts_seconds=settings.hsts_seconds)
    document.complete(app)
    return app


def _allow_origins(app: FastAPI, settings: ServiceSettings) -> None:
    """Scripts of other origins may call only where a setting names them. Tokens are no cookies: no credentials go along."""
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    if origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["GET", "POST", "PATCH"], allow_headers=wire.ASKED,
            expose_headers=wire.TOLD, max_age=600,
        )  # fmt: skip


def _tell_errors(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _render)
    app.add_exception_handler(RequestValidationError, _render_validation)
    app.add_exception_handler(HTTPException, _render_http)
    app.add_exception_handler(ClientDisconnect, _render_gone)
    app.add_exception_handler(Exception, _render_failure)
    # OSError: also the name or the address that is gone while the database's container or host starts again.
    for away in (OperationalError, InterfaceError, PoolTimeout, OSError):
        app.add_exception_handler(away, _render_database_away)
    for trouble in (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError):
        app.add_exception_handler(trouble, _render_database_error)


class UndeclaredRight(RuntimeError):
    """A route that does not declare the right it needs: refused at start (default deny)."""


_READ: dict[tuple[int, ...], list[BaseRoute]] = {}
"""The routes of routers, by which objects these are; they live as long as their routes."""


def _routes(routers: Sequence[APIRouter]) -> list[BaseRoute]:
    """The routes of a service and of every service, once for all applications of a process. FastAPI works out what they
    depend on at the first request that meets them, which would wait for it: here it is done before anybody asks."""
    which = tuple(id(router) for router in routers)
    if which not in _READ:
        _refuse_undeclared(routers)
        whole = APIRouter(generate_unique_id_function=lambda route: route.name)
        for router in (health.router, *routers):
            whole.include_router(router)
        deque(iter_route_contexts(whole.routes), maxlen=0)
        _READ[which] = whole.routes
    return _READ[which]


def _refuse_undeclared(routers: Sequence[APIRouter]) -> None:
    for route in (found.original_route for router in routers for found in iter_route_contexts(router.routes)):
        if not isinstance(route, edge.Route):
            raise UndeclaredRight(f"{getattr(route, 'path', route)} is not an edge.Route")
        if edge.right_of(route) is None:
            raise UndeclaredRight(f"{sorted(route.methods or ())} {route.path} declares no right")


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await restoration.checked(app.state.settings)
    app.state.pool = await database.open_pool(app.state.settings)
    waking = asyncio.create_task(app.state.waker.run())
    process.tune_collection()
    try:
        yield
    finally:
        await waker.cancelled(waking)
        await app.state.engine.dispose()
        await app.state.pool.close()
        await asyncio.to_thread(tracing.shut_down)


def _problem_response(request: Request, problem: Problem) -> JSONResponse:
    language = preferred(request.headers.get("accept-language"))
    document = problem.render(language, request.url.path)
    document["request_id"] = request.scope.get("request_id")
    return JSONResponse(
        document,
        problem.status,
        headers={**problem.headers, "Content-Language": language, "Vary": "Accept-Language"},
        media_type="application/problem+json",
    )


async def _render(request: Request, error: Exception) -> Response:
    problem = cast(Problem, error)
    if problem.status == 500:  # what only who runs the service can mend
        log.error("request.failed", route=wire.template_of(request.scope), exc_info=problem)
    return _problem_response(request, problem)


async def _render_validation(request: Request, error: Exception) -> Response:
    return _problem_response(request, validation.problem_of(cast(RequestValidationError, error)))


class Busy(Unavailable):
    slug = "busy"
    title = Text("Data ini sedang diubah pihak lain", "Others are changing this at the moment")


class MethodNotAllowed(BadRequest):
    status = 405
    slug = "method-not-allowed"
    title = Text("Metode ini tidak tersedia di alamat ini", "This method is not offered at this address")


async def _render_http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    if error.status_code == 404:
        return _problem_response(request, NotFound())
    if error.status_code == 405:
        return _problem_response(request, MethodNotAllowed(headers={"Allow": methods.allowed(request)}))
    # What is left is FastAPI's answer to a body that no JSON reader takes: not UTF-8, or nested without end.
    return _problem_response(request, validation.unreadable())


async def _render_gone(request: Request, _: Exception) -> Response:
    """For the measurements only: the client hung up before its body was here. No failure of ours, and nothing stored."""
    return _problem_response(request, BadRequest())


async def _render_database_away(request: Request, error: Exception) -> Response:
    if database.waited(error):
        return _problem_response(request, Busy(headers={"Retry-After": "2"}))
    log.error("database.away", error=error)
    return _problem_response(
        request,
        Unavailable(
            Text(
                "Basis data tidak menjawab. Coba lagi sebentar lagi.", "The database does not answer. Try again soon."
            ),
            headers={"Retry-After": "2"},
        ),
    )


async def _render_database_error(request: Request, error: Exception) -> Response:
    return await (_render_database_away if database.transient(error) else _render_failure)(request, error)


async def _render_failure(request: Request, error: Exception) -> Response:
    log.error("request.failed", route=wire.template_of(request.scope), exc_info=error)
    return _problem_response(request, Problem())
