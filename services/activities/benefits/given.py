"""What a benefit and a referral have in common: who was helped, by whom, on which day, where, at which activity. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.activities.benefits.fields import Beneficiary, Giver
from services.activities.known.communities import Community
from services.activities.known.families import Family
from services.activities.known.memberships import Membership
from services.activities.known.networks import Network, NetworkMembership
from services.activities.known.partners import Partner
from services.activities.known.people import Person
from services.activities.known.references import Held, Institution, Region
from shared.codes import ActivityStatus, OrganisationKind, PpksKind


@dataclass(frozen=True, slots=True)
class Given:
    """That somebody was helped, as it is told. `day_at` is the field that holds the day; `village` a stored code."""

    beneficiary: Beneficiary
    ppks_kinds: Sequence[PpksKind]
    giver: Giver
    day: date
    day_at: str
    village: str | None
    activity_id: UUID | None

    @property
    def institution_id(self) -> UUID | None:
        """The giver, if it is an institution."""
        return self.giver.id if self.giver.organisation is OrganisationKind.INSTITUTION else None


@dataclass(frozen=True, slots=True)
class At:
    """An activity that is named, as far as the caller may see it."""

    id: UUID
    village_id: UUID
    status: ActivityStatus
    voided: bool


@dataclass(frozen=True, slots=True)
class Referred:
    """What was found of what is named, all by id; `holders` have, or had, a code, the latest last.

    `memberships` are those of a person, by whom the record is really about; `members` those of a network.
    """

    holders: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    places: Mapping[UUID, Region] = field(default_factory=dict)
    institutions: Mapping[UUID, Institution] = field(default_factory=dict)
    networks: Mapping[UUID, Network] = field(default_factory=dict)
    partners: Mapping[UUID, Partner] = field(default_factory=dict)
    people: Mapping[UUID, Person] = field(default_factory=dict)
    families: Mapping[UUID, Family] = field(default_factory=dict)
    communities: Mapping[UUID, Community] = field(default_factory=dict)
    activities: Mapping[UUID, At] = field(default_factory=dict)
    memberships: Mapping[UUID, list[Membership]] = field(default_factory=dict)
    members: Mapping[UUID, list[NetworkMembership]] = field(default_factory=dict)
