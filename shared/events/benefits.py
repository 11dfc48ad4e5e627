"""What activities publishes about who was helped and who was referred: random ids, but with kinds of PPKS.

Kinds are health, criminal-record and child data even under a pseudonym (`design.md` §2): these topics have access rules
of their own, and their part of the feed a right of its own.
"""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from shared.codes import BeneficiaryUnit, HelpKind, PpksKind, ReferralState
from shared.events.envelope import Part, State
from shared.events.programmes import Organisation


class Beneficiary(Part):
    """A person, a family or a community, by its random id."""

    unit: BeneficiaryUnit
    id: UUID


class Benefit(State):
    """Help that was given on a day."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "benefit"
    FACTS: ClassVar[tuple[str, ...]] = ("delivered", "corrected", "voided")

    beneficiary: Beneficiary
    ppks_kinds: Annotated[list[PpksKind], Field(description="Kinds it was of at the time; none: of no kind.")] = []
    help: HelpKind
    value: Annotated[NonNegativeInt | None, Field(description="Whole rupiah; null: not stated.")] = None
    giver: Organisation
    given_on: date
    village_id: Annotated[UUID, Field(description="Where it was given.")]
    activity_id: UUID | None = None
    referral_id: Annotated[UUID | None, Field(description="Of help `rujukan`: the referral.")] = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Referral(State):
    """That somebody was sent on to a partner, and what it answered."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "referral"
    FACTS: ClassVar[tuple[str, ...]] = ("made", "answered", "corrected", "voided")

    beneficiary: Beneficiary
    ppks_kinds: list[PpksKind] = []
    giver: Annotated[Organisation, Field(description="Who referred.")]
    partner_id: Annotated[UUID, Field(description="To whom.")]
    referred_on: date
    state: ReferralState
    answered_on: date | None = None
    village_id: UUID
    activity_id: UUID | None = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
