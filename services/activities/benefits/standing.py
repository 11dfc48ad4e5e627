"""Help that stands at an activity: while there is any, the activity was held, or is to be, and its record is no entry error.

The caller holds the activity's row; who tells of help holds it too (`finding`), so none is added between look and end.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.language import Text
from shared.problems import Conflict

_STANDING = text("SELECT activity, benefits FROM benefits_standing(:activities)").bindparams(
    bindparam("activities", type_=ARRAY(Uuid))
)


class BenefitsStand(Conflict):
    slug = "benefits-stand"
    title = Text("Masih ada bantuan yang diberikan pada kegiatan ini", "Help that was given at this activity stands")


async def refuse(session: AsyncSession, activity_id: UUID) -> None:
    """Raises BenefitsStand, with how many there are."""
    found = await _of(session, [activity_id])
    if count := found.get(activity_id):
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
    return set(await _of(session, activity_ids)) if activity_ids else set()


async def _of(session: AsyncSession, activity_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much help stands at each, if any: also what the caller may not see, so a function of the database counts it."""
    rows = await session.execute(_STANDING, {"activities": list(activity_ids)})
    return {row.activity: row.benefits for row in rows}
