"""The table of referrals."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import BeneficiaryUnit, OrganisationKind, ReferralState
from shared.database import code_list

SAME = "uq_referral_same"
"""The index that refuses the same referral twice."""


class Referral(ActivitiesTable):
    """A referral as it stands. `sequence` is its version and its ETag.

    Kinds and notes are told by no entry of the audit trail: who reads that may not read referrals. `lead_*` are the giver, if
    it is an institution, and its seat: they follow it as those of activities do.
    """

    __tablename__ = "referral"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    beneficiary_unit: Mapped[BeneficiaryUnit] = mapped_column(code_list(BeneficiaryUnit, "beneficiary_unit"))
    beneficiary_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    ppks_kinds: Mapped[list[str]] = mapped_column(
        ARRAY(Text), info={"personal": True}, comment="Codes of the kinds it was of at the time"
    )
    giver_organisation: Mapped[OrganisationKind] = mapped_column(
        code_list(OrganisationKind, "giver_organisation"), comment="Of who referred"
    )
    giver_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    lead_institution_id: Mapped[UUID | None] = mapped_column(Uuid, index=True, comment="The giver, if an institution")
    lead_village_code: Mapped[str | None] = mapped_column(Text(collation="C"), index=True, comment="Of its seat")
    partner_id: Mapped[UUID] = mapped_column(Uuid, index=True, comment="To whom")
    referred_on: Mapped[date]
    state: Mapped[ReferralState] = mapped_column(code_list(ReferralState, "state"))
    answered_on: Mapped[date | None] = mapped_column(comment="Day of the newest answer; null: none yet")
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True, comment="Where it was made")
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    activity_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity.id"), index=True)
    notes: Mapped[str | None] = mapped_column(Text, info={"personal": True}, comment="Stay here: they may hold a name")
    answer_notes: Mapped[str | None] = mapped_column(Text, info={"personal": True}, comment="Stay here, as `notes`")
    apart: Mapped[UUID | None] = mapped_column(
        Uuid, info={"audited": False}, comment="Its own id, if it was told that another like it is not the same"
    )
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("(state = 'diajukan') = (answered_on IS NULL)", name="answered_unless_waiting"),
        CheckConstraint("answered_on >= referred_on", name="answer_order"),
        CheckConstraint(
            "(giver_organisation = 'institution') = (lead_institution_id IS NOT NULL)", name="lead_if_institution"
        ),
        CheckConstraint("(lead_institution_id IS NULL) = (lead_village_code IS NULL)", name="lead_has_seat"),
        Index("ix_referral_referred_on_id", "referred_on", "id"),
        Index("ix_referral_waiting", "referred_on", "id", postgresql_where=text("state = 'diajukan' AND NOT voided")),
        Index("ix_referral_changed_at_id", "changed_at", "id"),
        Index(
            SAME,
            "beneficiary_id", "giver_id", "partner_id", "referred_on", "activity_id", "village_id", "apart",
            unique=True, postgresql_nulls_not_distinct=True, postgresql_where=text("NOT voided"),
        ),
    )  # fmt: skip
