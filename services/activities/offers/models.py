"""The table of offers."""

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.exchange.columns import Sought, constraints
from shared.events.activities import TakeUp
from shared.mapping import DIGEST, Stored


class Offer(Sought):
    """An offer as it stands. `sequence` is its version and its ETag.

    `taken_up` repeats what the answers that stand say of it, so that its event can be built from this row alone.
    """

    __tablename__ = "offer"

    taken_up: Mapped[list[TakeUp]] = mapped_column(Stored(list[TakeUp]), server_default=text("'[]'"), info=DIGEST)
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = constraints(
        "offer", CheckConstraint("(outcome IS NOT NULL) = (state = 'ditutup')", name="outcome_if_closed")
    )
