"""HTTP of batches: what was captured offline, sent in one request."""

from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import DBAPIError

from services.activities.batches import running
from services.activities.batches.schemas import BatchIn, BatchOut
from services.activities.known import arrival
from services.activities.rights import Reader
from shared import edge
from shared.openapi.document import NO_RECORD
from shared.rates import Cost

log = structlog.get_logger(__name__)
ATTEMPTS = 3
_IN_A_CIRCLE = "40P01"


class Route(arrival.Route):
    """A route that begins anew, alone, when PostgreSQL ended its transaction because two waited for each other."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the edge's handler with the attempts."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            for left in reversed(range(ATTEMPTS)):
                request.state.alone = left < ATTEMPTS - 1
                try:
                    return await handle(request)
                except (DBAPIError, asyncpg.DeadlockDetectedError) as error:
                    if not left or not _waited_in_a_circle(error):
                        raise
                    log.warning("batch.begins_anew", left=left)
            raise AssertionError("the last attempt returns or raises")

        return handler


def _waited_in_a_circle(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) == _IN_A_CIRCLE


router = APIRouter(
    prefix="/v1/batches", tags=["batches"], route_class=Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", summary="Send operations that were captured offline", responses={200: NO_RECORD})
async def send_batch(
    request: Request, session: edge.Session, now: edge.Now, principal: Reader, body: BatchIn
) -> BatchOut:
    """Up to 500, done in their order, each with the rights, rules and problems of its single request. A refused one leaves
    nothing and the others stay. Sent again, also in another batch, an operation is known by its `client_id` and answered
    with its first result for 30 days; a refused one may be sent anew under the same id.

    If the request itself fails, nothing of it was stored: send it again."""
    if more := len(body.operations) - 1:  # the request itself is counted as one
        request.state.left = request.app.state.rates.spend(Cost.WRITE, principal, more)
    return await running.run(request, session, body, principal, now, alone=request.state.alone)
