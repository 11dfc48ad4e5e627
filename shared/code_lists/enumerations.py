"""Which list each closed enumeration of the wire is told by. A test holds the codes of both equal."""

from collections.abc import Mapping
from enum import StrEnum

from shared import codes

LISTS: Mapping[str, type[StrEnum]] = {
    "activity-fields": codes.ActivityField,
    "activity-kinds": codes.ActivityKind,
    "activity-statuses": codes.ActivityStatus,
    "birth-year-sources": codes.BirthYearSource,
    "code-systems": codes.CodeSystem,
    "community-kinds": codes.CommunityKind,
    "confidences": codes.Confidence,
    "consent-purposes": codes.ConsentPurpose,
    "contribution-kinds": codes.ContributionKind,
    "development-stages": codes.DevelopmentStage,
    "document-kinds": codes.DocumentKind,
    "facility-classes": codes.FacilityClass,
    "facility-conditions": codes.FacilityCondition,
    "family-roles": codes.FamilyRole,
    "fund-directions": codes.FundDirection,
    "fund-purposes": codes.FundPurpose,
    "fund-recipients": codes.FundRecipient,
    "funding-sources": codes.FundingSource,
    "institution-types": codes.InstitutionType,
    "legal-statuses": codes.LegalStatus,
    "network-statuses": codes.NetworkStatus,
    "nik-absences": codes.NikAbsence,
    "operation-states": codes.Operation,
    "origins": codes.Origin,
    "partner-kinds": codes.PartnerKind,
    "ppks": codes.PpksKind,
    "region-change-states": codes.RegionChangeState,
    "region-kinds": codes.RegionKind,
    "region-levels": codes.RegionLevel,
    "roles": codes.Role,
    "sexes": codes.Sex,
    "strategies": codes.Strategy,
    "succession-kinds": codes.SuccessionKind,
    "value-kinds": codes.ValueKind,
    "value-states": codes.ValueState,
    "verification-states": codes.Verification,
}
"""By the list's name; the newest edition counts. Lists that bind no field, such as `psks`, are not among them."""
