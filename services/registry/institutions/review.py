"""The way of a registration, and of a change of a verified record: who may take which step from which state.

    draf → diajukan → diperiksa_kecamatan → terverifikasi | ditolak
      dikembalikan ←──────┘ (return from diajukan and diperiksa_kecamatan) and → diajukan again

Source: `domain.md` §6.1. Who submitted decides nothing about it (maker-checker, `design.md` §5).
"""

from collections.abc import Iterable
from enum import StrEnum

from shared.codes import Verification
from shared.language import Text
from shared.problems import Conflict, Forbidden


class Step(StrEnum):
    """A step of a record's life, as it stands in the address: `POST /v1/institutions/{id}/<step>`."""

    SUBMISSION = "submission"
    REVIEW = "review"
    VERIFICATION = "verification"
    RETURN = "return"
    REJECTION = "rejection"
    DORMANCY = "dormancy"
    REACTIVATION = "reactivation"
    CLOSURE = "closure"
    REOPENING = "reopening"
    VOIDING = "voiding"


IN_KEEPERS_HANDS = frozenset({Verification.DRAF, Verification.DIKEMBALIKAN})
"""States in which those who registered the record change it freely."""
UNDER_REVIEW = frozenset({Verification.DIAJUKAN, Verification.DIPERIKSA_KECAMATAN})
"""States in which what the reviewer reads must not move."""

WAY: dict[Step, tuple[frozenset[Verification], Verification]] = {
    Step.SUBMISSION: (IN_KEEPERS_HANDS, Verification.DIAJUKAN),
    Step.REVIEW: (frozenset({Verification.DIAJUKAN}), Verification.DIPERIKSA_KECAMATAN),
    Step.VERIFICATION: (frozenset({Verification.DIPERIKSA_KECAMATAN}), Verification.TERVERIFIKASI),
    Step.RETURN: (UNDER_REVIEW, Verification.DIKEMBALIKAN),
    Step.REJECTION: (frozenset({Verification.DIPERIKSA_KECAMATAN}), Verification.DITOLAK),
}
"""For each step of the way: the states it may be taken from, and the state it leads to."""
NOT_BY_THE_SUBMITTER = frozenset({Step.REVIEW, Step.VERIFICATION, Step.REJECTION})


class WrongState(Conflict):
    slug = "wrong-state"
    title = Text("Langkah ini belum atau tidak lagi mungkin", "This step is not possible in the record's state")


class SubmitterMayNotVerify(Forbidden):
    slug = "submitter-may-not-verify"
    title = Text("Yang mengajukan tidak boleh memeriksa sendiri", "Who submitted a record may not decide about it")


def wrong_state(step: Step, possible: Iterable[Step], **state: str) -> WrongState:
    """The refusal of a step: it names the state the record is in and the steps that are possible from there."""
    here = ", ".join(f"{name} «{value}»" for name, value in state.items())
    steps = [str(other) for other in possible]
    ways = ", ".join(f"«{other}»" for other in steps)
    return WrongState(
        Text(
            f"Langkah «{step}» tidak mungkin pada {here}. Yang mungkin sekarang: {ways or 'tidak ada'}.",
            f"The step «{step}» is not possible at {here}. Possible now: {ways or 'none'}.",
        ),
        extra={"state": state, "possible_steps": steps},
    )


def possible(verification: Verification) -> list[Step]:
    """The steps of the way that may be taken from a state, in the order of the way."""
    return [step for step, (origins, _) in WAY.items() if verification in origins]


def refuse_submitter(step: Step, by: str, submitters: Iterable[str]) -> None:
    """Raises SubmitterMayNotVerify when the caller has ever submitted what the step decides about."""
    if by in submitters:
        raise SubmitterMayNotVerify(
            Text(
                f"Anda yang mengajukan data ini; langkah «{step}» harus dilakukan orang lain.",
                f"You submitted this record; the step «{step}» is for another person.",
            )
        )
