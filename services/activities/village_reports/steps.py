"""Which steps may follow from where a village's report stands. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from services.activities.activities.steps import WrongState
from services.activities.village_reports.models import VillageReport
from shared.codes import VillageReportState
from shared.language import Text


class Step(StrEnum):
    """The steps of a report, as they stand in addresses."""

    SUBMISSION = "submission"
    ACCEPTANCE = "acceptance"
    RETURN = "return"
    RESTATEMENT = "restatement"
    VOIDING = "voiding"


POSSIBLE: Mapping[VillageReportState, tuple[Step, ...]] = {
    VillageReportState.DIAJUKAN: (Step.SUBMISSION, Step.ACCEPTANCE, Step.RETURN, Step.VOIDING),
    VillageReportState.DIKEMBALIKAN: (Step.SUBMISSION, Step.VOIDING),
    VillageReportState.DITERIMA: (),
}
"""What may follow from each state. An accepted report is restated once it is marked; a voided one stays as it is."""


def possible(report: VillageReport) -> tuple[Step, ...]:
    """The steps that may follow."""
    if report.voided:
        return ()
    return (*POSSIBLE[report.state], *([Step.RESTATEMENT] if report.restate else []))


def require(report: VillageReport, step: Step) -> None:
    """Raises WrongState, which names the state and the possible steps."""
    ways = possible(report)
    if step in ways:
        return
    state = {"state": report.state.value} | {
        name: "true" for name in ("restate", "voided") if getattr(report, name)
    }  # fmt: skip
    here = ", ".join(f"{name} «{value}»" for name, value in state.items())
    named = ", ".join(f"«{way}»" for way in ways)
    raise WrongState(
        Text(
            f"Langkah «{step}» tidak mungkin pada {here}. Yang mungkin sekarang: {named or 'tidak ada'}.",
            f"The step «{step}» is not possible at {here}. Possible now: {named or 'none'}.",
        ),
        extra={"state": state, "possible_steps": list(ways)},
    )
