"""Further fields of institution types over HTTP: versions of a JSON Schema, read by all and set by administrators."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import select

from services.registry.rights import Administrator, Reader
from services.registry.type_fields import service
from services.registry.type_fields.models import TypeFields
from services.registry.type_fields.schemas import TypeFieldsIn, TypeFieldsOut
from shared import edge
from shared.codes import InstitutionType
from shared.pagination import Order, Page, PageParameters, paginate
from shared.preconditions import Precondition, etag
from shared.problems import NotFound

router = APIRouter(prefix="/v1/institution-types/{type}/fields", tags=["further fields"], route_class=edge.Route)
Type = Annotated[InstitutionType, Path(description="Type of institution.", examples=["KUBE"])]
columns = TypeFields.__table__.c


@router.post("", status_code=201, summary="Set the further fields of a type")
async def set_institution_type_fields(
    session: edge.Session, principal: Administrator, now: edge.Now, precondition: Precondition, response: Response,
    type: Type, body: TypeFieldsIn,
) -> TypeFieldsOut:  # fmt: skip
    """Makes the schema the next version: new records are held against it, stored ones stay as they are.

    `If-Match` names the newest version that you read, `"0"` if there is none yet.
    """
    fields = await service.set_fields(session, type, body, by=principal, precondition=precondition, now=now)
    response.headers["Location"] = f"/v1/institution-types/{type}/fields/{fields.version}"
    response.headers["ETag"] = etag(fields.version)
    return _answer(fields)


@router.get("", summary="List the versions of a type's further fields")
async def list_institution_type_fields(
    session: edge.Session, principal: Reader, page: PageParameters, response: Response, type: Type  # noqa: ARG001  # its right
) -> Page[TypeFieldsOut]:  # fmt: skip
    """Newest first: by the first one new records are written. Its version is the ETag."""
    newest = await session.scalar(select(columns.version).where(columns.type == type).order_by(columns.version.desc()))
    statement = select(*columns).where(columns.type == type)
    rows, following, count = await paginate(session, statement, Order([columns.version], descending=True), page)
    response.headers["ETag"] = etag(newest or 0)
    return Page(items=[_answer(row) for row in rows], next=following, count=count)


@router.get("/{version}", summary="Read a version of a type's further fields")
async def read_institution_type_fields(
    session: edge.Session, principal: Reader, type: Type,  # noqa: ARG001  # its right
    version: Annotated[int, Path(ge=1, le=2**31 - 1, description="As a record's `extra_version`.", examples=[1])],
) -> TypeFieldsOut:  # fmt: skip
    """Every version stays readable: the record's own `extra_version` says what its fields mean."""
    fields = await session.get(TypeFields, (type, version))
    if fields is None:
        raise NotFound
    return _answer(fields)


def _answer(row: TypeFields) -> TypeFieldsOut:
    return TypeFieldsOut(
        type=row.type, version=row.version, json_schema=row.schema, set_at=row.set_at, set_by=row.set_by
    )
