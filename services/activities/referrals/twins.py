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
    """What two referrals have in common that are taken for the same."""

    beneficiary_id: UUID
    giver_id: UUID
    partner_id: UUID
    referred_on: date
    activity_id: UUID | None

    @classmethod
    def of(cls, content: ReferralContent) -> Self:
        """Of one as it is told."""
        return cls(
            content.beneficiary.id, content.giver.id, content.partner_id, content.referred_on, content.activity_id
        )


async def found(session: AsyncSession, keys: Collection[Key], besides: UUID | None = None) -> dict[Key, UUID]:
    """The referrals, other than entry errors, that have one of these keys: the earliest of each; `besides` one."""
    statement = (
        select(
            Referral.id, Referral.beneficiary_id, Referral.giver_id, Referral.partner_id, Referral.referred_on,
            Referral.activity_id,
        )
        .where(
            Referral.beneficiary_id.in_({key.beneficiary_id for key in keys}),
            Referral.referred_on.in_({key.referred_on for key in keys}),
            ~Referral.voided,
        )
        .order_by(Referral.recorded_at.desc(), Referral.id.desc())
    )  # fmt: skip
    if besides:
        statement = statement.where(Referral.id != besides)
    rows = (await session.execute(statement)).all()
    return {key: row.id for row in rows if (key := Key(*row[1:])) in keys}
