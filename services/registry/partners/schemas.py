"""What crosses HTTP about partners."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.contact_fields import Address, Email, Phone
from services.registry.partners.fields import RegionCode
from shared.codes import PartnerKind
from shared.fields import Name

Kind = Annotated[
    PartnerKind, Field(description="`perorangan` is a person: its name is told to few.", examples=["dunia_usaha"])
]
PartnerName = Annotated[Name, Field(examples=["PT Sinar Cileunyi"])]
Home = Annotated[
    RegionCode,
    Field(
        description="Region it belongs to, of any level, by Kemendagri code: `ID` for a ministry.", examples=["32.04"]
    ),
]


class PartnerContactIn(BaseModel):
    """Whom to ask at a partner, and how. Never published; shown to those who may read people."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Name | None, Field(examples=["Ibu Wati"])] = None
    phone: Annotated[Phone | None, Field(examples=["0812-0000-0000"])] = None
    email: Annotated[Email | None, Field(examples=["csr@contoh.example"])] = None
    address: Annotated[Address | None, Field(examples=["Jl. Raya Cileunyi 12"])] = None


class PartnerContent(BaseModel):
    """What is declared about a partner."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: PartnerName
    region: Home
    contact: PartnerContactIn | None = None


class PartnerIn(PartnerContent):
    """A new partner. `id` may be made by the sender."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e70"]),
    ] = None  # fmt: skip


class PartnerPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    name: PartnerName | None = None
    region: Home | None = None
    contact: PartnerContactIn | None = None


class PartnerOut(BaseModel):
    """A partner as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e70"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    kind: PartnerKind
    name: Annotated[
        str | None,
        Field(description="Null for kind `perorangan` unless you may read people.", examples=["PT Sinar Cileunyi"]),
    ]
    region: Annotated[str, Field(description="Kemendagri code of the region it belongs to.", examples=["32.04"])]
    region_id: UUID
    region_name: Annotated[str, Field(description="Its official name.", examples=["Kabupaten Bandung"])]
    contact: Annotated[
        PartnerContactIn | None, Field(description="Null if there is none, or unless you may read people.")
    ]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
