"""People counted on the way in: by sex and by age, each adding up to the total, and merge patches of such counts."""

from typing import ClassVar

from pydantic import ValidationInfo, field_validator

from services.activities.activities.fields import Closed, Count
from shared.language import Text
from shared.validation import Invalid


class BySex(Closed):
    """People by sex; `unknown` is sex not recorded."""

    female: Count = 0
    male: Count = 0
    unknown: Count = 0


class ByAge(Closed):
    """People by age band in completed years; `unknown` is age not recorded."""

    age_0_5: Count = 0
    age_6_17: Count = 0
    age_18_59: Count = 0
    age_60_up: Count = 0
    unknown: Count = 0


class Headcount(Closed):
    """People counted, not named. `by_sex` and `by_age`, where given, each add up to `total`."""

    WHO: ClassVar[str]

    total: Count
    by_sex: BySex | None = None
    by_age: ByAge | None = None

    @field_validator("by_sex", "by_age")
    @classmethod
    def _adds_up(cls, part: BySex | ByAge | None, info: ValidationInfo) -> BySex | ByAge | None:
        total, parts = info.data.get("total"), sum(part.model_dump().values()) if part else None
        if total is None or parts is None or parts == total:
            return part
        raise Invalid(
            f"{cls.WHO}-{(info.field_name or '').replace('_', '-')}-disagrees",
            Text(
                f"Jumlah rinciannya {parts}, totalnya {total}.", f"The parts add up to {parts}, the total is {total}."
            ),
            Text(
                "Samakan; yang tidak tercatat masuk ke `unknown`.",
                "Make them agree; what was not recorded is `unknown`.",
            ),
        )


class Invited(Headcount):
    """How many were invited."""

    WHO = "invited"


class Attended(Headcount):
    """How many came; more than were invited is possible."""

    WHO = "attended"


class HeadcountChange(Closed):
    """Merge patch of a headcount."""

    total: Count | None = None
    by_sex: BySex | None = None
    by_age: ByAge | None = None
