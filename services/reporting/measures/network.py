"""LEM-02: where a WKSBM network covers a village, as tallies of the villages of its territory.

It covers a village on a day on which the village lies in its territory, wholly or in part, it is active, its legalisation
is valid, and it has a ketua and a sekretaris in office. Two networks in one village count once, so the village counts by
the sum of these tallies.
"""

from collections.abc import Iterator
from uuid import UUID

from services.reporting.measures import Tag, runs
from services.reporting.measures.completeness import led
from services.reporting.measures.runs import Run
from services.reporting.places import FOREVER
from shared.events.registry import Network


def tallies(network: Network) -> Iterator[tuple[UUID, Tag, int, int]]:
    """(village, tag, month, amount): +1 in the first month at whose end it covers the village, −1 in the first after."""
    for village_id, covered in coverage(network).items():
        for first, end in covered:
            yield village_id, Tag.COVERED, first, 1
            if end < FOREVER:
                yield village_id, Tag.COVERED, end, -1


def coverage(network: Network) -> dict[UUID, list[Run]]:
    """The months at whose end it covers each village of its territory. A voided network covers none."""
    if network.voided:
        return {}
    standing = runs.common(
        runs.common(runs.of(network.active), runs.of(network.legalisations)), led(network.management)
    )
    if not standing:
        return {}
    territory: dict[UUID, list[Run]] = {}
    for piece in network.territory:
        territory.setdefault(piece.village_id, []).append(runs.run(piece))
    return {village_id: runs.common(runs.union(pieces), standing) for village_id, pieces in territory.items()}
