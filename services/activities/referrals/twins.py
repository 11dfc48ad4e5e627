"""The same referral told twice: it is refused, and the other one is named, unless it is said to be another like it."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.referrals.models import Referral
from services.activities.referrals.schemas import ReferralContent
from shared.language import Text
from shared.problems import Conflict


class ReferralAlreadyRecorded(Conflict):
    slug = "referral-already-recorded"
    title = Text("Rujukan ini sudah tercatat", "This referral is recorded already")

    @classmethod
    def of(cls, other: UUID) -> "ReferralAlreadyRecorded":
        """Names the other one, and what to do if it is not the same."""
        return cls(
            Text(
                f"Penerima, perujuk, mitra, hari dan kegiatannya sama dengan rujukan {other}. Bila ini memang rujukan "
                "lain, kirim lagi dengan `again`: true.",
                f"Beneficiary, giver, partner, day and activity are those of the referral {other}. If it is another one "
                "indeed, send it again with `again`: true.",
            ),
            extra={"referral_id": str(other)},
        )


class Key(NamedTuple):
    """What two referrals have in common that are taken for the same.

    The village too: so whoever is told of the other one may see it.
    """

    beneficiary_id: UUID
    giver_id: UUID
    partner_id: UUID
    referred_on: date
    activity_id: UUID | None
    village_id: UUID

    @classmethod
    def of(cls, content: ReferralContent, village_id: UUID) -> Self:
        """Of one as it is told, made in that village."""
        return cls(
            content.beneficiary.id, content.giver.id, content.partner_id, content.referred_on, content.activity_id,
            village_id,
        )  # fmt: skip


async def found(
    session: AsyncSession, told: Collection[ReferralContent], besides: UUID | None = None
) -> dict[Key, UUID]:
    """The referrals, other than entry errors, of the same on the same days, the earliest alike; `besides` one."""
    statement = (
        select(
            Referral.id, Referral.beneficiary_id, Referral.giver_id, Referral.partner_id, Referral.referred_on,
            Referral.activity_id, Referral.village_id,
        )
        .where(
            Referral.beneficiary_id.in_({one.beneficiary.id for one in told}),
            Referral.referred_on.in_({one.referred_on for one in told}),
            ~Referral.voided,
        )
        .order_by(Referral.recorded_at.desc(), Referral.id.desc())
    )  # fmt: skip
    if besides:
        statement = statement.where(Referral.id != besides)
    rows = (await session.execute(statement)).all()
    return {Key(*row[1:]): row.id for row in rows}
