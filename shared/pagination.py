"""Keyset lists: a cursor names the last row seen, so pages never overlap or lose rows while data change."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import orjson
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import statements
from shared.language import Text
from shared.problems import BadRequest, Fault

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """The name of a page in the API's document: `InstitutionPage`."""
        return f"{params[0].__name__.removesuffix('Out')}Page"

    items: list[Item]
    next: Annotated[
        str | None, Field(description="Cursor of the next page; null on the last one.", examples=["WyI4ZjQ"])
    ] = None
    count: Annotated[
        int | None, Field(description="All rows under these filters; only if `count=true` was asked.", examples=[128])
    ] = None


class CursorNotOfThisList(BadRequest):
    slug = "cursor-not-of-this-list"
    title = Text("Kursor bukan milik daftar ini", "The cursor does not belong to this list")


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The paging part of a list's query."""

    limit: int
    cursor: str | None
    count: bool
    fingerprint: str
    """Of the address and filters: a cursor is only good for the list it came from."""
    request: Request
    response: Response


async def _page_query(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200, description="Rows per page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next` of the page before.")] = None,
    count: Annotated[bool, Query(description="Also count all rows under these filters.")] = False,
) -> PageQuery:
    filters = sorted((k, v) for k, v in request.query_params.multi_items() if k not in ("limit", "cursor", "count"))
    fingerprint = hashlib.sha256(orjson.dumps([request.url.path, filters])).hexdigest()[:12]
    return PageQuery(limit, cursor, count, fingerprint, request, response)


PageParameters = Annotated[PageQuery, Depends(_page_query)]


@dataclass(frozen=True, slots=True)
class Order:
    """A list's order: unique column last, all in one direction."""

    columns: Sequence[ColumnElement[Any]]
    descending: bool = False


async def paginate(
    session: AsyncSession, statement: Select[Any], order: Order, page: PageQuery
) -> tuple[list[Any], str | None, int | None]:
    """The page's rows, the next cursor and the count if asked. Sets the `Link` header (RFC 8288).

    Raises CursorNotOfThisList for a cursor of another list, of other filters, or that is no cursor.
    """
    total = await session.scalar(_counting(statement)) if page.count else None
    try:
        rows = list((await session.execute(bounded(statement, order, page))).all())
    except DBAPIError as error:
        # A cursor is not signed: who makes one up may have put anything into it.
        if page.cursor and _is_about_values(error):
            raise _not_of_this_list() from error
        raise
    following = _following(rows, order, page)
    if following is not None:
        page.response.headers["Link"] = _link(page, following)
    return rows, following, total


async def page_of(driver: asyncpg.Connection, statement: Select[Any], order: Order, page: PageQuery) -> Response:
    """A page as `paginate` gives it, as the whole answer: the statement's one column is each row as JSON (`Shown`).

    For lists that are read often. Raises CursorNotOfThisList.
    """
    total = (await statements.fetch(driver, _counting(statement)))[0][0] if page.count else None
    try:
        rows = await statements.fetch(driver, bounded(statement, order, page))
    except asyncpg.DataError as error:
        if page.cursor:
            raise _not_of_this_list() from error
        raise
    following = _following(rows, order, page)
    items = ",".join([row[0] for row in rows])
    body = f'{{"items":[{items}],"next":{orjson.dumps(following).decode()},"count":{orjson.dumps(total).decode()}}}'
    headers = {} if following is None else {"Link": _link(page, following)}
    return Response(body, media_type="application/json", headers=headers)


def bounded(statement: Select[Any], order: Order, page: PageQuery) -> Select[Any]:
    """The rows of a page and one more, which tells that there is a next; the values that order them come last."""
    if page.cursor:
        values = _read(page, len(order.columns))
        after = tuple_(*(literal(v, c.type) for v, c in zip(values, order.columns, strict=True)))
        here = tuple_(*order.columns)
        statement = statement.where(here < after if order.descending else here > after)
    by = [column.desc() if order.descending else column.asc() for column in order.columns]
    keys = [column.label(f"_key{place}") for place, column in enumerate(order.columns)]
    return statement.add_columns(*keys).order_by(*by).limit(page.limit + 1)


def _counting(statement: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(statement.order_by(None).subquery())


def _following(rows: list[Any], order: Order, page: PageQuery) -> str | None:
    """The cursor of the next page, if there is one; takes the row away that tells so."""
    if len(rows) <= page.limit:
        return None
    rows.pop()
    return _write(page, rows[-1][-len(order.columns) :])


def _link(page: PageQuery, following: str) -> str:
    parameters = [(k, v) for k, v in page.request.query_params.multi_items() if k != "cursor"]
    return f'<{page.request.url.path}?{urlencode([*parameters, ("cursor", following)])}>; rel="next"'


def _write(page: PageQuery, values: Iterable[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([page.fingerprint, *map(_tagged, values)])).decode().rstrip("=")


def _read(page: PageQuery, width: int) -> list[Any]:
    try:
        content = orjson.loads(base64.urlsafe_b64decode((page.cursor or "") + "=="))
        fingerprint, *values = content
        if fingerprint == page.fingerprint and len(values) == width and None not in values:
            return [_untagged(value) for value in values]
    except (binascii.Error, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise _not_of_this_list()


def _is_about_values(error: DBAPIError) -> bool:
    """Whether the driver or the database could not take a value as what the column holds."""
    return isinstance(getattr(error.orig, "__cause__", None), ValueError) or str(
        getattr(error.orig, "sqlstate", "") or ""
    ).startswith("22")


def _not_of_this_list() -> CursorNotOfThisList:
    return CursorNotOfThisList(
        errors=[
            Fault(
                "cursor-not-of-this-list",
                Text("Kursor ini berasal dari daftar atau saringan lain.", "This cursor is of another list or filter."),
                Text(
                    "Mulai dari halaman pertama tanpa `cursor`, lalu ikuti `next`.",
                    "Start at the first page without `cursor`, then follow `next`.",
                ),
                parameter="cursor",
            )
        ]
    )


def _tagged(value: object) -> object:
    """JSON that keeps its type: a cursor must compare as the column does."""
    match value:
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case UUID():
            return {"u": str(value)}
        case _:
            return value


def _untagged(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, content),) = value.items()
    match kind:
        case "t":
            return datetime.fromisoformat(content)
        case "d":
            return date.fromisoformat(content)
        case "u":
            return UUID(content)
        case _:
            raise ValueError(kind)
