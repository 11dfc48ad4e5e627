"""A small application on the shared edge, for what every service has and no service is about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, ClassVar

import httpx
from fastapi import APIRouter, Body, Depends, FastAPI, Response
from pydantic import BaseModel, Field
from sqlalchemy import Column, Integer, MetaData, Table, Text, select

from shared import edge, preconditions
from shared.app import create_app
from shared.auth import Need, Principal, Right
from shared.pagination import Order, Page, PageParameters, page_of, paginate
from shared.preconditions import MERGE_PATCH, Precondition
from shared.settings import ServiceName, ServiceSettings
from shared.shown import Shown

metadata = MetaData()
village = Table("village", metadata, Column("code", Text(collation="C"), primary_key=True), Column("people", Integer))

Reader = Annotated[Principal, Depends(Need(Right.READ))]
Writer = Annotated[Principal, Depends(Need(Right.REGISTER))]
router = APIRouter(prefix="/v1", route_class=edge.Route, tags=["villages"])


class Village(BaseModel):
    """A village."""

    code: Annotated[str, Field(examples=["32.04.05.2001"])]
    people: Annotated[int, Field(ge=0, examples=[4120])]


class VillageChange(BaseModel):
    """What may be changed of a village."""

    people: Annotated[int | None, Field(examples=[4125])] = None


SHOWN = Shown(Village, village)


@router.get("/villages", summary="List villages")
async def list_villages(
    session: edge.Session, caller: Reader, page: PageParameters, least: int | None = None
) -> Page[Village]:
    """Villages of the caller's area by code."""
    statement = select(village).where(caller.within(village.c.code))
    if least is not None:
        statement = statement.where(village.c.people >= least)
    rows, following, count = await paginate(session, statement, Order([village.c.code]), page)
    return Page(items=[Village(code=row.code, people=row.people) for row in rows], next=following, count=count)


@router.get("/hamlets", summary="List hamlets")
async def list_hamlets(session: edge.Session, caller: Reader, page: PageParameters) -> Page[Village]:
    """Another list, of the same width."""
    rows, following, count = await paginate(session, select(village), Order([village.c.code]), page)
    return Page(items=[Village(code=row.code, people=row.people) for row in rows], next=following, count=count)


@router.get("/shown-villages", summary="List villages, as the database writes them", response_model=Page[Village])
async def list_shown_villages(
    driver: edge.Driver, caller: Reader, page: PageParameters, least: int | None = None
) -> Response:
    """Villages of the caller's area by code."""
    statement = select(SHOWN.item).select_from(village).where(caller.within(village.c.code))
    if least is not None:
        statement = statement.where(village.c.people >= least)
    return await page_of(driver, statement, Order([village.c.code]), page)


@router.post("/villages", summary="Add a village", status_code=201)
async def add_village(body: Village, caller: Writer) -> Village:
    """Says the village again; nothing is stored."""
    return body


@router.patch("/villages/{code}", summary="Change a village")
async def change_village(
    code: str,
    body: Annotated[VillageChange, Body(media_type=MERGE_PATCH)],
    caller: Writer,
    precondition: Precondition,
    response: Response,
) -> Village:
    """Changes version 3 of any village; nothing is stored."""
    precondition.check(3)
    preconditions.announce(response, "registry", code, 4)
    return preconditions.patched(Village(code=code, people=7), body)


@router.get("/whoami", summary="Who calls")
async def whoami(caller: Annotated[Principal, Depends(Need(Right.READ_REGIONS))]) -> dict[str, Any]:
    """The principal as the token said it."""
    return {"subject": caller.subject, "roles": sorted(caller.roles), "areas": caller.areas}


@router.get("/greeting", summary="A greeting")
async def greeting(caller: Annotated[Principal, Depends(Need(Right.OPEN))]) -> dict[str, str]:
    """Open to all."""
    return {"to": caller.subject or "anybody"}


async def _no_gauges(_: FastAPI) -> None:
    return None


class TrialSettings(ServiceSettings):
    """Settings of a service that is called registry."""

    service: ClassVar[ServiceName] = "registry"


def app(issuer: str, database: str = "postgresql://localhost:9/nowhere", routers: Any = (router,)) -> FastAPI:
    """The application, trusting an issuer's tokens."""
    settings = TrialSettings.model_validate(
        {"database_url": database, "kafka_bootstrap_servers": "localhost:9",
         "auth_issuer": issuer, "auth_jwks_url": f"{issuer}/.well-known/jwks.json"}
    )  # fmt: skip
    created = create_app(settings, routers, title="Trial", description="For tests.", gauges=_no_gauges)
    created.openapi_tags = [{"name": "villages", "description": "Villages of the trial."}]
    return created


@asynccontextmanager
async def client(application: FastAPI, token: str | None = None, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the application, with a token unless it is left out."""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://trial", headers=headers) as opened:
        yield opened
    await application.state.engine.dispose()
