"""Registry's HTTP API: regions and institutions, and the feed of what happened to them."""

from fastapi import APIRouter, FastAPI

import shared.app
from services.registry import feed
from services.registry.assessments import routes as assessments
from services.registry.audit_entries import routes as audit_entries
from services.registry.change_requests import routes as change_requests
from services.registry.communities import member_routes as community_members
from services.registry.communities import routes as communities
from services.registry.cultural_values import routes as cultural_values
from services.registry.documents import routes as documents
from services.registry.facilities import routes as facilities
from services.registry.families import reading_routes as families_reading
from services.registry.families import routes as families
from services.registry.institutions import routes as institutions
from services.registry.institutions import step_routes as institution_steps
from services.registry.memberships import routes as memberships
from services.registry.network_delegates import routes as network_delegates
from services.registry.network_funds import routes as network_funds
from services.registry.network_memberships import routes as network_memberships
from services.registry.network_officers import routes as network_officers
from services.registry.network_work_plans import routes as network_work_plans
from services.registry.networks import routes as networks
from services.registry.networks import step_routes as network_steps
from services.registry.officers import routes as officers
from services.registry.partners import routes as partners
from services.registry.partnerships import routes as partnerships
from services.registry.people import key_ages
from services.registry.people import reading_routes as people_reading
from services.registry.people import routes as people
from services.registry.people import step_routes as people_steps
from services.registry.region_changes import routes as region_changes
from services.registry.regions import routes as regions
from services.registry.regions.areas import KNOWN
from services.registry.settings import KeyedSettings, Settings
from services.registry.tags import TAGS
from services.registry.type_fields import routes as type_fields
from services.registry.work_queue import routes as work_queue
from shared import backlog
from shared.areas import Lookup
from shared.clock import Clock
from shared.code_lists import routes as code_lists

ROUTERS: list[APIRouter] = [
    # Routes are tried in this order at each request: those asked most stand first.
    institutions.router,
    regions.router,
    institution_steps.router,
    change_requests.router,
    memberships.router,
    officers.router,
    networks.router,
    network_steps.router,
    network_memberships.router,
    network_delegates.router,
    network_officers.router,
    network_funds.router,
    network_work_plans.router,
    partners.router,
    partnerships.router,
    cultural_values.router,
    code_lists.router,
    people.router,
    people_reading.router,
    people_steps.router,
    families.router,
    families_reading.router,
    communities.router,
    community_members.router,
    documents.router,
    facilities.router,
    assessments.router,
    assessments.instruments_router,
    type_fields.router,
    region_changes.router,
    feed.router,
    audit_entries.router,
    work_queue.router,
]


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    """The application uvicorn serves. Without arguments: settings of the environment, which must hold the keys over
    people, and the machine's clock."""
    created = shared.app.create_app(
        settings or KeyedSettings.of_process(),
        ROUTERS,
        title="Wahana Registry",
        description="Regions and local institutions: the system of record for what exists and where.",
        gauges=_gauges,
        areas=lambda app: Lookup(app.state.sessions, KNOWN),
        clock=clock,
    )
    created.openapi_tags = TAGS
    return created


async def _gauges(app: FastAPI) -> None:
    key_ages.observe(app.state.settings.keyring)
    await backlog.observe(app.state.engine, app.state.clock.now())
