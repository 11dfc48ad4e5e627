"""The tables of communities and of those of their people who are known by name."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import CommunityKind
from shared.database import code_list


class Community(RegistryTable):
    """A community as it stands. `households` and `people` are as told, whoever is known by name.

    `sequence` is the record's version and its ETag.
    """

    __tablename__ = "community"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    kind: Mapped[CommunityKind] = mapped_column(code_list(CommunityKind, "kind"))
    name: Mapped[str] = mapped_column(Text)
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), comment="The name without case and accents")
    village_id: Mapped[UUID] = mapped_column(Uuid, comment="Village where it lives")
    village_code: Mapped[str] = mapped_column(Text(collation="C"))
    households: Mapped[int | None]
    people: Mapped[int | None]
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_community_village_code", "village_code"),
        Index("ix_community_sort_name_id", "sort_name", "id"),
        Index("ix_community_changed_at_id", "changed_at", "id"),
    )


class CommunityMember(RegistryTable):
    """A person's days `[since, until)` in a community; a part of the community, changed under its lock."""

    __tablename__ = "community_member"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    community_id: Mapped[UUID] = mapped_column(ForeignKey("community.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        ExcludeConstraint(
            ("community_id", "="), ("person_id", "="), (func.daterange(text("since"), text("until")), "&&"),
            name="once_at_a_time", using="gist", where=text("NOT voided"),
        ),
        Index("ix_community_member_community_id_id", "community_id", "id"),
    )  # fmt: skip
