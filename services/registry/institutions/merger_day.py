"""What hinders a merger on a day: a part of the institution that begins then or later. It is put right first."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.language import Text
from shared.problems import Conflict

MERGER = "merger"
"""Why a spell or a term ended that a merger ended."""


class BegunAfterMerger(Conflict):
    slug = "begun-after-merger"
    title = Text("Ada yang dimulai setelah hari penggabungan", "Something begins after the day of the merger")


def refuse_begun(collection: str, ids: Sequence[UUID], day: date) -> None:
    """Raises BegunAfterMerger naming the records of a collection that begin on or after the day, if there are any."""
    if not ids:
        return
    shown = ", ".join(str(id) for id in ids[:3])
    raise BegunAfterMerger(
        Text(
            f"{len(ids)} data di /v1/{collection} dimulai pada atau setelah {day}: {shown}. Betulkan dulu, atau pilih hari lain.",
            f"{len(ids)} records of /v1/{collection} begin on or after {day}: {shown}. Correct them first, or give another day.",
        ),
        extra={"collection": collection, "ids": [str(id) for id in ids[:100]]},
    )  # fmt: skip
