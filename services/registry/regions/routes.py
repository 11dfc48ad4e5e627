"""Regions over HTTP: by code, up and down the tree, by name, and their history."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.registry.models import Region
from services.registry.parameters import area_code, refuse_unsearchable, region_of, resolved
from services.registry.regions import answers, naming, queries
from services.registry.regions.coded import coded
from services.registry.regions.schemas import RegionDetail, RegionList, RegionOut
from services.registry.rights import RegionReader
from shared import changes, edge, preconditions
from shared.auth import NATION, below
from shared.codes import CodeSystem, RegionLevel
from shared.fields import Day
from shared.pagination import Page, PageParameters, paginate

router = APIRouter(prefix="/v1/regions", tags=["regions"], route_class=edge.Route)

Code = Annotated[
    str,
    Path(
        description="Kemendagri code, dotted or not, of today or ended; `ID` for the nation; or the region's id, as "
        "events name it.",
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
    code: Annotated[
        str | None,
        Query(
            max_length=40,
            description="Only the region of this code. A number without dots needs `system`: the same digits mean "
            "different places. BPS codes are known for regencies and provinces outside Papua.",
            examples=["3171"],
        ),
    ] = None,
    system: Annotated[CodeSystem | None, Query(description="Who gave `code`.", examples=["bps"])] = None,
    on: Annotated[
        Day | None,
        Query(description="Day on which the region had `code`; today if not given.", examples=["2021-06-30"]),
    ] = None,
    ended: Annotated[bool, Query(description="Also regions that exist no longer.")] = False,
) -> Page[RegionOut]:
    """A name is no identity: `Sidomulyo` is the name of 98 villages. Choose by code among what is found."""
    statement, order = queries.regions(), queries.BY_CODE
    if code is not None:
        statement = statement.where(Region.id == (await coded(session, code, system, on)).id)
    elif not ended:
        statement = statement.where(Region.until.is_(None))
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
async def read_region(
    session: edge.Session,
    _: RegionReader,
    spoken: edge.Spoken,
    response: Response,
    code: Code,
    on: Annotated[
        Day | None,
        Query(description="Day on which it had this code; today if not given.", examples=["2021-06-30"]),
    ] = None,
) -> RegionDetail:
    """With all that is known of it over time. A code that has ended means the region that had it last: `note` names
    its code of today. A code that was given to another region is decided by `on`."""
    answer, sequence = await answers.detail(session, await resolved(session, code, on=on), code.strip(), on, spoken)
    preconditions.announce(response, "registry", answer.id, sequence)
    return answer


@router.get("/{code}/children", summary="Regions one level below")
async def list_region_children(
    session: edge.Session, _: RegionReader, page: PageParameters, code: Code
) -> Page[RegionOut]:
    """In the order of their codes; empty for a village."""
    region = await region_of(session, code)
    statement = queries.regions().where(Region.parent_id == region.id, Region.until.is_(None))
    rows, following, count = await paginate(session, statement, queries.BY_CODE, page)
    return Page(items=[RegionOut.model_validate(row) for row in rows], next=following, count=count)


@router.get("/{code}/ancestors", summary="Regions above")
async def list_region_ancestors(session: edge.Session, _: RegionReader, code: Code) -> RegionList:
    """From the nation down to the parent; empty for the nation."""
    rows = await session.execute(queries.ancestors(await region_of(session, code)))
    return RegionList(items=[RegionOut.model_validate(row) for row in rows])


@router.get("/{code}/history", summary="What happened to a region")
async def read_region_history(session: edge.Session, _: RegionReader, code: Code) -> list[changes.HistoryEntry]:
    """Every load and region change that created or changed it, oldest first."""
    return await changes.history(session, (await region_of(session, code)).id)
