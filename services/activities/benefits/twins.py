"""The same benefit told twice: it is refused, and the other one is named, unless it is said to be another like it."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits.models import Benefit
from services.activities.benefits.schemas import BenefitContent
from shared.language import Text
from shared.problems import Conflict


class BenefitAlreadyRecorded(Conflict):
    slug = "benefit-already-recorded"
    title = Text("Bantuan ini sudah tercatat", "This benefit is recorded already")

    @classmethod
    def of(cls, other: UUID) -> "BenefitAlreadyRecorded":
        """Names the other one, and what to do if it is not the same."""
        return cls(
            Text(
                f"Penerima, pemberi, bentuk, hari, nilai dan kegiatannya sama dengan bantuan {other}. Bila ini memang "
                "bantuan lain, kirim lagi dengan `again`: true.",
                f"Beneficiary, giver, help, day, value and activity are those of the benefit {other}. If it is another one "
                "indeed, send it again with `again`: true.",
            ),
            extra={"benefit_id": str(other)},
        )


class Key(NamedTuple):
    """What two benefits have in common that are taken for the same.

    The village too: so whoever is told of the other one may see it.
    """

    beneficiary_id: UUID
    giver_id: UUID
    help: str
    given_on: date
    value: int | None
    activity_id: UUID | None
    village_id: UUID

    @classmethod
    def of(cls, content: BenefitContent, village_id: UUID) -> Self:
        """Of one as it is told, given in that village."""
        return cls(
            content.beneficiary.id, content.giver.id, content.help, content.given_on, content.value, content.activity_id,
            village_id,
        )  # fmt: skip


async def found(
    session: AsyncSession, told: Collection[BenefitContent], besides: UUID | None = None
) -> dict[Key, UUID]:
    """The benefits, other than entry errors, that the same had on the same days, the earliest alike; `besides` one."""
    statement = (
        select(
            Benefit.id, Benefit.beneficiary_id, Benefit.giver_id, Benefit.help, Benefit.given_on, Benefit.value,
            Benefit.activity_id, Benefit.village_id,
        )
        .where(
            Benefit.beneficiary_id.in_({one.beneficiary.id for one in told}),
            Benefit.given_on.in_({one.given_on for one in told}),
            ~Benefit.voided,
        )
        .order_by(Benefit.recorded_at.desc(), Benefit.id.desc())
    )  # fmt: skip
    if besides:
        statement = statement.where(Benefit.id != besides)
    rows = (await session.execute(statement)).all()
    return {Key(*row[1:]): row.id for row in rows}
