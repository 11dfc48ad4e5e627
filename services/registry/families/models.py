"""The tables of families and of who is in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from services.registry.people.models import PERSONAL
from shared.codes import FamilyRole
from shared.database import code_list
from shared.events.people import FamilyMember as Member
from shared.mapping import Stored


class Family(RegistryTable):
    """A family as it stands. `members` is the truth about who belongs to it, past members included.

    `card` is the family card's number (nomor KK), sealed as a NIK is; `card_index` finds it. `sequence` is the record's
    version and its ETag.
    """

    __tablename__ = "family"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    village_id: Mapped[UUID] = mapped_column(Uuid, comment="Village where it lives")
    village_code: Mapped[str] = mapped_column(Text(collation="C"))
    card: Mapped[str | None] = mapped_column(Text(collation="C"), info=PERSONAL, comment="Sealed: AES-256-GCM")
    card_index: Mapped[str | None] = mapped_column(
        Text(collation="C"), info=PERSONAL, comment="Blind index: HMAC-SHA256 under another key"
    )
    members: Mapped[list[Member]] = mapped_column(Stored(list[Member]))
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("num_nulls(card, card_index) IN (0, 2)", name="card_with_its_index"),
        Index("ix_family_village_code", "village_code"),
        Index("ix_family_card_index", "card_index", postgresql_where=text("card_index IS NOT NULL")),
        Index("ix_family_changed_at_id", "changed_at", "id"),
    )


class FamilyMember(RegistryTable):
    """A place in a family over `[since, until)`, from which the database knows that nobody is in two families at once.

    Rewritten with each change of `Family.members`; a voided family has none.
    """

    __tablename__ = "family_member"

    family_id: Mapped[UUID] = mapped_column(ForeignKey("family.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, comment="In the order of the family's list")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[FamilyRole] = mapped_column(code_list(FamilyRole, "role"))
    since: Mapped[date | None]
    until: Mapped[date | None]

    __table_args__ = (
        ExcludeConstraint(
            ("person_id", "="), (func.daterange(text("since"), text("until")), "&&"),
            name="in_one_family_at_a_time", using="gist",
        ),
    )  # fmt: skip
