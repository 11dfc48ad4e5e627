"""What crosses HTTP about further fields of institution types."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.registry.type_fields.rules import LARGEST
from shared.codes import InstitutionType

EXAMPLE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "business": {"title": "Jenis usaha", "type": "string", "maxLength": 100},
        "households": {"title": "Jumlah KK", "type": "integer", "minimum": 5, "maximum": 30},
    },
    "required": ["business"],
}
JsonSchema = Annotated[
    dict[str, Any],
    Field(
        description="JSON Schema 2020-12 of one closed object: `additionalProperties: false`, references within it only, "
        f"field names in snake_case, at most {LARGEST // 1024} KiB. Checked formats: date, email, uuid.",
        examples=[EXAMPLE],
    ),
]


class TypeFieldsIn(BaseModel):
    """The next version of a type's further fields."""

    model_config = ConfigDict(extra="forbid")

    json_schema: JsonSchema


class TypeFieldsOut(BaseModel):
    """A version of the further fields of an institution type. Records keep the version they were written by."""

    type: Annotated[InstitutionType, Field(examples=["KUBE"])]
    version: Annotated[
        int, Field(description="1, 2, 3 …; the newest one's is the ETag of the type's fields.", examples=[2])
    ]
    json_schema: JsonSchema
    set_at: datetime
    set_by: Annotated[str, Field(description="Token subject.", examples=["admin-kemensos"])]
