"""HTTP of experiences: told, read, searched, endorsed, used for activities, withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response, status

from services.activities.exchange import postings
from services.activities.exchange.lists import FilterParameters
from services.activities.experiences import reading, service
from services.activities.experiences.schemas import (
    ActivityTemplate,
    EndorsementIn,
    EndorsementOut,
    ExperienceChange,
    ExperienceIn,
    ExperienceOut,
)
from services.activities.experiences.states import EXPERIENCE
from services.activities.known import arrival
from services.activities.rights import Exchanger, ExchangeReader
from shared import changes, edge, preconditions
from shared.codes import ActivityKind
from shared.pagination import Page, PageParameters
from shared.preconditions import MERGE_PATCH, Precondition
from shared.step_bodies import Reason, Remark

router = APIRouter(
    prefix="/v1/experiences", tags=["exchange"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", summary="Tell an experience", status_code=status.HTTP_201_CREATED)
async def tell_experience(
    body: ExperienceIn,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    response: Response,
    spoken: edge.Spoken,
) -> ExperienceOut:
    """What an institution or a network of your area did and learned, told as far as its scope says."""
    draft = await service.tell(session, body, principal, now)
    response.headers["Location"] = f"/v1/experiences/{draft.row.id}"
    preconditions.announce(response, "activities", draft.row.id, draft.row.sequence)
    return await reading.told(session, draft.row, draft.warnings(spoken))


@router.get("", summary="List experiences")
async def list_experiences(
    session: edge.Session,
    principal: ExchangeReader,
    page: PageParameters,
    filters: FilterParameters,
    kind: Annotated[ActivityKind | None, Query(description="Only about this kind.", examples=["gotong_royong"])] = None,
    cultural_value_id: Annotated[UUID | None, Query(description="Only those that draw on this value.")] = None,
) -> Page[ExperienceOut]:
    """Those whose scope reaches you, and all of the organisations you act for."""
    return await reading.listed(session, principal, filters, kind, cultural_value_id, page)


@router.get("/{id}", summary="Read an experience")
async def read_experience(
    id: UUID, session: edge.Session, principal: ExchangeReader, response: Response
) -> ExperienceOut:
    """One whose scope reaches you."""
    answer = await reading.one(session, id, principal)
    preconditions.announce(response, "activities", id, answer.sequence)
    return answer


@router.get("/{id}/activity-template", summary="An activity after an experience", response_model_exclude_none=True)
async def read_activity_template(id: UUID, session: edge.Session, principal: ExchangeReader) -> ActivityTemplate:
    """The body of a POST to `/v1/activities`, but for your village, lead and days. `experience_id` counts its use."""
    return await reading.template(session, id, principal)


@router.patch("/{id}", summary="Change an experience")
async def change_experience(
    id: UUID,
    patch: Annotated[ExperienceChange, Body(media_type=MERGE_PATCH)],
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ExperienceOut:
    """A JSON merge patch, while it is told."""
    held = await service.change(session, id, patch, principal, now, if_match)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await reading.told(session, held.row, held.warnings(spoken))


@router.post("/{id}/endorsement", summary="Endorse an experience", status_code=status.HTTP_201_CREATED)
async def endorse_experience(
    id: UUID, body: EndorsementIn, session: edge.Session, now: edge.Now, principal: Exchanger, response: Response
) -> ExperienceOut:
    """By another institution or network that may read it; once each. Officers endorse through these only."""
    held, endorsement = await service.endorse(session, id, body, principal, now)
    response.headers["Location"] = f"/v1/experiences/{id}/endorsements/{endorsement.id}"
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await reading.told(session, held.row)


@router.get("/{id}/endorsements", summary="Who endorses an experience")
async def list_endorsements(
    id: UUID, session: edge.Session, principal: ExchangeReader, page: PageParameters
) -> Page[EndorsementOut]:
    """Those that stand, the latest first."""
    return await reading.endorsements(session, id, principal, page)


@router.get("/{id}/endorsements/{endorsement_id}", summary="Read an endorsement")
async def read_endorsement(
    id: UUID, endorsement_id: UUID, session: edge.Session, principal: ExchangeReader
) -> EndorsementOut:
    """One that stands, of an experience that reaches you."""
    return await reading.endorsement(session, id, endorsement_id, principal)


@router.post("/{id}/endorsements/{endorsement_id}/withdrawal", summary="Withdraw an endorsement")
async def withdraw_endorsement(
    id: UUID,
    endorsement_id: UUID,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> ExperienceOut:
    """By who gave it; it may be given anew."""
    held = await service.withdraw_endorsement(session, id, endorsement_id, principal, now, if_match)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await reading.told(session, held.row)


@router.post("/{id}/withdrawal", summary="Tell an experience no longer")
async def withdraw_experience(
    id: UUID,
    body: Remark,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> ExperienceOut:
    """By its poster. Nobody else reads it from now on; activities made after it stay."""
    held = await postings.own(session, EXPERIENCE, id, principal, now, if_match)
    await service.withdraw(session, held, body.reason, principal, now)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await reading.told(session, held.row)


@router.post("/{id}/voiding", summary="Mark an experience as an entry error")
async def void_experience(
    id: UUID,
    body: Reason,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> ExperienceOut:
    """Nobody else reads it from now on. There is no way back."""
    held = await postings.own(session, EXPERIENCE, id, principal, now, if_match)
    await postings.void(session, held, body.reason, principal, now)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await reading.told(session, held.row)


@router.get("/{id}/history", summary="What happened to an experience")
async def read_experience_history(
    id: UUID, session: edge.Session, principal: ExchangeReader
) -> list[changes.HistoryEntry]:
    """Every step, oldest first, without the texts; for those who act for its poster."""
    await postings.refuse_others(session, EXPERIENCE, id, principal)
    return await changes.history(session, id)
