"""The table of schemas of further fields."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import InstitutionType
from shared.database import code_list


class TypeFields(RegistryTable):
    """A version of the JSON Schema of an institution type's further fields. Versions are never changed or removed."""

    __tablename__ = "type_fields"

    type: Mapped[InstitutionType] = mapped_column(code_list(InstitutionType, "type"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # json, not jsonb: forms show the fields in the order in which they were written.
    schema: Mapped[dict[str, Any]] = mapped_column(JSON)
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    set_by: Mapped[str] = mapped_column(Text, comment="Token subject")
