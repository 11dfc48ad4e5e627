"""A referral as its events tell it, as it is answered, and as it can be corrected. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.activities.activities.answers import WarningOut
from services.activities.benefits import kinds
from services.activities.benefits.fields import Beneficiary, Giver
from services.activities.benefits.given import Given
from services.activities.benefits.schemas import BeneficiaryOut, GiverOut
from services.activities.benefits.states import kinds_of
from services.activities.known.places import Warned
from services.activities.referrals.models import Referral
from services.activities.referrals.schemas import ReferralContent, ReferralCorrected, ReferralOut
from shared.codes import ReferralState
from shared.events import activities as contract
from shared.language import Language


def state(referral: Referral) -> contract.Referral:
    """The public state of a row."""
    return contract.Referral(
        beneficiary=contract.Beneficiary(unit=referral.beneficiary_unit, id=referral.beneficiary_id),
        ppks_kinds=kinds_of(referral.ppks_kinds),
        giver=contract.Organisation(organisation=referral.giver_organisation, id=referral.giver_id),
        partner_id=referral.partner_id,
        referred_on=referral.referred_on,
        state=referral.state,
        answered_on=referral.answered_on,
        village_id=referral.village_id,
        activity_id=referral.activity_id,
        voided=referral.voided,
    )


def content(referral: Any) -> ReferralCorrected:
    """What can be corrected of a referral, or of its columns, as it was sent."""
    return ReferralCorrected(
        beneficiary=Beneficiary(unit=referral.beneficiary_unit, id=referral.beneficiary_id),
        ppks_kinds=kinds_of(referral.ppks_kinds),
        giver=Giver(organisation=referral.giver_organisation, id=referral.giver_id),
        partner_id=referral.partner_id,
        referred_on=referral.referred_on,
        village=referral.village_code,
        activity_id=referral.activity_id,
        notes=referral.notes,
        state=referral.state,
        answered_on=referral.answered_on,
        answer_notes=referral.answer_notes,
    )


def given(content: ReferralContent) -> Given:
    """What is to be judged of it as of a benefit."""
    return Given(
        content.beneficiary, content.ppks_kinds, content.giver, content.referred_on, "referred_on", content.village,
        content.activity_id,
    )  # fmt: skip


def waiting_since(referral: Referral) -> date | None:
    """The day since which no answer came."""
    waits = referral.state is ReferralState.DIAJUKAN and not referral.voided
    return referral.referred_on if waits else None


def answer(
    referral: Referral, benefit_id: UUID | None, warned: Sequence[Warned] = (), language: Language = "id"
) -> ReferralOut:
    """The whole answer about a row."""
    return ReferralOut(
        id=referral.id,
        sequence=referral.sequence,
        beneficiary=BeneficiaryOut(unit=referral.beneficiary_unit, id=referral.beneficiary_id),
        ppks_kinds=kinds_of(referral.ppks_kinds),
        giver=GiverOut(organisation=referral.giver_organisation, id=referral.giver_id),
        partner_id=referral.partner_id,
        referred_on=referral.referred_on,
        state=referral.state,
        answered_on=referral.answered_on,
        waiting_since=waiting_since(referral),
        village=referral.village_code,
        village_id=referral.village_id,
        activity_id=referral.activity_id,
        notes=referral.notes,
        answer_notes=referral.answer_notes,
        benefit_id=benefit_id,
        voided=referral.voided,
        recorded_at=referral.recorded_at,
        changed_at=referral.changed_at,
        warnings=[WarningOut.of(one, language) for one in warned],
    )


def listed(referral: Referral, *, disclosed: bool) -> ReferralOut:
    """The answer about a row in a list: without notes, and without kinds that are kept back, unless they are disclosed."""
    hidden = kinds.kept_back(kinds_of(referral.ppks_kinds)) and not disclosed
    without = {"notes": None, "answer_notes": None} | ({"ppks_kinds": None} if hidden else {})
    return answer(referral, None).model_copy(update=without)
