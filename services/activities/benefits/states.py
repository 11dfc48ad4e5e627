"""A benefit as its events tell it, as it is answered, and as it can be corrected. Pure."""

from collections.abc import Sequence
from typing import Any

from services.activities.activities.answers import WarningOut
from services.activities.benefits import kinds
from services.activities.benefits.fields import Beneficiary, Giver
from services.activities.benefits.given import Given
from services.activities.benefits.models import Benefit
from services.activities.benefits.schemas import BeneficiaryOut, BenefitContent, BenefitOut, GiverOut
from services.activities.known.places import Warned
from shared.codes import PpksKind
from shared.events import activities as contract
from shared.language import Language


def state(benefit: Benefit) -> contract.Benefit:
    """The public state of a row."""
    return contract.Benefit(
        beneficiary=contract.Beneficiary(unit=benefit.beneficiary_unit, id=benefit.beneficiary_id),
        ppks_kinds=kinds_of(benefit.ppks_kinds),
        help=benefit.help,
        value=benefit.value,
        giver=contract.Organisation(organisation=benefit.giver_organisation, id=benefit.giver_id),
        given_on=benefit.given_on,
        village_id=benefit.village_id,
        activity_id=benefit.activity_id,
        referral_id=benefit.referral_id,
        voided=benefit.voided,
    )


def kinds_of(codes: Sequence[str]) -> list[PpksKind]:
    """Stored codes as what they are."""
    return [PpksKind(code) for code in codes]


def content(benefit: Any) -> BenefitContent:
    """What can be corrected of a benefit, or of its columns, as it was sent."""
    return BenefitContent(
        beneficiary=Beneficiary(unit=benefit.beneficiary_unit, id=benefit.beneficiary_id),
        ppks_kinds=kinds_of(benefit.ppks_kinds),
        help=benefit.help,
        value=benefit.value,
        giver=Giver(organisation=benefit.giver_organisation, id=benefit.giver_id),
        given_on=benefit.given_on,
        village=benefit.village_code,
        activity_id=benefit.activity_id,
        notes=benefit.notes,
    )


def given(content: BenefitContent) -> Given:
    """What is to be judged of it."""
    return Given(
        content.beneficiary, content.ppks_kinds, content.giver, content.given_on, "given_on", content.village,
        content.activity_id,
    )  # fmt: skip


def answer(benefit: Benefit, warned: Sequence[Warned] = (), language: Language = "id") -> BenefitOut:
    """The whole answer about a row."""
    return BenefitOut(
        id=benefit.id,
        sequence=benefit.sequence,
        beneficiary=BeneficiaryOut(unit=benefit.beneficiary_unit, id=benefit.beneficiary_id),
        ppks_kinds=kinds_of(benefit.ppks_kinds),
        help=benefit.help,
        value=benefit.value,
        giver=GiverOut(organisation=benefit.giver_organisation, id=benefit.giver_id),
        given_on=benefit.given_on,
        village=benefit.village_code,
        village_id=benefit.village_id,
        activity_id=benefit.activity_id,
        referral_id=benefit.referral_id,
        notes=benefit.notes,
        member_that_day=benefit.member_that_day,
        voided=benefit.voided,
        recorded_at=benefit.recorded_at,
        changed_at=benefit.changed_at,
        warnings=[WarningOut.of(one, language) for one in warned],
    )


def listed(benefit: Benefit, *, disclosed: bool) -> BenefitOut:
    """The answer about a row in a list: without notes, and without kinds that are kept back, unless they are disclosed."""
    whole = answer(benefit)
    hidden = kinds.kept_back(kinds_of(benefit.ppks_kinds)) and not disclosed
    return whole.model_copy(update={"notes": None} | ({"ppks_kinds": None} if hidden else {}))
