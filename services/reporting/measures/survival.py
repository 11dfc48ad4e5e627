"""KSB-02: which institutions that were active a year ago are active today, or went on in one that is.

Each institution gives for itself where it is active on both days. One that was merged into another gives nothing more
then; its successor gives for it, at the seat and of the type that it had, as long as the successor is active. Either
dossier alone says so: the absorbed one ends on the day of the merger in both.
"""

from collections.abc import Sequence

from services.reporting.measures import runs
from services.reporting.measures.runs import Run
from services.reporting.periods import first_month_ending_in
from services.reporting.places import FOREVER
from shared.events.registry import Absorbed

YEAR = 12


def survived(active: Sequence[Run]) -> list[Run]:
    """The months at whose end it is active and was so twelve months before."""
    return runs.common(runs.later(active, YEAR), active)


def carried_on(absorbed: Absorbed, active: Sequence[Run]) -> list[Run]:
    """The months at whose end an absorbed institution that was active twelve months before goes on in its successor.

    `active` are the successor's months. Where the absorbed one is said to be at work by itself again, it gives for
    itself.
    """
    merged = first_month_ending_in(absorbed.merged_on)
    before = runs.of([spell for spell in absorbed.active if spell.since < absorbed.merged_on])
    again = runs.of([spell for spell in absorbed.active if spell.since >= absorbed.merged_on])
    then = runs.later(runs.common(before, [(0, merged)]), YEAR)
    return runs.without(runs.common(runs.common(then, active), [(merged, FOREVER)]), again)
