"""What was done of operations sent in batches, so that none is done twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable


class BatchOperation(ActivitiesTable):
    """An operation that was done, by the id its caller gave it. What was refused leaves nothing: it may be sent anew."""

    __tablename__ = "batch_operation"

    caller: Mapped[str] = mapped_column(Text, primary_key=True, comment="Client and token subject")
    client_id: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="Of the operation as it was sent")
    scope: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="What the caller could see then")
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
