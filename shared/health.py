"""/livez, /readyz and /metrics. Kafka away does not make an API unready: the outbox keeps what is written."""

import asyncio
import contextlib
from collections.abc import Awaitable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import database, database_gauges, walls
from shared.problems import Problem

router = APIRouter(tags=["operations"])
metrics_router = APIRouter()
"""What a worker serves: it has no requests to be ready for."""

SOON = 5.0
"""Seconds in which a part must answer: whoever probes waits hardly longer."""


@metrics_router.get("/livez")
@router.get("/livez", summary="Is the process responsive?")
async def livez() -> dict[str, str]:
    """200 while the event loop turns. Says nothing about the database."""
    return {"status": "ok"}


@router.get("/readyz", summary="Can it serve?", responses={503: {"description": "A part that it needs is away."}})
async def readyz(request: Request) -> Response:
    """200 when the database answers and token keys are known. Kafka is not asked: writes are accepted without it."""
    parts: dict[str, str] = {}
    for name, ready in (
        ("database", database.answers(request.app.state.engine)),
        ("token_keys", request.app.state.tokens.ready()),
    ):
        try:
            await _at_once(ready)
            parts[name] = "ok"
        except (*database.TROUBLE, Problem) as error:
            parts[name] = type(error).__name__
    ready_now = all(state == "ok" for state in parts.values())
    return JSONResponse({"status": "ok" if ready_now else "unready", "parts": parts}, 200 if ready_now else 503)


async def _at_once(ready: Awaitable[None]) -> None:
    """Returns when it is; raises TimeoutError after a few seconds. What says nothing is left behind, to end by itself."""
    asked = asyncio.ensure_future(ready)
    done, _ = await asyncio.wait([asked], timeout=SOON)
    if not done:
        asked.add_done_callback(lambda late: late.cancelled() or late.exception())
        asked.cancel()
        raise TimeoutError
    asked.result()


@metrics_router.get("/metrics")
@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Metrics of the process, and the lag, parked events and outbox age read from the database at this moment."""
    # The process's own metrics are worth having while the database is away.
    with contextlib.suppress(*database.TROUBLE), walls.open_to_all():  # counted for nobody
        await request.app.state.gauges(request.app)
    if (driver := getattr(request.app.state, "pool", None)) is not None:  # an API's; a worker has none
        database_gauges.observe_pools(request.app.state.engine, driver)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
