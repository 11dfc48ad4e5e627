"""Which village a code in a payload means: today's code, or an old one that was in force on the activity's day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.activities.known.references import Held, Region
from shared.codes import RegionLevel
from shared.language import Text
from shared.problems import Fault

POINTER = "/village"


@dataclass(frozen=True, slots=True)
class Warned:
    """What was understood otherwise than it was written, and accepted: the field, a stable code, and what it is."""

    pointer: str
    code: str
    message: Text


def meant(code: str, day: date, holders: Sequence[Held]) -> tuple[Region | None, list[Fault], list[Warned]]:
    """The village of a code on the activity's day, what is wrong with it, and what a caller should know.

    `holders` have had the code, the latest last. If just one of them had it that day, it is that one; otherwise the one
    that has it today.
    """
    then = {held.region.id: held for held in holders if held.on(day)}
    held = next(iter(then.values())) if len(then) == 1 else _today(holders)
    if held is None:
        return None, [_ended(code, holders) if holders else _unknown(code)], []
    if held.region.level is not RegionLevel.VILLAGE:
        return None, [_no_village(code, held.region)], []
    region = held.region
    return region, [], [] if region.code == code and region.until is None else [_of_before(code, held)]


def _today(holders: Sequence[Held]) -> Held | None:
    return next((held for held in holders if held.until is None and held.region.until is None), None)


def _of_before(code: str, held: Held) -> Warned:
    region, until = held.region, held.until or held.region.until
    return Warned(
        POINTER,
        "region-code-ended",
        Text(
            f"Kode {code} berakhir pada {until}; dibaca sebagai {region.name}, yang kodenya sekarang {region.area_code}.",
            f"The code {code} ended on {until}; read as {region.name}, whose code is {region.area_code} today.",
        ),
    )


def _ended(code: str, holders: Sequence[Held]) -> Fault:
    now = ", ".join(dict.fromkeys(f"{held.region.area_code} {held.region.name}" for held in holders))
    return Fault(
        "region-code-ended",
        Text(
            f"Kode {code} tidak berlaku pada hari kegiatan.", f"The code {code} was not in force on the activity's day."
        ),
        Text(f"Kode sekarang: {now}.", f"Today's code: {now}."),
        pointer=POINTER,
    )


def _unknown(code: str) -> Fault:
    return Fault(
        "region-unknown",
        Text(f"Wilayah {code} tidak dikenal.", f"The region {code} is not known."),
        Text("Cari kodenya di registri: /v1/regions?q=….", "Look up its code in registry: /v1/regions?q=…."),
        pointer=POINTER,
    )


def _no_village(code: str, region: Region) -> Fault:
    return Fault(
        "region-wrong-level",
        Text(f"{code} adalah {region.name}, bukan desa atau kelurahan.", f"{code} is {region.name}, no village."),
        Text("Tulis kode desa atau kelurahan (10 angka).", "Give the code of a village (10 digits)."),
        pointer=POINTER,
    )
