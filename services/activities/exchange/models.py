"""The table of answers: to needs, and of those who asked for an offer."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.exchange.columns import PERSONAL
from services.activities.mapping import ActivitiesTable
from shared.codes import OrganisationKind
from shared.database import code_list
from shared.events.activities import Organisation


class ExchangeAnswer(ActivitiesTable):
    """That an organisation answered a need, perhaps with an offer of its own; without a need: that it asked for an offer.

    Written and withdrawn by who holds the row of the need or, without one, of the offer. `message` stays here.
    """

    __tablename__ = "exchange_answer"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    need_id: Mapped[UUID | None] = mapped_column(ForeignKey("need.id"), index=True)
    offer_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer.id"), index=True)
    by_kind: Mapped[OrganisationKind] = mapped_column(code_list(OrganisationKind, "by_kind"))
    by_id: Mapped[UUID] = mapped_column(Uuid)
    message: Mapped[str] = mapped_column(Text, info=PERSONAL)
    on_date: Mapped[date] = mapped_column(comment="Local day of the posting's village")
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("need_id IS NOT NULL OR offer_id IS NOT NULL", name="answers_something"),
        CheckConstraint("by_kind <> 'partner'", name="partner_answers_not"),
        Index(
            "uq_exchange_answer_standing",
            "need_id",
            "offer_id",
            "by_kind",
            "by_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    @property
    def by(self) -> Organisation:
        """Who answered."""
        return Organisation(organisation=self.by_kind, id=self.by_id)
