"""What may be answered to a referral, and when. Pure."""

from collections.abc import Mapping
from datetime import date

from services.activities.activities.steps import WrongState
from services.activities.benefits import fields
from services.activities.benefits.states import kinds_of
from services.activities.referrals.models import Referral
from services.activities.referrals.schemas import Answer
from shared.codes import ReferralState
from shared.days import in_the_future, too_early
from shared.language import Text
from shared.problems import Fault, InvalidPayload
from shared.validation import Invalid

POSSIBLE: Mapping[ReferralState, tuple[ReferralState, ...]] = {
    ReferralState.DIAJUKAN: (ReferralState.DITERIMA, ReferralState.DITOLAK),
    ReferralState.DITERIMA: (ReferralState.SELESAI,),
    ReferralState.DITOLAK: (),
    ReferralState.SELESAI: (),
}
"""What may be answered in each state. A wrong answer is corrected; a voided referral stays as it is."""


def require(referral: Referral, wanted: ReferralState) -> None:
    """Raises WrongState naming the state and the answers that are possible."""
    possible = () if referral.voided else POSSIBLE[referral.state]
    if wanted in possible:
        return
    here = f"«{referral.state}»"
    voided = Text(" (dibatalkan)", " (voided)") if referral.voided else Text("", "")
    ways = ", ".join(f"«{way}»" for way in possible)
    raise WrongState(
        Text(
            f"Jawaban «{wanted}» tidak mungkin pada {here}{voided.id}. Yang mungkin sekarang: {ways or 'tidak ada'}.",
            f"The answer «{wanted}» is not possible at {here}{voided.en}. Possible now: {ways or 'none'}.",
        ),
        extra={"state": {"state": referral.state.value}, "possible_answers": list(possible)},
    )


def require_standing(referral: Referral) -> None:
    """Raises WrongState when it was voided."""
    if referral.voided:
        raise WrongState(
            Text("Rujukan ini dibatalkan dan tetap begitu.", "This referral is voided and stays so."),
            extra={"state": {"state": referral.state.value, "voided": "true"}, "possible_answers": []},
        )


def refuse(referral: Referral, answer: Answer, today: date) -> None:
    """Raises InvalidPayload for a day before the referral or its earlier answer, or after today; and for words about
    somebody of whom none are written down."""
    faults = day_faults(answer.answered_on, today)
    earliest = referral.answered_on or referral.referred_on
    if answer.answered_on < earliest:
        faults.append(too_early(earliest, "answered_on"))
    try:
        fields.without_words(kinds_of(referral.ppks_kinds), answer.notes)
    except Invalid as words:
        faults.append(Fault(words.code, words.message, words.remedy, pointer=f"/{words.at}"))
    if faults:
        raise InvalidPayload(errors=faults)


def day_faults(answered_on: date | None, today: date) -> list[Fault]:
    """The fault of an answer on a day that has not come."""
    return [in_the_future(today, "answered_on")] if answered_on and answered_on > today else []
