"""What crosses HTTP about local cultural values and how they are observed to live on."""

from datetime import date, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.codes import ValueKind, ValueState
from shared.fields import Day, Name, VillageCode, printable, unix_lines

MOST_VILLAGES = 500
MOST_INSTITUTIONS = 500
MOST_AT_ONCE = 50
MOST_OBSERVATIONS = 500
"""Entry errors among them: the record stays one that an event and an answer can carry."""
Item = TypeVar("Item")


def _once(items: list[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


def _words(longest: int) -> tuple[StringConstraints, AfterValidator, BeforeValidator]:
    limits = StringConstraints(strip_whitespace=True, min_length=3, max_length=longest)
    return limits, AfterValidator(printable), BeforeValidator(unix_lines)


Kind = Annotated[ValueKind, Field(examples=["tradisi"])]
ValueName = Annotated[Name, Field(examples=["Sambatan"])]
LocalName = Annotated[Name, Field(description="What people there call it.", examples=["Sambatan gugur gunung"])]
Description = Annotated[str, *_words(4000), Field(examples=["Warga bersama membangun rumah tetangga tanpa upah."])]
Evidence = Annotated[
    str, *_words(2000), Field(description="What shows it; never published.", examples=["Foto kegiatan, 14 Maret 2026."])
]
Villages = Annotated[
    list[VillageCode],
    Field(min_length=1, max_length=MOST_VILLAGES, description="Codes of the villages where it is practised.",
          examples=[["32.04.05.2001"]]),
    AfterValidator(_once),
]  # fmt: skip
Institutions = Annotated[
    list[UUID],
    Field(max_length=MOST_INSTITUTIONS, description="Institutions of your area that practise it."),
    AfterValidator(_once),
]


class ValueObservationIn(BaseModel):
    """How the value was lived, as seen on a day."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[ValueState, Field(examples=["dijalankan"])]
    on: Annotated[Day, Field(description="Day of the observation, one for each day.", examples=["2026-03-14"])]
    evidence: Evidence


class NewObservation(ValueObservationIn):
    """A further observation, or one in place of another."""

    replaces: Annotated[
        UUID | None, Field(description="The observation that was an entry error; this one takes its place.")
    ] = None


class CulturalValueContent(BaseModel):
    """What is declared about a local cultural value."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: ValueName
    local_name: LocalName | None = None
    description: Description | None = None
    villages: Villages
    institution_ids: Institutions = []


class CulturalValueIn(CulturalValueContent):
    """A new value with what has been observed of it. `id` may be made by the sender."""

    observations: Annotated[
        list[ValueObservationIn],
        Field(min_length=1, max_length=MOST_AT_ONCE, description="How it was lived, as far as known."),
    ]
    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e72"]),
    ] = None  # fmt: skip


class CulturalValuePatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes, a list replaces the whole list."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    name: ValueName | None = None
    local_name: LocalName | None = None
    description: Description | None = None
    villages: Villages | None = None
    institution_ids: Institutions | None = None


class ValueObservationOut(BaseModel):
    """One observation; `voided`: an entry error, with the reason, or with the observation that took its place."""

    id: UUID
    state: ValueState
    on: date
    evidence: Annotated[str, Field(examples=["Foto kegiatan, 14 Maret 2026."])]
    recorded_by: Annotated[str, Field(description="Token subject of the one who recorded it.", examples=["operator-1"])]
    recorded_at: datetime
    voided: bool
    voiding_reason: Annotated[str | None, Field(examples=["Salah desa."])]
    replaced_by: UUID | None


class PracticePlaceOut(BaseModel):
    """A village where the value is practised."""

    village: Annotated[str, Field(description="Its Kemendagri code.", examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str, Field(description="Its official name.", examples=["Cileunyi Kulon"])]


class CulturalValueOut(BaseModel):
    """A local cultural value as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e72"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    kind: ValueKind
    name: Annotated[str, Field(examples=["Sambatan"])]
    local_name: Annotated[str | None, Field(examples=["Sambatan gugur gunung"])]
    description: Annotated[str | None, Field(examples=["Warga bersama membangun rumah tetangga tanpa upah."])]
    villages: Annotated[list[PracticePlaceOut], Field(description="By code.")]
    institution_ids: list[UUID]
    state: Annotated[ValueState, Field(description="How it is lived, by the newest observation.")]
    state_since: Annotated[date, Field(description="First day of that state, as far as observed.")]
    observations: Annotated[list[ValueObservationOut], Field(description="By day, entry errors among them.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
