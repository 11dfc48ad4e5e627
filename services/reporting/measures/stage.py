"""LEM-04: what the newest assessment of an institution found, if it is not more than 24 months old."""

from collections.abc import Sequence

from services.reporting.measures import runs
from services.reporting.measures.runs import Run
from shared.codes import DevelopmentStage
from shared.events.registry import Assessment

GOOD_FOR = 24
"""Months."""
ADVANCED = frozenset({DevelopmentStage.BERKEMBANG, DevelopmentStage.MANDIRI})


def standing(assessments: Sequence[Assessment]) -> list[tuple[Assessment, Run]]:
    """Each assessment, oldest first, with the months at whose end it stands; a newer one ends it."""
    ordered = sorted(assessments, key=lambda assessment: assessment.on)
    return list(zip(ordered, runs.good_for([each.on for each in ordered], GOOD_FOR), strict=True))


def assessed(assessments: Sequence[Assessment], *stages: DevelopmentStage) -> list[Run]:
    """The months at whose end an assessment stands that found one of these stages."""
    return runs.union([run for assessment, run in standing(assessments) if assessment.stage in stages])
