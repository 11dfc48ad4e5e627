"""The copy of what registry announced about people, families, communities and memberships: random ids, and no names.

Each row is its subject's newest event. What it refers to may be announced later: joined when it is read, no foreign keys.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable

_CODE = "A code of registry's; not checked anew here"


class KnownPerson(ActivitiesTable):
    """A person: a random id, sex, birth year and village."""

    __tablename__ = "known_person"
    __table_args__ = (
        Index("ix_known_person_duplicate_of", "duplicate_of", postgresql_where=text("duplicate_of IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    sex: Mapped[str] = mapped_column(Text, comment=_CODE)
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    village_id: Mapped[UUID | None] = mapped_column(Uuid, comment="Of residence; null: not known")
    duplicate_of: Mapped[UUID | None] = mapped_column(Uuid, comment="The person this record is really about")
    erased: Mapped[bool]
    voided: Mapped[bool]


class KnownFamily(ActivitiesTable):
    """A family and who belongs to it when."""

    __tablename__ = "known_family"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    village_id: Mapped[UUID] = mapped_column(Uuid)
    members: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{person_id, role, since, until}], until exclusive or null"
    )
    voided: Mapped[bool]


class KnownCommunity(ActivitiesTable):
    """A community that is counted as one."""

    __tablename__ = "known_community"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(Text, comment=_CODE)
    village_id: Mapped[UUID] = mapped_column(Uuid)
    voided: Mapped[bool]


class KnownMembership(ActivitiesTable):
    """A person's membership of an institution."""

    __tablename__ = "known_membership"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    spells: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{since, until}], until exclusive or null")
    voided: Mapped[bool]
