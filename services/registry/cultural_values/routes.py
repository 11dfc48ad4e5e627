"""Local cultural values over HTTP: registered, read, listed, changed, observed, voided, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.cultural_values import queries, service, states
from services.registry.cultural_values.models import CulturalValue
from services.registry.cultural_values.schemas import (
    CulturalValueIn,
    CulturalValueOut,
    CulturalValuePatch,
    NewObservation,
)
from services.registry.parameters import area_code, refuse_unsearchable
from services.registry.rights import Reader, Registrar
from shared import changes, edge, records
from shared.codes import ValueKind, ValueState
from shared.fields import Instant, folded
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/cultural-values", tags=["cultural values"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register a local cultural value")
async def register_cultural_value(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: CulturalValueIn
) -> CulturalValueOut:
    """An adat, tradition or habit practised in villages of your area, with how it was observed to be lived."""
    value, villages = await service.register(session, body, by=principal, now=now)
    return _answer(value, villages, response, created=True)


@router.get("", summary="List local cultural values")
async def list_cultural_values(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Annotated[str | None, Query(max_length=40, description="Only those practised in this region or below it, by Kemendagri code.", examples=["32.04"])] = None,
    kind: Annotated[ValueKind | None, Query(description="Only this kind.", examples=["tradisi"])] = None,
    state: Annotated[ValueState | None, Query(description="Only those lived like this, by the newest observation.", examples=["memudar"])] = None,
    institution: Annotated[UUID | None, Query(description="Only those that this institution practises.")] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Name or local name; spelling may differ.", examples=["sambatan"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.CulturalValueSort, Query(description="Order; `-` descends.")] = queries.CulturalValueSort.NAME,
) -> Page[CulturalValueOut]:  # fmt: skip
    """Those practised in a village of your area, by name."""
    if q is not None:
        refuse_unsearchable(folded(q))
    statement = await queries.listed(
        session, principal, region=await area_code(session, region) if region else None, kind=kind, state=state,
        institution=institution, changed_since=changed_since, q=q, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    villages = await queries.villages_of(session, [row.id for row in rows])
    return Page(items=[states.answer(row, villages[row.id]) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a local cultural value")
async def read_cultural_value(
    session: edge.Session, principal: Reader, response: Response, id: UUID
) -> CulturalValueOut:
    """The record as it stands, with every observation."""
    row = await queries.read(session, id, principal)
    return _answer(row, (await queries.villages_of(session, [id]))[id], response)


@router.patch("/{id}", summary="Change a local cultural value")
async def change_cultural_value(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[CulturalValuePatch, Body(media_type=MERGE_PATCH)],
) -> CulturalValueOut:  # fmt: skip
    """For those whose area holds all of its villages: it is changed for every one of them."""
    value, villages = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    return _answer(value, villages, response)


@router.post("/{id}/observations", status_code=201, summary="Record how a value is lived")
async def observe_cultural_value(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: NewObservation,
) -> CulturalValueOut:  # fmt: skip
    """One observation for each day, earlier ones too. `dihidupkan_kembali` follows `memudar` or `hilang` only.

    `replaces` names one that was an entry error: this one takes its place.
    """
    value, villages = await service.observe(session, id, said, by=principal, precondition=precondition, now=now)
    return _answer(value, villages, response, created=True)


@router.post("/{id}/observations/{observation}/voiding", summary="Void an observation")
async def void_observation(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    observation: UUID, said: Reason,
) -> CulturalValueOut:  # fmt: skip
    """For an entry error. 409 for the only one that holds, and for one that a later revival depends on."""
    value, villages = await service.void_observation(
        session, id, observation, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(value, villages, response)


@router.post("/{id}/voiding", summary="Void an entry error of a local cultural value")
async def void_cultural_value(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> CulturalValueOut:  # fmt: skip
    """For a record that should never have been."""
    value, villages = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(value, villages, response)


@router.get("/{id}/history", summary="What happened to a local cultural value")
async def read_cultural_value_history(session: edge.Session, principal: Reader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields of the public state it changed."""
    await records.refuse_invisible(session, CulturalValue, id, queries.visible(principal))
    return await changes.history(session, id)


def _answer(row: CulturalValue, villages: service.Villages, response: Response, *, created: bool = False) -> CulturalValueOut:  # fmt: skip
    if created:
        response.headers["Location"] = f"/v1/cultural-values/{row.id}"
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, villages)
