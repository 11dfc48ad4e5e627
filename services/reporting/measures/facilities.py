"""SAR-01: whether an institution has a usable item of sarana prasarana in each of the three classes."""

from collections.abc import Sequence

from services.reporting.measures import runs
from services.reporting.measures.runs import Run
from services.reporting.places import FOREVER
from shared.codes import FacilityClass, FacilityCondition
from shared.events.registry import Facility

CHECK_GOOD_FOR = 12
"""Months."""
USABLE = frozenset({FacilityCondition.BAIK, FacilityCondition.RUSAK_RINGAN})


def usable(facility: Facility) -> list[Run]:
    """The months at whose end it is there and its newest check is not old and found it usable."""
    checks = sorted(facility.checks, key=lambda check: check.on)
    spells = zip(checks, runs.good_for([check.on for check in checks], CHECK_GOOD_FOR), strict=True)
    return runs.common(runs.union([spell for check, spell in spells if check.condition in USABLE]), runs.of([facility]))


def usable_of(facilities: Sequence[Facility], facility_class: FacilityClass) -> list[Run]:
    """The months at whose end some item of a class is usable."""
    return runs.union([run for item in facilities if item.facility_class is facility_class for run in usable(item)])


def equipped(facilities: Sequence[Facility]) -> list[Run]:
    """The months at whose end each class has a usable item."""
    found: list[Run] = [(0, FOREVER)]
    for facility_class in FacilityClass:
        found = runs.common(found, usable_of(facilities, facility_class))
    return found
