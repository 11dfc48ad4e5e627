"""HTTP of reading referrals: one, its history, and the list, in which a TKSK finds those that wait for an answer."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.activities.benefits import disclosure, kinds
from services.activities.parameters import Area, Voided, WhetherVoided, in_order
from services.activities.referrals import queries, states
from services.activities.referrals.queries import Filters, ReferralSort
from services.activities.referrals.schemas import ReferralOut
from services.activities.rights import BenefitReader
from shared import changes, edge
from shared.codes import BeneficiaryUnit, PpksKind, ReferralState
from shared.fields import Day, Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import announce

router = APIRouter(prefix="/v1/referrals", tags=["referrals"], route_class=edge.Route)


async def _filters(
    region: Area,
    unit: Annotated[BeneficiaryUnit | None, Query(description="Only of persons, families or communities.")] = None,
    beneficiary: Annotated[UUID | None, Query(description="Only of this person, family or community.")] = None,
    giver: Annotated[UUID | None, Query(description="Only by this institution, network or partner.")] = None,
    partner: Annotated[UUID | None, Query(description="Only to this partner.")] = None,
    activity: Annotated[UUID | None, Query(description="Only those made at this activity.")] = None,
    kind: Annotated[
        PpksKind | None,
        Query(
            description="Only of this kind. Of one that is protected most, each row shown is noted.", examples=["LUT"]
        ),
    ] = None,
    state: Annotated[list[ReferralState] | None, Query(description="Only in one of these states.")] = None,
    waiting_since: Annotated[
        Day | None, Query(description="Only those made on this day or earlier that have no answer yet.")
    ] = None,
    referred_from: Annotated[Day | None, Query(description="Made on this day or later.")] = None,
    referred_until: Annotated[Day | None, Query(description="Made on this day or earlier.")] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> Filters:
    in_order("referred_until", referred_from, referred_until)
    return Filters(
        region, unit, beneficiary, giver, partner, activity, kind, state or [],
        waiting_since, referred_from, referred_until, changed_since, voided,
    )  # fmt: skip


@router.get("", summary="List referrals")
async def list_referrals(
    session: edge.Session,
    principal: BenefitReader,
    now: edge.Now,
    page: PageParameters,
    filters: Annotated[Filters, Depends(_filters)],
    sort: Annotated[
        ReferralSort, Query(description="Order; `-` descends. By `referred_on` those that wait longest come first.")
    ] = ReferralSort.REFERRED_ON_DOWN,
) -> Page[ReferralOut]:
    """Made in your area, or by an institution with its seat there. Ids only: names are registry's.

    The kinds 3, 6, 10 and 14 to 19 of PPKS are null here, as in the list of benefits.
    """
    rows, following, count = await paginate(session, queries.listed(principal, filters), queries.ORDERS[sort], page)
    referrals = [row.Referral for row in rows]
    asked = filters.kind is not None and kinds.kept_back([filters.kind])
    if asked:
        await disclosure.shown(session, referrals, principal, now)
    return Page(items=[states.listed(one, disclosed=asked) for one in referrals], next=following, count=count)


@router.get("/{id}", summary="Read a referral")
async def read_referral(
    id: UUID, session: edge.Session, principal: BenefitReader, now: edge.Now, response: Response
) -> ReferralOut:
    """One made in your area, or by an institution with its seat there. Reading kinds that are protected most is noted."""
    referral = await queries.read(session, id, principal)
    await disclosure.shown(session, [referral], principal, now)
    announce(response, "activities", id, referral.sequence)
    return states.answer(referral, await queries.benefit_id(session, id))


@router.get("/{id}/history", summary="What happened to a referral")
async def read_referral_history(
    id: UUID, session: edge.Session, principal: BenefitReader, now: edge.Now
) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    referral = await queries.read(session, id, principal)
    entries = await changes.history(session, id)
    await disclosure.history_shown(session, referral, entries, principal, now)
    return entries
