"""Regions over HTTP: by code, up and down the tree, by name, and their history."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.registry.models import Region
from services.registry.parameters import area_code, refuse_unsearchable, region_of
from services.registry.regions import naming, queries
from services.registry.regions.schemas import RegionList, RegionOut
from services.registry.rights import RegionReader
from shared import changes, edge, preconditions
from shared.auth import NATION, below
from shared.codes import RegionLevel
from shared.pagination import Page, PageParameters, paginate

router = APIRouter(prefix="/v1/regions", tags=["regions"], route_class=edge.Route)

Code = Annotated[
    str,
    Path(
        description="Kemendagri code, dotted or not; `ID` for the nation; or the region's id, as events name it.",
        examples=["32.04.05.2001"],
    ),
]


@router.get("", summary="Search regions by name")
async def search_regions(
    session: edge.Session,
    _: RegionReader,
    page: PageParameters,
    q: Annotated[
        str | None,
        Query(
            min_length=2,
            max_length=100,
            description="Name, with its kind or without; spelling may differ. Best match first; without it, by code.",
            examples=["kab kediri"],
        ),
    ] = None,
    within: Annotated[
        str | None, Query(description="Only this region and those below it, by code.", examples=["35"])
    ] = None,
    level: Annotated[RegionLevel | None, Query(description="Only regions of this level.", examples=["regency"])] = None,
) -> Page[RegionOut]:
    """A name is no identity: `Sidomulyo` is the name of 98 villages. Choose by code among what is found."""
    statement, order = queries.regions(), queries.BY_CODE
    if q is not None:
        name = naming.asked(q)
        refuse_unsearchable(name.whole)
        like, order = queries.named(name)
        statement = statement.where(like)
    if within is not None and (area := await area_code(session, within, "within")) != NATION:
        statement = statement.where(below(Region.__table__.c.code, area))
    if level is not None:
        statement = statement.where(Region.level == level)
    rows, following, count = await paginate(session, statement, order, page)
    return Page(items=[RegionOut.model_validate(row) for row in rows], next=following, count=count)


@router.get("/{code}", summary="Read one region")
async def read_region(session: edge.Session, _: RegionReader, response: Response, code: Code) -> RegionOut:
    """By any accepted spelling of its code, or by its id."""
    region = await region_of(session, code)
    row = (await session.execute(queries.regions().where(Region.id == region.id))).one()
    preconditions.announce(response, "registry", row.id, row.sequence)
    return RegionOut.model_validate(row)


@router.get("/{code}/children", summary="Regions one level below")
async def list_region_children(
    session: edge.Session, _: RegionReader, page: PageParameters, code: Code
) -> Page[RegionOut]:
    """In the order of their codes; empty for a village."""
    region = await region_of(session, code)
    statement = queries.regions().where(Region.parent_id == region.id)
    rows, following, count = await paginate(session, statement, queries.BY_CODE, page)
    return Page(items=[RegionOut.model_validate(row) for row in rows], next=following, count=count)


@router.get("/{code}/ancestors", summary="Regions above")
async def list_region_ancestors(session: edge.Session, _: RegionReader, code: Code) -> RegionList:
    """From the nation down to the parent; empty for the nation."""
    rows = await session.execute(queries.ancestors(await region_of(session, code)))
    return RegionList(items=[RegionOut.model_validate(row) for row in rows])


@router.get("/{code}/history", summary="What happened to a region")
async def read_region_history(session: edge.Session, _: RegionReader, code: Code) -> list[changes.HistoryEntry]:
    """Every load that created or changed it, oldest first."""
    return await changes.history(session, (await region_of(session, code)).id)
