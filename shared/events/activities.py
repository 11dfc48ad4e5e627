"""All that activities publishes. People cross as random ids, and kinds of PPKS have rights of their own."""

from shared.events.activity import (
    Activity,
    ByAge,
    BySex,
    Headcount,
    Party,
    PlanVersion,
    ResourceSum,
    TargetGroup,
)
from shared.events.attendance import AttendanceSheet, Attendee
from shared.events.benefits import Beneficiary, Benefit, Referral
from shared.events.envelope import State
from shared.events.exchange import Answer, Experience, Need, Offer, TakeUp
from shared.events.programmes import BudgetLine, Organisation, Programme, Series, SeriesRule
from shared.events.resources import Refund, Resource, StockEntry
from shared.events.village_reports import VillageReport

STATES: tuple[type[State], ...] = (
    Activity, Programme, Series, AttendanceSheet, Benefit, Referral, Resource, StockEntry, VillageReport, Need, Offer,
    Experience,
)  # fmt: skip
PERSONAL: tuple[type[State], ...] = (AttendanceSheet,)
"""States about people, even if nobody is named: their topics and their part of the feed have a right of their own."""
SENSITIVE: tuple[type[State], ...] = (Benefit, Referral)
"""States that tell kinds of PPKS of somebody: another right of their own."""

__all__ = ["PERSONAL", "SENSITIVE", "STATES", "Activity", "Answer", "AttendanceSheet", "Attendee", "Beneficiary",
           "Benefit", "BudgetLine", "ByAge", "BySex", "Experience", "Headcount", "Need", "Offer", "Organisation", "Party",
           "PlanVersion", "Programme", "Referral", "Refund", "Resource", "ResourceSum", "Series", "SeriesRule",
           "StockEntry",
           "TakeUp", "TargetGroup", "VillageReport"]  # fmt: skip
