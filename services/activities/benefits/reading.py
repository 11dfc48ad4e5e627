"""HTTP of reading benefits: one, its history, and the list, which holds ids and no kinds that are protected most."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.activities.benefits import disclosure, kinds, queries, states
from services.activities.benefits.queries import BenefitSort, Filters
from services.activities.benefits.schemas import BenefitOut
from services.activities.parameters import Area, Voided, WhetherVoided, in_order
from services.activities.rights import BenefitReader
from shared import changes, edge
from shared.codes import BeneficiaryUnit, HelpKind, PpksKind
from shared.fields import Day, Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import announce

router = APIRouter(prefix="/v1/benefits", tags=["benefits"], route_class=edge.Route)


async def _filters(
    region: Area,
    unit: Annotated[BeneficiaryUnit | None, Query(description="Only help to persons, families or communities.")] = None,
    beneficiary: Annotated[UUID | None, Query(description="Only what this person, family or community got.")] = None,
    giver: Annotated[UUID | None, Query(description="Only what this institution, network or partner gave.")] = None,
    activity: Annotated[UUID | None, Query(description="Only what was given at this activity.")] = None,
    kind: Annotated[
        PpksKind | None,
        Query(
            description="Only of this kind. Of one that is protected most, each row shown is noted.", examples=["LUT"]
        ),
    ] = None,
    help: Annotated[HelpKind | None, Query(description="Only this kind of help.", examples=["uang"])] = None,
    given_from: Annotated[Day | None, Query(description="Given on this day or later.")] = None,
    given_until: Annotated[Day | None, Query(description="Given on this day or earlier.")] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> Filters:
    in_order("given_until", given_from, given_until)
    return Filters(
        region, unit, beneficiary, giver, activity, kind, help, given_from, given_until,
        changed_since, voided,
    )  # fmt: skip


@router.get("", summary="List benefits")
async def list_benefits(
    session: edge.Session,
    principal: BenefitReader,
    now: edge.Now,
    page: PageParameters,
    filters: Annotated[Filters, Depends(_filters)],
    sort: Annotated[BenefitSort, Query(description="Order; `-` descends.")] = BenefitSort.GIVEN_ON_DOWN,
) -> Page[BenefitOut]:
    """Given in your area, or by an institution with its seat there. Ids only: names are registry's.

    The kinds 3, 6, 10 and 14 to 19 of PPKS are null here: read the record itself, or ask for one of them by `kind`. Both are
    noted in the audit trail.
    """
    rows, following, count = await paginate(session, queries.listed(principal, filters), queries.ORDERS[sort], page)
    benefits = [row.Benefit for row in rows]
    asked = filters.kind is not None and kinds.kept_back([filters.kind])
    if asked:
        await disclosure.shown(session, benefits, principal, now)
    return Page(items=[states.listed(one, disclosed=asked) for one in benefits], next=following, count=count)


@router.get("/{id}", summary="Read a benefit")
async def read_benefit(
    id: UUID, session: edge.Session, principal: BenefitReader, now: edge.Now, response: Response
) -> BenefitOut:
    """One given in your area, or by an institution with its seat there. Reading kinds that are protected most is noted."""
    benefit = await queries.read(session, id, principal)
    await disclosure.shown(session, [benefit], principal, now)
    announce(response, "activities", id, benefit.sequence)
    return states.answer(benefit)


@router.get("/{id}/history", summary="What happened to a benefit")
async def read_benefit_history(
    id: UUID, session: edge.Session, principal: BenefitReader, now: edge.Now
) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    benefit = await queries.read(session, id, principal)
    entries = await changes.history(session, id)
    await disclosure.history_shown(session, benefit, entries, principal, now)
    return entries
