"""The table of benefits."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import BeneficiaryUnit, HelpKind, OrganisationKind
from shared.database import code_list

SAME = "uq_benefit_same"
"""The index that refuses the same benefit twice."""


class Benefit(ActivitiesTable):
    """A benefit as it stands. `sequence` is its version and its ETag.

    Kinds and notes are told by no entry of the audit trail: who reads that may not read benefits. `lead_*` are the giver, if
    it is an institution, and its seat: they follow it as those of activities do.
    """

    __tablename__ = "benefit"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    beneficiary_unit: Mapped[BeneficiaryUnit] = mapped_column(code_list(BeneficiaryUnit, "beneficiary_unit"))
    beneficiary_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    ppks_kinds: Mapped[list[str]] = mapped_column(
        ARRAY(Text), info={"personal": True}, comment="Codes of the kinds it was of at the time"
    )
    help: Mapped[HelpKind] = mapped_column(code_list(HelpKind, "help"))
    value: Mapped[int | None] = mapped_column(BigInteger, comment="Whole rupiah; null: not stated")
    giver_organisation: Mapped[OrganisationKind] = mapped_column(code_list(OrganisationKind, "giver_organisation"))
    giver_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    lead_institution_id: Mapped[UUID | None] = mapped_column(Uuid, index=True, comment="The giver, if an institution")
    lead_village_code: Mapped[str | None] = mapped_column(Text(collation="C"), index=True, comment="Of its seat")
    given_on: Mapped[date]
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True, comment="Where it was given")
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    activity_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity.id"), index=True)
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), index=True, unique=True)
    notes: Mapped[str | None] = mapped_column(Text, info={"personal": True}, comment="Stay here: they may hold a name")
    member_that_day: Mapped[bool | None] = mapped_column(
        info={"audited": False}, comment="As known when it was written, for display only; null: not of one who can be"
    )
    apart: Mapped[UUID | None] = mapped_column(
        Uuid, info={"audited": False}, comment="Its own id, if it was told that another like it is not the same"
    )
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("(help = 'rujukan') = (referral_id IS NOT NULL)", name="referral_if_rujukan"),
        CheckConstraint(
            "(giver_organisation = 'institution') = (lead_institution_id IS NOT NULL)", name="lead_if_institution"
        ),
        CheckConstraint("(lead_institution_id IS NULL) = (lead_village_code IS NULL)", name="lead_has_seat"),
        Index("ix_benefit_given_on_id", "given_on", "id"),
        Index("ix_benefit_changed_at_id", "changed_at", "id"),
        Index(
            SAME,
            "beneficiary_id", "giver_id", "help", "given_on", "value", "activity_id", "village_id", "apart",
            unique=True, postgresql_nulls_not_distinct=True, postgresql_where=text("NOT voided"),
        ),
    )  # fmt: skip
