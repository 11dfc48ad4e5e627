"""All that registry publishes. Personal data never leaves it: people cross as random ids (`people`)."""

from shared.events.envelope import State
from shared.events.institutions import (
    Absorbed,
    Assessment,
    Document,
    Facility,
    FacilityCheck,
    Institution,
    MemberCounts,
    Seat,
    Term,
)
from shared.events.networks import (
    AbsorbedNetwork,
    Contribution,
    CulturalValue,
    Legalisation,
    Network,
    NetworkMembership,
    Partner,
    Partnership,
    Territory,
    ValueSpell,
)
from shared.events.people import (
    Community,
    Family,
    FamilyMember,
    Membership,
    MembershipSpell,
    Officer,
    Person,
)
from shared.events.regions import (
    AppliedChange,
    Lineage,
    Region,
    RegionCode,
    RegionName,
    Succession,
)

STATES: tuple[type[State], ...] = (
    Region, Institution, Person, Family, Community, Membership, Officer, Network, NetworkMembership, Partner,
    Partnership, CulturalValue,
)  # fmt: skip
PERSONAL: tuple[type[State], ...] = (Person, Family, Community, Membership, Officer)
"""States about people, even if nobody is named: their topics and their part of the feed have a right of their own."""

__all__ = [
    "PERSONAL",
    "STATES",
    "Absorbed",
    "AbsorbedNetwork",
    "AppliedChange",
    "Assessment",
    "Community",
    "Contribution",
    "CulturalValue",
    "Document",
    "Facility",
    "FacilityCheck",
    "Family",
    "FamilyMember",
    "Institution",
    "Legalisation",
    "Lineage",
    "MemberCounts",
    "Membership",
    "MembershipSpell",
    "Network",
    "NetworkMembership",
    "Officer",
    "Partner",
    "Partnership",
    "Person",
    "Region",
    "RegionCode",
    "RegionName",
    "Seat",
    "Succession",
    "Term",
    "Territory",
    "ValueSpell",
]
