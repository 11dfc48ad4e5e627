"""Registry's HTTP API: regions and institutions, and the feed of what happened to them."""

from fastapi import APIRouter, FastAPI

import shared.app
from services.registry import feed
from services.registry.change_requests import routes as change_requests
from services.registry.institutions import routes as institutions
from services.registry.institutions import step_routes as institution_steps
from services.registry.networks import routes as networks
from services.registry.networks import step_routes as network_steps
from services.registry.regions import routes as regions
from services.registry.settings import Settings
from shared import backlog
from shared.clock import Clock

ROUTERS: list[APIRouter] = [
    # Routes are tried in this order at each request: those asked most stand first.
    institutions.router,
    regions.router,
    institution_steps.router,
    change_requests.router,
    networks.router,
    network_steps.router,
    feed.router,
]


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """The application uvicorn serves. Without arguments: settings of the environment and the machine's clock."""
    return shared.app.create_app(
        settings or Settings(),
        ROUTERS,
        title="Wahana Registry",
        description="Regions and local institutions: the system of record for what exists and where.",
        gauges=_gauges,
        clock=clock,
    )


async def _gauges(app: FastAPI) -> None:
    await backlog.observe(app.state.engine, app.state.clock.now())
