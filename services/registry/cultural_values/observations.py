"""How a value lives on: observations in order of their days, one for each day. Pure.

dijalankan, memudar, hilang may follow anything; dihidupkan_kembali follows memudar or hilang only.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from services.registry.cultural_values.models import Observation
from shared.codes import ValueState
from shared.days import in_the_future
from shared.events.registry import ValueSpell
from shared.language import Text
from shared.problems import Conflict, Fault

BEFORE_REVIVAL = (ValueState.MEMUDAR, ValueState.HILANG)


class LastObservation(Conflict):
    slug = "last-observation"
    title = Text("Ini satu-satunya pengamatan yang berlaku", "It is the only observation that holds")


class ObservationNeeded(Conflict):
    slug = "observation-needed"
    title = Text("Pengamatan sesudahnya bergantung pada pengamatan ini", "A later observation depends on this one")


def holding(observations: Iterable[Observation]) -> list[Observation]:
    """Those that are no entry errors, by day."""
    return sorted((o for o in observations if not o.voided), key=lambda o: o.on)


def spells(observations: Iterable[Observation]) -> list[ValueSpell]:
    """What events tell of them, oldest first."""
    return [ValueSpell(state=o.state, since=o.on) for o in holding(observations)]


def present(observations: Iterable[Observation]) -> tuple[ValueState, date]:
    """The newest state and the first day of its unbroken run. There is at least one observation that holds."""
    *earlier, newest = holding(observations)
    since = newest.on
    for observation in reversed(earlier):
        if observation.state is not newest.state:
            break
        since = observation.on
    return newest.state, since


def faults(known: Sequence[Observation], new: Sequence[tuple[str, Observation]], today: date) -> list[Fault]:
    """What is wrong with new observations, each with its pointer, beside those that are known and right.

    `today` is the local date of the place.
    """
    found: list[Fault] = []
    pointers = {observation.id: pointer for pointer, observation in new}
    by_day = {observation.on: observation for observation in holding(known)}
    for pointer, observation in new:
        if observation.on > today:
            found.append(in_the_future(today, f"{pointer}/on".removeprefix("/")))
        elif observation.on in by_day:
            found.append(_on_that_day(observation.on, pointer))
        else:
            by_day[observation.on] = observation
    for before, revived in _broken([by_day[day] for day in sorted(by_day)]):
        culprit = revived if revived.id in pointers or before is None else before
        found.append(_without_loss(revived.on, pointers[culprit.id]))
    return found


def voided(observations: Sequence[Observation], id: UUID, reason: str) -> list[Observation]:
    """The observations with one of them taken back.

    Raises LastObservation, and ObservationNeeded when a revival that followed it would have nothing to follow.
    """
    after = [o.model_copy(update={"voided": True, "voiding_reason": reason}) if o.id == id else o for o in observations]
    left = holding(after)
    if not left:
        raise LastObservation(
            Text(
                "Catat yang benar sebagai gantinya (`replaces`), atau batalkan seluruh data nilai ini.",
                "Record the right one in its place (`replaces`), or void the whole value.",
            )
        )
    for _, revived in _broken(left):
        raise ObservationNeeded(
            Text(
                f"Pada {revived.on} tercatat dihidupkan kembali. Batalkan dulu pengamatan itu.",
                f"A revival is recorded on {revived.on}. Void that observation first.",
            )
        )
    return after


def _broken(ordered: Sequence[Observation]) -> list[tuple[Observation | None, Observation]]:
    """Each revival that follows no fading and no loss, with what stands before it."""
    pairs = zip([None, *ordered], ordered, strict=False)
    return [
        (before, after)
        for before, after in pairs
        if after.state is ValueState.DIHIDUPKAN_KEMBALI and (before is None or before.state not in BEFORE_REVIVAL)
    ]


def _on_that_day(day: date, pointer: str) -> Fault:
    return Fault(
        "observed-on-that-day",
        Text(f"Sudah ada pengamatan pada {day}.", f"There is an observation on {day} already."),
        Text(
            "Pilih hari lain, atau gantikan pengamatan yang salah dengan `replaces`.",
            "Choose another day, or take the place of one that is wrong with `replaces`.",
        ),
        pointer=f"{pointer}/on",
    )


def _without_loss(day: date, pointer: str) -> Fault:
    return Fault(
        "revived-without-loss",
        Text(
            f"Dihidupkan kembali pada {day}, tetapi sebelumnya tidak memudar atau hilang.",
            f"Revived on {day}, but it neither faded nor was lost before.",
        ),
        Text(
            "Catat dulu kapan ia memudar atau hilang, atau perbaiki keadaannya.",
            "First record when it faded or was lost, or correct the state.",
        ),
        pointer=f"{pointer}/state",
    )
