"""Regions in time: their dated codes, what they were called and belonged to before, and who took over from whom.

`Region` itself keeps today's values as the fast copy. All runs of dates are half-open; `since` null: since before the
records begin, `until` null: still in force.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import CodeSystem, Confidence, SuccessionKind
from shared.database import code_list


class RegionCode(RegistryTable):
    """A code of a region in one of the two systems. No two regions hold one code of one system on one day."""

    __tablename__ = "region_code"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    region_id: Mapped[UUID] = mapped_column(ForeignKey("region.id"))
    system: Mapped[CodeSystem] = mapped_column(code_list(CodeSystem, "system"))
    code: Mapped[str] = mapped_column(Text(collation="C"), comment="As its system writes it: 32.04 or 3204")
    since: Mapped[date | None]
    until: Mapped[date | None]
    decree: Mapped[str | None] = mapped_column(Text, comment="That gave it; null if not known")

    __table_args__ = (
        CheckConstraint("since < until", name="days"),
        # The digits as a number: comparing texts would take half the time of a whole load.
        ExcludeConstraint(
            (text("(nullif(translate(code, 'ID.', ''), '')::bigint)"), "="),
            ("system", "="),
            (func.daterange(text("since"), text("until")), "&&"),
            name="ex_region_code_one_holder", using="gist",
        ),
        # One code of a system at a time; and how the codes of a region are found.
        Index("uq_region_code_of_region", "region_id", "system", "until", unique=True, postgresql_nulls_not_distinct=True),
        Index("ix_region_code_code_system", "code", "system"),
    )  # fmt: skip


class RegionName(RegistryTable):
    """A name that a region had before today's, which began when the last of these ended."""

    __tablename__ = "region_name"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    region_id: Mapped[UUID] = mapped_column(ForeignKey("region.id"))
    name: Mapped[str] = mapped_column(Text)
    since: Mapped[date | None]
    until: Mapped[date]
    decree: Mapped[str | None] = mapped_column(Text, comment="That gave it; null if not known")

    __table_args__ = (
        CheckConstraint("since < until", name="days"),
        Index("uq_region_name_region_id_until", "region_id", "until", unique=True),
    )


class RegionParent(RegistryTable):
    """A parent that a region had before today's, which began when the last of these ended."""

    __tablename__ = "region_parent"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    region_id: Mapped[UUID] = mapped_column(ForeignKey("region.id"))
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("region.id"))
    since: Mapped[date | None]
    until: Mapped[date]
    decree: Mapped[str | None] = mapped_column(Text, comment="That gave it; null if not known")

    __table_args__ = (
        CheckConstraint("since < until", name="days"),
        Index("uq_region_parent_region_id_until", "region_id", "until", unique=True),
    )


class RegionSuccession(RegistryTable):
    """A region that came out of another on a day, wholly or in part; or may have, if `confidence` is ambiguous.

    An ambiguous one is shown and applied nowhere. `from_id` null: the old code belonged to no region that is known
    here; `to_id` null: nobody knows yet what became of it. `rights_follow`: the people responsible for the old region
    are so for this one too. `takes_records`: what was registered in the old one, which ended, is registered here since.
    """

    __tablename__ = "region_succession"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    from_id: Mapped[UUID | None] = mapped_column(ForeignKey("region.id"), index=True)
    from_code: Mapped[str] = mapped_column(Text(collation="C"), comment="Kemendagri code it had on the day before")
    from_name: Mapped[str] = mapped_column(Text, comment="Name it had on the day before")
    to_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("region.id"), index=True)
    kind: Mapped[SuccessionKind] = mapped_column(code_list(SuccessionKind, "kind"))
    effective_on: Mapped[date] = mapped_column(comment="First day of what came out of it")
    decree: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[Confidence] = mapped_column(code_list(Confidence, "confidence"))
    rights_follow: Mapped[bool]
    takes_records: Mapped[bool]

    __table_args__ = (
        Index(
            "uq_region_succession_link",
            "from_code",
            "to_id",
            "effective_on",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
