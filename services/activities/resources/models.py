"""The table of contributions."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Numeric, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import FundingSource, OrganisationKind, ResourceForm
from shared.database import code_list
from shared.events.resources import Refund
from shared.mapping import DIGEST, LATER, Stored


class Resource(ActivitiesTable):
    """One contribution as it stands. `sequence` is its version and its ETag.

    It lies where its receiver had its seat (a network: a village it works in) when it was recorded. Of money only `value`
    is counted, before refunds; none stated counts nowhere. `refunded` is the sum of `refunds`, the oldest first.
    """

    __tablename__ = "resource"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    activity_id: Mapped[UUID | None] = mapped_column(Uuid, index=True, comment="Null: to the organisation itself")
    receiver_kind: Mapped[OrganisationKind] = mapped_column(code_list(OrganisationKind, "receiver_kind"))
    receiver_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    source: Mapped[FundingSource] = mapped_column(code_list(FundingSource, "source"))
    form: Mapped[ResourceForm] = mapped_column(code_list(ResourceForm, "form"))
    value: Mapped[int | None] = mapped_column(BigInteger, comment="Whole rupiah before refunds; null: not stated")
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(14, 3), comment="Of goods, in `unit`")
    unit: Mapped[str | None] = mapped_column(Text)
    days: Mapped[Decimal | None] = mapped_column(Numeric(14, 3), comment="Of labour: person-days")
    rate: Mapped[int | None] = mapped_column(BigInteger, comment="Of labour: stated rupiah a day; null: none")
    partner_id: Mapped[UUID | None] = mapped_column(Uuid)
    received_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text, comment="Stays here: never in events")
    refunds: Mapped[list[Refund]] = mapped_column(Stored(list[Refund]), server_default=text("'[]'"), info=LATER)
    refunded: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=DIGEST)
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("receiver_kind <> 'partner'", name="receiver"),
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("refunded BETWEEN 0 AND coalesce(value, 0)", name="refunded_at_most_value"),
        CheckConstraint("form <> 'tunai' OR value IS NOT NULL", name="cash_valued"),
        CheckConstraint("(form = 'barang') = (quantity IS NOT NULL AND unit IS NOT NULL)", name="goods_measured"),
        CheckConstraint("(form = 'tenaga') = (days IS NOT NULL)", name="labour_in_days"),
        CheckConstraint("form <> 'tenaga' OR (value IS NULL) = (rate IS NULL)", name="labour_valued_by_rate"),
        Index("ix_resource_received_on_id", "received_on", "id"),
        Index("ix_resource_changed_at_id", "changed_at", "id"),
    )
