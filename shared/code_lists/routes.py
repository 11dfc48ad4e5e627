"""Code lists over HTTP: reference data for everybody with a token, made to be kept by those who read it."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from pydantic import BaseModel

from shared import edge
from shared.auth import Need, Principal, Right
from shared.code_lists import lists
from shared.code_lists.lists import CodeList, UnknownList
from shared.code_lists.schemas import CodeListIndex, CodeListSummary
from shared.fields import Day
from shared.language import Text
from shared.problems import NotFound

router = APIRouter(prefix="/v1/code-lists", tags=["code lists"], route_class=edge.Route)
RegionReader = Annotated[Principal, Depends(Need(Right.READ_REGIONS))]
KEPT = "public, max-age=3600"
"""They change with a release of the program, and then their ETag does."""
_HEADERS: dict[str, Any] = {
    "ETag": {"description": "Of this content, for `If-None-Match`.", "schema": {"type": "string", "examples": ['"5b1c9f"']}},
    "Cache-Control": {"schema": {"type": "string", "examples": [KEPT]}},
}  # fmt: skip
CACHED: dict[int | str, dict[str, Any]] = {
    200: {"headers": _HEADERS},
    304: {"description": "What you have is current.", "headers": _HEADERS},
}
KnownTag = Annotated[
    str | None, Header(alias="If-None-Match", description="ETag of what you have.", examples=['"5b1c9f"'])
]


class NoSuchCodeList(NotFound):
    slug = "code-list-unknown"
    title = Text("Daftar kode atau versinya tidak ada", "There is no such code list or version of it")


@router.get("", response_model=CodeListIndex, responses=CACHED, summary="List the code lists")
async def list_code_lists(_: RegionReader, known: KnownTag = None) -> Response:
    """Every list with its versions. Each closed set of codes in requests and answers has one."""
    items = [CodeListSummary.of(several) for several in lists.editions().values()]
    return _answer(CodeListIndex(items=items), known)


@router.get("/{list}", response_model=CodeList, responses=CACHED, summary="Read a code list")
async def read_code_list(
    _: RegionReader,
    name: Annotated[str, Path(alias="list", max_length=60, description="The list's name.", examples=["ppks"])],
    known: KnownTag = None,
    version: Annotated[
        str | None, Query(max_length=20, description="An older edition; if missing, the newest.", examples=["2012"])
    ] = None,
    valid_on: Annotated[
        Day | None,
        Query(description="Without `version`: the edition in force on that day. Only entries valid then.",
              examples=["2026-03-31"]),
    ] = None,
) -> Response:  # fmt: skip
    """Codes with labels in both languages, other spellings, validity and source.

    A number has a meaning in its own version only: number 3 is another kind in `pmks-2007` than in `ppks`.
    """
    try:
        found = lists.edition(name, version, valid_on)
    except UnknownList as error:
        raise _unknown(name) from error
    if valid_on is not None:
        entries = [entry for entry in found.entries if entry.valid_on(valid_on)]
        found = found.model_copy(update={"entries": entries})
    return _answer(found, known)


def _answer(content: BaseModel, known: str | None) -> Response:
    body = content.model_dump_json().encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": etag, "Cache-Control": KEPT}
    tags = {tag.strip().removeprefix("W/") for tag in (known or "").split(",")}
    if tags & {etag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _unknown(name: str) -> NoSuchCodeList:
    several = lists.editions().get(name)
    if several is None:
        names = ", ".join(lists.editions())
        return NoSuchCodeList(Text(f"Yang ada: {names}.", f"There are: {names}."))
    versions = "; ".join(
        f"{edition.version} ({edition.valid_from or '…'} – {edition.valid_until or '…'})" for edition in several
    )
    return NoSuchCodeList(Text(f"Versi «{name}» yang ada: {versions}.", f"Versions of «{name}» there are: {versions}."))
