"""Help that stands at an activity: while there is any, the activity was held, or is to be, and its record is no entry error.

The caller holds the activity's row; who tells of help holds it too (`finding`), so none is added between look and end.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits.models import Benefit
from shared.language import Text
from shared.problems import Conflict

_columns = Benefit.__table__.c


class BenefitsStand(Conflict):
    slug = "benefits-stand"
    title = Text("Masih ada bantuan yang diberikan pada kegiatan ini", "Help that was given at this activity stands")


async def refuse(session: AsyncSession, activity_id: UUID) -> None:
    """Raises BenefitsStand, with how many there are."""
    stand = select(func.count()).where(_columns.activity_id == activity_id, ~_columns.voided)
    if count := await session.scalar(stand):
        raise BenefitsStand(
            Text(
                f"Ada {count} bantuan. Batalkan dahulu yang salah catat (POST /v1/benefits/{{id}}/voiding, rujukan: POST "
                "/v1/referrals/{id}/voiding), atau perbaiki kegiatannya (POST …/correction): GET "
                f"/v1/benefits?activity={activity_id}.",
                f"There are {count}. First void those that are entry errors (POST /v1/benefits/{{id}}/voiding, a referral: "
                "POST /v1/referrals/{id}/voiding), or correct their activity (POST …/correction): GET "
                f"/v1/benefits?activity={activity_id}.",
            ),
            extra={"benefits": count},
        )


async def among(session: AsyncSession, activity_ids: Collection[UUID]) -> set[UUID]:
    """Those of these activities at which help stands."""
    if not activity_ids:
        return set()
    statement = select(_columns.activity_id).where(_columns.activity_id.in_(activity_ids), ~_columns.voided)
    return {one for one in await session.scalars(statement) if one}
