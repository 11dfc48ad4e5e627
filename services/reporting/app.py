"""Reporting's HTTP API: a list of its routers."""

from fastapi import APIRouter, FastAPI

from services.reporting import gauges
from services.reporting.areas import KNOWN
from services.reporting.completeness import routes as completeness
from services.reporting.indicators import explanation, routes
from services.reporting.models import SCHEMA
from services.reporting.parked_events import routes as parked_events
from services.reporting.reference import routes as reference
from services.reporting.settings import Settings
from services.reporting.tags import TAGS
from shared import app
from shared.areas import Lookup
from shared.clock import Clock

ROUTERS: list[APIRouter] = [
    routes.router,
    explanation.router,
    completeness.router,
    reference.router,
    parked_events.router,
]


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """The application; settings come from the environment unless given."""
    created = app.create_app(
        settings or Settings.of_process(),
        ROUTERS,
        title="Wahana reporting",
        description="Indicators of participation, solidarity, institutionalisation and sustainability: current, explainable.",
        gauges=lambda running: gauges.refresh(running.state.engine, running.state.clock),
        areas=lambda running: Lookup(running.state.sessions, KNOWN),
        schema=SCHEMA,
        clock=clock,
    )
    created.openapi_tags = TAGS
    return created
