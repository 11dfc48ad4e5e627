"""The life of a network: which dated step is possible from where, and what it leaves.

    dirintis → dibentuk → disahkan → aktif ⇄ vakum → bubar | digabung

Pure: no clock, no database. Source: `domain.md` §1.4. After every step the spells at work are in order, apart from each
other and not empty, and the last one lasts exactly while the status is `aktif`. A legalisation that has run out changes
no status: it is dated, and numbers look at its days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from shared.codes import NetworkStatus
from shared.days import in_the_future, too_early
from shared.events.envelope import Spell
from shared.language import Text
from shared.problems import Fault, InvalidPayload


class Step(StrEnum):
    """A step of a network's life, as it stands in the address: `POST /v1/networks/{id}/<step>`."""

    FORMATION = "formation"
    LEGALISATION = "legalisation"
    ACTIVATION = "activation"
    DORMANCY = "dormancy"
    REACTIVATION = "reactivation"
    DISSOLUTION = "dissolution"
    MERGER = "merger"
    VOIDING = "voiding"


STEPS: dict[NetworkStatus, tuple[Step, ...]] = {
    NetworkStatus.DIRINTIS: (Step.FORMATION, Step.DISSOLUTION),
    NetworkStatus.DIBENTUK: (Step.LEGALISATION, Step.DISSOLUTION, Step.MERGER),
    NetworkStatus.DISAHKAN: (Step.LEGALISATION, Step.ACTIVATION, Step.DISSOLUTION, Step.MERGER),
    NetworkStatus.AKTIF: (Step.LEGALISATION, Step.DORMANCY, Step.DISSOLUTION, Step.MERGER),
    NetworkStatus.VAKUM: (Step.LEGALISATION, Step.REACTIVATION, Step.DISSOLUTION, Step.MERGER),
    NetworkStatus.BUBAR: (),
    NetworkStatus.DIGABUNG: (),
}
"""The dated steps that are possible from each status. A network that ended stays so: people who begin anew register a
new one."""
FACTS = {
    Step.FORMATION: "formed", Step.LEGALISATION: "legalised", Step.ACTIVATION: "activated", Step.DORMANCY: "made_dormant",
    Step.REACTIVATION: "reactivated", Step.DISSOLUTION: "dissolved", Step.MERGER: "merged", Step.VOIDING: "voided",
}  # fmt: skip
"""The past-tense fact each step is told as."""
ENDED = frozenset({NetworkStatus.BUBAR, NetworkStatus.DIGABUNG})
FORMED = frozenset(NetworkStatus) - ENDED - {NetworkStatus.DIRINTIS}
"""Statuses of a network that has a management and has not ended: another may be merged into it."""
_ENDING = {Step.DISSOLUTION: NetworkStatus.BUBAR, Step.MERGER: NetworkStatus.DIGABUNG}


@dataclass(frozen=True, slots=True)
class Life:
    """The dates of a network's life. `legalised_on`: first day of its first legalisation; `ended_on`: first day it was
    no more."""

    status: NetworkStatus
    initiated_on: date
    formed_on: date | None = None
    legalised_on: date | None = None
    active: Sequence[Spell] = ()
    ended_on: date | None = None


def stepped(life: Life, step: Step, day: date, today: date, at: str) -> Life:
    """The life after a dated step; `at` is the field that holds `day`.

    Raises InvalidPayload for a day in the future (local date of the place) or before what it follows. The caller has
    checked that `STEPS` allows the step.
    """
    _refuse_outside(day, _earliest(life, step), today, at)
    match step:
        case Step.FORMATION:
            return replace(life, status=NetworkStatus.DIBENTUK, formed_on=day)
        case Step.LEGALISATION:
            status = NetworkStatus.DISAHKAN if life.status is NetworkStatus.DIBENTUK else life.status
            return replace(life, status=status, legalised_on=min(life.legalised_on or day, day))
        case Step.ACTIVATION:
            return replace(life, status=NetworkStatus.AKTIF, active=[Spell(since=day)])
        case Step.DORMANCY:
            return replace(life, status=NetworkStatus.VAKUM, active=_until(life.active, day))
        case Step.REACTIVATION:
            return replace(life, status=NetworkStatus.AKTIF, active=_again(life.active, day))
        case Step.DISSOLUTION | Step.MERGER:
            return replace(life, status=_ENDING[step], active=_until(life.active, day), ended_on=day)
        case _:
            raise ValueError(f"{step} has no day")


def _earliest(life: Life, step: Step) -> date:
    """The first day on which the step fits the life so far."""
    if (
        step is Step.LEGALISATION
    ):  # a renewal, or a decree that was found late: it may be of any day since the formation
        return life.formed_on or life.initiated_on
    if life.active:
        last = life.active[-1]
        return last.until or last.since + timedelta(days=1)
    return life.legalised_on or life.formed_on or life.initiated_on


def _until(active: Sequence[Spell], day: date) -> list[Spell]:
    if not active or active[-1].until is not None:  # it was not at work: that gap stays
        return list(active)
    *earlier, last = active
    return [*earlier, Spell(since=last.since, until=day)]


def _again(active: Sequence[Spell], day: date) -> list[Spell]:
    *earlier, last = active
    if day == last.until:  # it never rested: the end was a mistake, and no seam is left in the numbers
        return [*earlier, Spell(since=last.since)]
    return [*active, Spell(since=day)]


def _refuse_outside(day: date, earliest: date, today: date, at: str) -> None:
    if day > today:
        raise InvalidPayload(errors=[in_the_future(today, at)])
    if day < earliest:
        raise InvalidPayload(errors=[too_early(earliest, at)])


def network_ended(ended_on: date, at: str) -> Fault:
    """The fault of a day on which the network was no more."""
    return Fault(
        "network-ended",
        Text(f"Jaringan ini berakhir pada {ended_on}.", f"The network ended on {ended_on}."),
        Text("Isi hari sebelumnya.", "Give an earlier day."),
        pointer=f"/{at}",
    )
