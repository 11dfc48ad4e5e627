"""The tables of experiences and of who endorsed them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.exchange.columns import PERSONAL, Posted, constraints
from services.activities.mapping import ActivitiesTable
from shared.codes import ActivityKind, OrganisationKind
from shared.database import code_list
from shared.events.activities import Organisation
from shared.mapping import DIGEST, LATER, Stored


class Experience(Posted):
    """An experience as it stands. `sequence` is its version and its ETag.

    `endorsed_by` repeats the endorsements that stand, oldest first; `uses` counts the activities made after it.
    """

    __tablename__ = "experience"

    kind: Mapped[ActivityKind] = mapped_column(code_list(ActivityKind, "kind"))
    story: Mapped[str] = mapped_column(Text, info=PERSONAL)
    lessons: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    activity_id: Mapped[UUID | None] = mapped_column(Uuid, comment="The activity it comes from")
    cultural_value_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    endorsed_by: Mapped[list[Organisation]] = mapped_column(
        Stored(list[Organisation]), server_default=text("'[]'"), info=DIGEST
    )
    endorsements: Mapped[int] = mapped_column(server_default=text("0"), info=DIGEST, comment="As many stand")
    uses: Mapped[int] = mapped_column(server_default=text("0"), info=LATER)
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = constraints("experience", CheckConstraint("uses >= 0", name="uses"))


class Endorsement(ActivitiesTable):
    """That an organisation found an experience good. Written and withdrawn by who holds the experience's row."""

    __tablename__ = "endorsement"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    experience_id: Mapped[UUID] = mapped_column(ForeignKey("experience.id"), index=True)
    by_kind: Mapped[OrganisationKind] = mapped_column(code_list(OrganisationKind, "by_kind"))
    by_id: Mapped[UUID] = mapped_column(Uuid)
    on_date: Mapped[date] = mapped_column(comment="Local day of the experience's village")
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("by_kind <> 'partner'", name="partner_endorses_not"),
        Index(
            "uq_endorsement_standing",
            "experience_id",
            "by_kind",
            "by_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    @property
    def by(self) -> Organisation:
        """Who endorsed it."""
        return Organisation(organisation=self.by_kind, id=self.by_id)
