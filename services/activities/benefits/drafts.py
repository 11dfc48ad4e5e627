"""Benefits as they are built before they are stored: by one request, or by a batch of hundreds. Pure, but for `known`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.benefits import beneficiaries, finding, states, twins
from services.activities.benefits.given import Given, Referred
from services.activities.benefits.judging import Judged, judged
from services.activities.benefits.models import Benefit
from services.activities.benefits.schemas import BenefitContent, BenefitIn
from services.activities.benefits.twins import BenefitAlreadyRecorded, Key
from services.activities.known.places import Warned
from shared.auth import Principal


@dataclass(frozen=True, slots=True)
class Draft:
    """A benefit that is not stored yet, the regions it concerns, and what is odd about it; `key` tells which are like it."""

    benefit: Benefit
    key: Key
    regions: set[UUID]
    warned: list[Warned]


@dataclass(frozen=True, slots=True)
class Known:
    """What many bodies name, and who was helped alike already, by what makes them alike."""

    referred: Referred
    twins: dict[Key, UUID]

    def note(self, draft: Draft) -> None:
        """Tells of one that will be stored: another like it, drafted after it, is refused."""
        self.twins.setdefault(draft.key, draft.benefit.id)


async def known(session: AsyncSession, bodies: Sequence[BenefitIn], by: Principal) -> Known:
    """What these bodies name, as far as it is known: in a few statements, however many they are.

    What is copied from is held until the transaction ends: call it before any other row is locked.
    """
    referred = await finding.find(session, map(states.given, bodies), by)
    return Known(referred, await twins.found(session, bodies))


def drafted(body: BenefitIn, known: Known, by: Principal, now: datetime) -> Draft:
    """The benefit that a body tells of. Raises InvalidPayload, BenefitAlreadyRecorded, ReferenceNotArrived.

    Whoever drafts many notes those that it will store (`known.note`).
    """
    given = states.given(body)
    found = judged(given, None, known.referred, by, now)
    key = Key.of(body, found.place.id)
    if not body.again and (other := known.twins.get(key)):
        raise BenefitAlreadyRecorded.of(other)
    benefit = Benefit(id=body.id or uuid7(), referral_id=None, voided=False, recorded_at=now, changed_at=now)
    benefit.apart = benefit.id if body.again else None
    tell(benefit, body, found, known.referred)
    return Draft(benefit, key, found.regions, found.warned)


def tell(benefit: Benefit, content: BenefitContent, found: Judged, referred: Referred) -> None:
    """Takes on what was told of a benefit."""
    write(benefit, states.given(content), found)
    benefit.help, benefit.value, benefit.given_on = content.help, content.value, content.given_on
    benefit.notes = content.notes
    benefit.member_that_day = beneficiaries.member_that_day(states.given(content), referred)


def write(row: Any, given: Given, found: Judged) -> None:
    """Takes on what benefits and referrals have in common, and the codes they are seen by."""
    row.beneficiary_unit, row.beneficiary_id = given.beneficiary.unit, given.beneficiary.id
    row.ppks_kinds = [kind.value for kind in given.ppks_kinds]
    row.giver_organisation, row.giver_id = given.giver.organisation, given.giver.id
    row.lead_institution_id = given.institution_id
    seat = found.institution.seat_code if found.institution else None
    row.lead_village_code = (seat or row.lead_village_code) if given.institution_id else None
    row.village_id, row.village_code = found.place.id, found.place.area_code
    row.activity_id = given.activity_id
