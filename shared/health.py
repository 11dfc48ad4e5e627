"""/livez, /readyz and /metrics. Kafka away does not make an API unready: the outbox keeps what is written."""

import contextlib

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import database
from shared.problems import Problem

router = APIRouter(tags=["operations"])
metrics_router = APIRouter()
"""What a worker serves: it has no requests to be ready for."""


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
            await ready
            parts[name] = "ok"
        except (*database.TROUBLE, Problem) as error:
            parts[name] = type(error).__name__
    ready_now = all(state == "ok" for state in parts.values())
    return JSONResponse({"status": "ok" if ready_now else "unready", "parts": parts}, 200 if ready_now else 503)


@metrics_router.get("/metrics")
@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Metrics of the process, and the lag, parked events and outbox age read from the database at this moment."""
    # The process's own metrics are worth having while the database is away.
    with contextlib.suppress(*database.TROUBLE):
        await request.app.state.gauges(request.app)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
