"""Activities' HTTP API: activities from the plan to the completion, and the feed of what happened to them."""

from fastapi import APIRouter, FastAPI

import shared.app
from services.activities import feed, gauges
from services.activities.activities import reading, routes
from services.activities.areas import KNOWN
from services.activities.attendance import routes as attendance
from services.activities.audit_entries import routes as audit_entries
from services.activities.batches import routes as batches
from services.activities.benefits import reading as benefit_reading
from services.activities.benefits import routes as benefits
from services.activities.experiences import routes as experiences
from services.activities.needs import routes as needs
from services.activities.offers import routes as offers
from services.activities.programmes import routes as programmes
from services.activities.referrals import reading as referral_reading
from services.activities.referrals import routes as referrals
from services.activities.resources import routes as resources
from services.activities.series import reading as series_reading
from services.activities.series import routes as series
from services.activities.settings import Settings
from services.activities.stock_entries import routes as stock_entries
from services.activities.tags import TAGS
from services.activities.village_reports import reading as village_report_reading
from services.activities.village_reports import routes as village_reports
from shared.areas import Lookup
from shared.clock import Clock
from shared.code_lists import routes as code_lists

ROUTERS: list[APIRouter] = [
    # Routes are tried in this order at each request: those asked most stand first.
    routes.router,
    reading.router,
    benefits.router,
    benefit_reading.router,
    referrals.router,
    referral_reading.router,
    attendance.router,
    resources.router,
    stock_entries.router,
    stock_entries.balances,
    village_reports.router,
    village_report_reading.router,
    programmes.drawing_up,
    programmes.router,
    series.router,
    series_reading.router,
    needs.router,
    offers.router,
    experiences.router,
    batches.router,
    code_lists.router,
    feed.router,
    audit_entries.router,
]


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """The application uvicorn serves. Without arguments: settings of the environment and the machine's clock."""
    created = shared.app.create_app(
        settings or Settings.of_process(),
        ROUTERS,
        title="Wahana Activities",
        description="What local institutions plan and do: the system of record for activities.",
        gauges=_gauges,
        areas=lambda app: Lookup(app.state.sessions, KNOWN),
        clock=clock,
    )
    created.openapi_tags = TAGS
    return created


async def _gauges(app: FastAPI) -> None:
    await gauges.observe(app.state.engine, app.state.clock.now())
