"""What a batch may do: whatever a POST of these resources does, under the name of its operation.

An operation runs through the very route of the single request: its right, its schema, its rules and its answer.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.activities.activities import routes as activities
from services.activities.attendance import routes as attendance
from services.activities.benefits import routes as benefits
from services.activities.experiences import routes as experiences
from services.activities.needs import routes as needs
from services.activities.offers import routes as offers
from services.activities.programmes import routes as programmes
from services.activities.referrals import routes as referrals
from services.activities.resources import routes as resources
from services.activities.series import routes as series
from services.activities.stock_entries import routes as stock_entries
from services.activities.village_reports import routes as village_reports
from shared import edge

ROUTERS: tuple[APIRouter, ...] = (
    activities.router, attendance.router, benefits.router, referrals.router, resources.router, stock_entries.router,
    village_reports.router, programmes.drawing_up, programmes.router, series.router, needs.router, offers.router,
    experiences.router,
)  # fmt: skip
_PARAMETER = "{id}"


@dataclass(frozen=True)
class Operation:
    """An operation by the name it has in the API's document."""

    name: str
    route: edge.Route
    body: type[BaseModel]
    handle: Callable[[Request], Awaitable[Response]]
    """The route's work within a transaction: without the edge, which has done its own for the batch."""

    @property
    def about_a_record(self) -> bool:
        """Whether it is a step of a record, which `at` names."""
        return _PARAMETER in self.route.path

    def address(self, at: object) -> str:
        """Where the single request is sent."""
        return self.route.path.replace(_PARAMETER, str(at))


def _operation(route: Any) -> Operation | None:
    """The operation of a POST that changes records, on a collection or on one record; None of any other route."""
    if not isinstance(route, edge.Route) or route.methods != {"POST"} or not route.kept or route.body_field is None:
        return None
    if not set(route.param_convertors) <= {_PARAMETER.strip("{}")}:
        return None
    body = cast(type[BaseModel], route.body_field.field_info.annotation)
    return Operation(route.name, route, body, APIRoute.get_route_handler(route))


OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for router in ROUTERS
    for route in router.routes
    if (operation := _operation(route)) is not None
}
