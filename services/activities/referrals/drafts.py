"""Referrals as they are built before they are stored, each with the benefit that it is. Pure, but for `known`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities import unknown
from services.activities.benefits import beneficiaries, finding
from services.activities.benefits.drafts import write
from services.activities.benefits.given import Given, Referred
from services.activities.benefits.judging import Before, Judged, judged
from services.activities.benefits.models import Benefit
from services.activities.known.places import Warned
from services.activities.referrals import states, twins
from services.activities.referrals.models import Referral
from services.activities.referrals.schemas import ReferralContent, ReferralCorrected, ReferralIn
from services.activities.referrals.twins import Key, ReferralAlreadyRecorded
from shared.auth import Principal
from shared.codes import HelpKind, ReferralState
from shared.problems import Fault, InvalidPayload


@dataclass(frozen=True, slots=True)
class Known:
    """What many bodies name, and who was referred alike already, by what makes them alike."""

    referred: Referred
    twins: dict[Key, UUID]


@dataclass(frozen=True, slots=True)
class Draft:
    """A referral that is not stored yet with its benefit, the regions they concern, and what is odd about them."""

    referral: Referral
    benefit: Benefit
    regions: set[UUID]
    warned: list[Warned]


async def known(session: AsyncSession, bodies: Sequence[ReferralIn], by: Principal) -> Known:
    """What these bodies name, as far as it is known: in a few statements, however many they are.

    What is copied from is held until the transaction ends: call it before any other row is locked.
    """
    to = {body.partner_id for body in bodies}
    referred = await finding.find(session, map(states.given, bodies), by, to_partners=to)
    return Known(referred, await twins.found(session, bodies))


def drafted(body: ReferralIn, known: Known, by: Principal, now: datetime) -> Draft:
    """The referral that a body tells of, and its benefit. Raises InvalidPayload, ReferralAlreadyRecorded,
    ReferenceNotArrived."""
    found = judge(body, None, None, known.referred, by, now)
    key = Key.of(body, found.place.id)
    if not body.again and (other := known.twins.get(key)):
        raise ReferralAlreadyRecorded.of(other)
    given = states.given(body)
    referral = Referral(
        id=body.id or uuid7(), state=ReferralState.DIAJUKAN, answered_on=None, answer_notes=None, voided=False,
        recorded_at=now, changed_at=now,
    )  # fmt: skip
    referral.apart = referral.id if body.again else None
    tell(referral, body, found)
    benefit = Benefit(
        id=uuid7(), referral_id=referral.id, help=HelpKind.RUJUKAN, value=None, notes=None, voided=False,
        recorded_at=now, changed_at=now,
    )  # fmt: skip
    # Two referrals of a day, to two partners, are two: their own table says which are the same.
    benefit.apart = benefit.id
    follow(benefit, given, found, known.referred)
    return Draft(referral, benefit, found.regions, found.warned)


def judge(
    content: ReferralContent,
    was: ReferralContent | None,
    before: Before | None,
    known: Referred,
    by: Principal,
    now: datetime,
) -> Judged:
    """As of a benefit, and of the partner to whom. Raises InvalidPayload, ReferenceNotArrived."""
    unknown = list(_partner_faults(content, was, known))
    try:
        found = judged(states.given(content), before, known, by, now)
    except InvalidPayload as refused:
        raise InvalidPayload(errors=[*refused.errors, *unknown]) from refused
    if unknown:
        raise InvalidPayload(errors=unknown)
    return found


def _partner_faults(content: ReferralContent, was: ReferralContent | None, known: Referred) -> Iterator[Fault]:
    partner = known.partners.get(content.partner_id)
    if (partner is None or partner.voided) and (was is None or was.partner_id != content.partner_id):
        yield unknown.announced("partner", content.partner_id, "/partner_id")


def tell(referral: Referral, content: ReferralContent, found: Judged) -> None:
    """Takes on what was told of a referral."""
    write(referral, states.given(content), found)
    referral.partner_id, referral.referred_on, referral.notes = content.partner_id, content.referred_on, content.notes


def correct(referral: Referral, content: ReferralCorrected, found: Judged) -> None:
    """Takes on what was corrected, the answer included."""
    tell(referral, content, found)
    referral.state, referral.answered_on = content.state, content.answered_on
    referral.answer_notes = content.answer_notes


def follow(benefit: Benefit, given: Given, found: Judged, referred: Referred) -> None:
    """The benefit takes on what was told of its referral."""
    write(benefit, given, found)
    benefit.given_on = given.day
    benefit.member_that_day = beneficiaries.member_that_day(given, referred)
