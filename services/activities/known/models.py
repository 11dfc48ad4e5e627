"""The copy of what registry has announced, against which requests are checked."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Identity, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable


class KnownRegion(ActivitiesTable):
    """A region as registry last announced it; `code` null if it has no Kemendagri code.

    What lies there is seen by `area_code`: its own code or, once it is no more, that of the region which took over what
    lay there. `follows` while activities hold the former one (`services.activities.known.following`).
    """

    __tablename__ = "known_region"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    code: Mapped[str | None] = mapped_column(Text(collation="C"), index=True, comment="Kemendagri, the current one")
    until: Mapped[date | None] = mapped_column(comment="First day on which it was no more; null while it is there")
    heir_id: Mapped[UUID | None] = mapped_column(
        Uuid, comment="Of one that is no more: the region that took its records"
    )
    area_code: Mapped[str | None] = mapped_column(
        Text(collation="C"), index=True, comment="By which what lies there is seen"
    )
    follows: Mapped[bool] = mapped_column(server_default=text("false"))
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text, comment="A code of registry's; not checked anew here")
    time_zone: Mapped[str] = mapped_column(Text, comment="IANA name of WIB, WITA or WIT")
    ancestors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="From the nation down to the parent")

    __table_args__ = (
        Index("ix_known_region_heir_id", "heir_id", postgresql_where=text("heir_id IS NOT NULL")),
        Index("ix_known_region_follows", "id", postgresql_where=text("follows")),
    )


class KnownRegionCode(ActivitiesTable):
    """A Kemendagri code that a known region has, or had; each event of a region writes its codes anew."""

    __tablename__ = "known_region_code"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    region_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]


class KnownSuccession(ActivitiesTable):
    """That rights over a region hold in another one too, which came out of it."""

    __tablename__ = "known_succession"

    region_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    successor_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class KnownInstitution(ActivitiesTable):
    """An institution as registry last announced it. Its village may be announced later: joined at read, no foreign key."""

    __tablename__ = "known_institution"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text, comment="A code of registry's; not checked anew here")
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True, comment="Its seat, the latest")
    active: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{since, until}], until exclusive or null")
    verification: Mapped[str] = mapped_column(Text, comment="A code of registry's; not checked anew here")
    voided: Mapped[bool]


class KnownOther(ActivitiesTable):
    """A subject of registry's of which activities needs nothing but that it has heard of it, so that it can be waited for."""

    __tablename__ = "known_other"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
