"""Official and handbook codes, verbatim. Identifiers are English; values are the codes as they cross the wire."""

from shared.codes.activities import (
    ActivityKind,
    ActivityStatus,
    Strategy,
)
from shared.codes.institutions import (
    ActivityField,
    DevelopmentStage,
    DocumentKind,
    FacilityClass,
    FacilityCondition,
    FundingSource,
    InstitutionType,
    LegalStatus,
    Operation,
    Origin,
    Role,
    Verification,
)
from shared.codes.networks import (
    ContributionKind,
    NetworkStatus,
    PartnerKind,
    ValueKind,
    ValueState,
)
from shared.codes.people import (
    CommunityKind,
    FamilyRole,
    PpksKind,
    Sex,
)
from shared.codes.regions import (
    CodeSystem,
    Confidence,
    RegionKind,
    RegionLevel,
    SuccessionKind,
)

__all__ = [
    "ActivityField",
    "ActivityKind",
    "ActivityStatus",
    "CodeSystem",
    "CommunityKind",
    "Confidence",
    "ContributionKind",
    "DevelopmentStage",
    "DocumentKind",
    "FacilityClass",
    "FacilityCondition",
    "FamilyRole",
    "FundingSource",
    "InstitutionType",
    "LegalStatus",
    "NetworkStatus",
    "Operation",
    "Origin",
    "PartnerKind",
    "PpksKind",
    "RegionKind",
    "RegionLevel",
    "Role",
    "Sex",
    "Strategy",
    "SuccessionKind",
    "ValueKind",
    "ValueState",
    "Verification",
]
