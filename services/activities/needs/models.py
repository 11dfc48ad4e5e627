"""The table of needs."""

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.exchange.columns import Sought, constraints
from shared.events.activities import Answer
from shared.mapping import DIGEST, Stored


class Need(Sought):
    """A need as it stands. `sequence` is its version and its ETag.

    `answers` repeats those of `exchange_answer` that stand, so that its event can be built from this row alone.
    """

    __tablename__ = "need"

    answers: Mapped[list[Answer]] = mapped_column(Stored(list[Answer]), server_default=text("'[]'"), info=DIGEST)
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = constraints(
        "need", CheckConstraint("(outcome IS NOT NULL) = (state = 'ditutup')", name="outcome_if_closed")
    )
