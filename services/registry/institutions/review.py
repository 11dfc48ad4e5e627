"""The way of a registration, and of a change of a verified record: who may take which step from which state.

    draf → diajukan → diperiksa_kecamatan → terverifikasi | ditolak
      dikembalikan ←──────┘ (return from diajukan and diperiksa_kecamatan) and → diajukan again

Source: `domain.md` §6.1. Who wrote any of it decides nothing about it (maker-checker, `design.md` §5).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

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
    MERGER = "merger"
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
FACTS = {
    Step.SUBMISSION: "submitted", Step.REVIEW: "reviewed", Step.VERIFICATION: "verified", Step.RETURN: "returned",
    Step.REJECTION: "rejected", Step.DORMANCY: "made_dormant", Step.REACTIVATION: "reactivated",
    Step.CLOSURE: "closed", Step.REOPENING: "reopened", Step.MERGER: "merged",
    Step.VOIDING: "voided",
}  # fmt: skip
"""The past-tense fact each step is told as."""
NOT_BY_A_MAKER = frozenset({Step.REVIEW, Step.VERIFICATION, Step.REJECTION})
WAITING = UNDER_REVIEW | {Verification.DIKEMBALIKAN}
"""States in which a record waits for somebody: to be decided, or to be corrected."""


class Waiting(Protocol):
    """A record on its way: an institution, or a change request."""

    verification: Any
    voided: Any


class WrongState(Conflict):
    slug = "wrong-state"
    title = Text("Langkah ini belum atau tidak lagi mungkin", "This step is not possible in the record's state")


class NotChangeableNow(Conflict):
    slug = "record-not-changeable"
    title = Text("Data ini sekarang tidak dapat diubah", "The record cannot be changed now")


class MakerMayNotVerify(Forbidden):
    slug = "maker-may-not-verify"
    title = Text("Yang mengisi atau mengajukan tidak boleh memeriksa sendiri", "Who wrote or submitted a record may not decide about it")  # fmt: skip


def voided() -> NotChangeableNow:
    """The refusal of a change of an entry error, of whatever kind of record."""
    return NotChangeableNow(
        Text(
            "Data ini dibatalkan sebagai salah input. Daftarkan yang baru.",
            "It was voided as an entry error. Register a new one.",
        ),
        extra={"state": {"voided": "true"}},
    )


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


def refuse_maker(step: Step, by: str, makers: Iterable[str]) -> None:
    """Raises MakerMayNotVerify when the caller wrote or submitted any of what the step decides about."""
    if by in makers:
        raise MakerMayNotVerify(
            Text(
                f"Anda ikut mengisi atau mengajukan data ini; langkah «{step}» harus dilakukan orang lain.",
                f"You wrote or submitted some of this record; the step «{step}» is for another person.",
            )
        )


def waiting_since(record: Waiting, now: datetime) -> datetime | None:
    """Since when a record waits, of one that takes a step now; None if it waits for nobody."""
    return now if record.verification in WAITING and not record.voided else None
