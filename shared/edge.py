"""The edge of a request: who calls, one transaction, the idempotency key, and the commit *before* the answer leaves.

Nothing inside commits. An answer that says 201 is about something that is stored: a commit that fails is a problem, not
a lie after the fact.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar

import asyncpg
import structlog
from fastapi import Depends, Request, Response, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit, database, idempotency, nesting, synced, walls
from shared.auth import Need, Principal, Right, demand
from shared.language import Language, Text, preferred
from shared.problems import BadRequest, Fault, UnsupportedMediaType
from shared.rates import Cost, Rates
from shared.tokens import authenticate


class UnknownParameter(BadRequest):
    slug = "unknown-parameter"
    title = Text("Ada parameter yang tidak dikenal", "There is a parameter we do not know")


class Route(APIRoute):
    """A route that is one transaction. Its right is declared by a `Need` dependency; `Need(Right.OPEN)` opens it
    to all, without a session."""

    kept: ClassVar[bool] = True
    """Whether the answer to a POST is kept with its Idempotency-Key."""
    cost: ClassVar[Cost | None] = None
    """What its requests are counted as; None: reads or writes by their method."""

    async def ready(self, request: Request) -> None:
        """Waits for what a request needs before its transaction begins; nothing, unless a kind of route says so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps FastAPI's handler with the caller, the transaction and the idempotency key."""
        handle = super().get_route_handler()
        parameters = {p.alias for p in get_flat_params(self.dependant) if isinstance(p.field_info, params.Query)}
        right = right_of(self)
        transaction = _bare if any(d.call in (_driver, _hot) for d in _dependants(self.dependant)) else _mapped

        async def handler(request: Request) -> Response:
            _refuse_unknown(request, parameters)
            rates: Rates = request.app.state.rates
            if right is Right.OPEN:
                return _telling(rates.spend_open(request), await handle(request))
            request.state.principal = principal = await authenticate(request)
            cost = self.cost or (Cost.READ if request.method == "GET" else Cost.WRITE)
            request.state.left = rates.spend(cost, principal)
            with rates.under_way(principal):
                response = await answer(request, principal)
            return _telling(request.state.left, response)

        async def answer(request: Request, principal: Principal) -> Response:
            structlog.contextvars.bind_contextvars(client=principal.client)
            audit.CLIENT.set(principal.client)
            audit.REQUEST_ID.set(request.scope["request_id"])
            walls.stand(principal)
            # Before a stored answer is given again, which asks no dependency.
            demand(principal, right)
            await self.ready(request)
            # The whole body first: no transaction waits for a slow sender, and a body too large is told as such.
            if body := await request.body():
                _refuse_other_media(request)
                nesting.check(body)
            through = None
            handled = partial(_once, request, principal, handle) if self.kept else partial(handle, request)
            try:
                async with transaction(request):
                    through = await _synced_through(request) if synced.asked(request) else None
                    response = await handled()
            except database.NeedsSession:
                async with _mapped(request):
                    request.state.driver = await database.driver(request.state.session)
                    response = await handled()
            if through is not None:
                response.headers[synced.HEADER] = through
            if request.method != "GET":
                request.app.state.waker.wake()
            return _reachable(request, response)

        return handler


class ReadByPost(Route):
    """A POST that changes no record: it asks, or shows, what belongs neither into an address nor into a kept answer."""

    kept = False
    cost = Cost.LOOKUP


@asynccontextmanager
async def _mapped(request: Request) -> AsyncIterator[None]:
    """A transaction for routes that ask for a session."""
    async with request.app.state.sessions() as session, session.begin():
        request.state.session = session
        yield


@asynccontextmanager
async def _bare(request: Request) -> AsyncIterator[None]:
    """A transaction for routes that ask for the bare driver's connection."""
    async with request.app.state.pool.acquire(timeout=10) as connection, connection.transaction():
        request.state.session = None
        request.state.driver = connection
        yield


async def _once(
    request: Request, principal: Principal, handle: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    if request.method != "POST" or idempotency.HEADER not in request.headers:
        return await handle(request)
    session: AsyncSession | None = request.state.session
    driver = await database.driver(session) if session else request.state.driver
    replay = await idempotency.claim(driver, request, principal, request.app.state.clock.now())
    if replay is not None:
        return replay
    response = await handle(request)
    await idempotency.store(driver, request, principal, response)
    return response


async def _synced_through(request: Request) -> str:
    database = request.state.session or request.state.driver
    return (await synced.through(database, request.app.state.clock.now())).isoformat().replace("+00:00", "Z")


def _telling(left: dict[str, str], response: Response) -> Response:
    response.headers.update(left)
    return response


def _reachable(request: Request, response: Response) -> Response:
    """The addresses in an answer as its reader reaches them: behind the proxy's prefix (`--root-path`)."""
    prefix = request.scope.get("root_path", "")
    for name in ("location", "content-location"):
        if prefix and response.headers.get(name, "").startswith("/v1/"):
            response.headers[name] = f"{prefix}{response.headers[name]}"
    return response


def _refuse_other_media(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType(
            Text(
                "Kirim JSON dengan header Content-Type: application/json.",
                "Send JSON with the header Content-Type: application/json.",
            )
        )


def _refuse_unknown(request: Request, known: set[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise UnknownParameter(
            errors=[
                Fault(
                    "unknown-parameter",
                    Text(f"Parameter «{name}» tidak dikenal.", f"The parameter «{name}» is not known."),
                    Text(
                        f"Pakai salah satu: {', '.join(sorted(known)) or '-'}.",
                        f"Use one of: {', '.join(sorted(known)) or '-'}.",
                    ),
                    parameter=name,
                )
                for name in unknown
            ]
        )


def right_of(route: APIRoute) -> Right | None:
    """The right a route declares; None if it declares none, which `shared.app` refuses at start."""
    needs = [d.call.right for d in _dependants(route.dependant) if isinstance(d.call, Need)]
    return needs[0] if needs else None


def _dependants(dependant: Any) -> list[Any]:
    return [inner for d in dependant.dependencies for inner in (d, *_dependants(d))]


async def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _driver(request: Request) -> asyncpg.Connection:
    connection: asyncpg.Connection = request.state.driver
    return connection


@dataclass(frozen=True, slots=True)
class Work:
    """What a hot request writes with: the bare driver and, only once something raised NeedsSession, a session over it."""

    driver: asyncpg.Connection
    session: AsyncSession | None


async def _hot(request: Request) -> Work:
    return Work(request.state.driver, request.state.session)


async def _language(request: Request) -> Language:
    return preferred(request.headers.get("accept-language"))


async def _now(request: Request) -> datetime:
    instant: datetime = request.app.state.clock.now()
    return instant


Session = Annotated[AsyncSession, Depends(_session)]
"""The request's session, inside the request's transaction."""
Driver = Annotated[asyncpg.Connection, Depends(_driver)]
"""The bare driver's connection inside the request's transaction, instead of a session: for writes by the thousand."""
Hot = Annotated[Work, Depends(_hot)]
"""For writes by the thousand of which a few need a session: they begin on the bare driver, and those few again in one."""
Now = Annotated[datetime, Depends(_now)]
"""The instant of the request, aware UTC, from the process's one clock."""
Spoken = Annotated[Language, Depends(_language)]
"""The language of the caller, for warnings and for faults told inside of an answer."""
