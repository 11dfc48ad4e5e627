"""The kinds of field that benefits and referrals are written with: who was helped, by whom, of which kinds, and money."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from services.activities.activities.fields import Closed
from services.activities.benefits import kinds
from shared.codes import BeneficiaryUnit, OrganisationKind, PpksKind
from shared.fields import VillageCode, printable, unix_lines
from shared.language import Text
from shared.validation import Invalid

MOST = 10**15
"""A quadrillion rupiah: more is a slip of the pen."""


class Beneficiary(Closed):
    """Who was helped: a person, a family or a community of registry's, by its id."""

    unit: Annotated[BeneficiaryUnit, Field(examples=["perorangan"])]
    id: Annotated[UUID, Field(examples=["1b6f0c8e-5d4a-4f27-9a3e-7c21d0b5e964"])]


class Giver(Closed):
    """Who helped: an institution or a network of your area, or a registered partner."""

    organisation: Annotated[OrganisationKind, Field(examples=["institution"])]
    id: Annotated[UUID, Field(examples=["0195a1c4-7e20-7b64-8c3f-52d1e9a4b710"])]


class BeneficiaryChange(Closed):
    """Merge patch of who was helped."""

    unit: BeneficiaryUnit | None = None
    id: UUID | None = None


class GiverChange(Closed):
    """Merge patch of who helped."""

    organisation: OrganisationKind | None = None
    id: UUID | None = None


def _each_once(codes: list[PpksKind]) -> list[PpksKind]:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            raise Invalid(
                "listed-twice",
                Text(f"{code} sudah disebut.", f"{code} is in the list already."),
                Text("Sebut setiap jenis satu kali.", "Name each kind once."),
                at=str(place),
            )
    return codes


Kinds = Annotated[
    list[PpksKind],
    Field(max_length=26, description="Kinds of PPKS it was of at the time; none: of no kind.", examples=[["LUT", "FM"]]),
    AfterValidator(_each_once),
]  # fmt: skip
Rupiah = Annotated[
    int, Field(strict=True, ge=0, le=MOST, description="Whole rupiah; null: not stated.", examples=[150000])
]
Place = Annotated[
    VillageCode, Field(description="Kemendagri code of the village where it was.", examples=["32.04.05.2001"])
]
Notes = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
    Field(
        description="In your words; kept here, never published. Not for the kinds TS, KMIN and ODHA.",
        examples=["Diantar oleh kader posyandu."],
    ),
]


def of_the_unit(codes: Sequence[PpksKind], unit: BeneficiaryUnit) -> None:
    """Raises Invalid for a kind that is not said of a person, a family or a community (`domain.md` §2.1)."""
    fit = kinds.fitting(unit)
    for place, code in enumerate(codes):
        if code not in fit:
            raise Invalid(
                "kind-of-another-unit",
                Text(f"{code} bukan jenis untuk {unit}.", f"{code} is no kind of a {unit}."),
                Text(
                    f"Untuk {unit}: {', '.join(fit)}. Atau perbaiki beneficiary.unit.",
                    f"Of a {unit}: {', '.join(fit)}. Or correct beneficiary.unit.",
                ),
                at=f"ppks_kinds/{place}",
            )


def somewhere(village: str | None, activity_id: UUID | None) -> None:
    """Raises Invalid if neither the village nor an activity tells where it was."""
    if village is None and activity_id is None:
        raise Invalid(
            "missing",
            Text("Tempatnya tidak disebut.", "The place is not given."),
            Text("Isi `village`, atau `activity_id` kegiatannya.", "Give `village`, or the `activity_id`."),
            at="village",
        )


def without_words(codes: Sequence[PpksKind], notes: str | None, at: str = "notes") -> None:
    """Raises Invalid for notes about somebody of whom no reason may be written down."""
    if notes and not kinds.WITHOUT_WORDS.isdisjoint(codes):
        raise Invalid(
            "notes-not-for-this-kind",
            Text(
                "Untuk jenis ini tidak ada catatan bebas yang disimpan.",
                "Nothing is written down in words about this kind.",
            ),
            Text("Kosongkan catatan; jenisnya saja yang disimpan.", "Leave the notes out; only the kind is stored."),
            at=at,
        )
