"""Change requests, and the steps they have taken."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.changes import Change
from shared.codes import Verification
from shared.database import code_list
from shared.events.envelope import Part
from shared.mapping import WAITING, Stored


class StepTaken(Part):
    """A step of a change request: which, when, by whom, and why if they said so."""

    step: str
    at: datetime
    by: str
    reason: str | None = None


class ChangeRequest(RegistryTable):
    """A proposed change of a verified institution, on its way. Never published: pending changes are not public state.

    It proposes other content, or one dated step of its life (`step`, from `step_on` on): `changes` shows either.
    All its writers hold the lock on the institution's row. `sequence` is its version and its ETag.
    """

    __tablename__ = "change_request"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"), index=True)
    verification: Mapped[Verification] = mapped_column(code_list(Verification, "verification"))
    waiting_since: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), info=WAITING, comment="When it was submitted, reviewed or returned; null: for nobody"
    )
    voided: Mapped[bool]
    village_code: Mapped[str] = mapped_column(Text(collation="C"), comment="The seat when it was proposed")
    target_village_code: Mapped[str | None] = mapped_column(
        Text(collation="C"), comment="The other seat it proposes: its area sees the request too"
    )
    step: Mapped[str | None] = mapped_column(Text, comment="The dated step it proposes")
    step_on: Mapped[date | None]
    changes: Mapped[dict[str, Change]] = mapped_column(Stored(dict[str, Change]), info={"personal": ("contact",)})
    steps: Mapped[list[StepTaken]] = mapped_column(
        Stored(list[StepTaken]), comment="Its history, oldest first", info={"audited": False}
    )
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index(
            "uq_change_request_open", "institution_id", unique=True,
            postgresql_where=text("NOT voided AND verification NOT IN ('terverifikasi', 'ditolak')"),
        ),
        Index("ix_change_request_changed_at_id", "changed_at", "id"),
        Index("ix_change_request_waiting_since_id", "waiting_since", "id", postgresql_where=text("waiting_since IS NOT NULL")),
    )  # fmt: skip
