"""What the measures see at one moment, and what they give then."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.reporting.cells import Sums
from services.reporting.dossiers import Tallies
from services.reporting.measures import Tag, activity, enrolment, institution, network, report, value, village
from services.reporting.measures.runs import Run
from services.reporting.places import Village
from shared.events.activities import Activity, VillageReport
from shared.events.envelope import State
from shared.events.registry import CulturalValue, Institution, Network

NOUNS: dict[str, type[State]] = {
    each.NOUN: each for each in (Activity, Network, VillageReport, Institution, CulturalValue)
}
"""Nouns that dossiers are kept of."""


@dataclass
class World:
    """Affected subjects, the villages they lie in, the tallies of owners.

    The measures of one world, taken twice, before and after a change, give what changes.
    """

    activities: dict[UUID, Activity] = field(default_factory=dict)
    networks: dict[UUID, Network] = field(default_factory=dict)
    """They give tallies only; so do reports."""
    reports: dict[UUID, VillageReport] = field(default_factory=dict)
    institutions: dict[UUID, Institution] = field(default_factory=dict)
    values: dict[UUID, CulturalValue] = field(default_factory=dict)
    villages: dict[UUID, Village] = field(default_factory=dict)
    """Those in which these subjects lie, or once lay, and those that give by themselves."""
    giving: Collection[UUID] = ()
    """The villages whose own contributions may change."""
    tallies: Tallies = field(default_factory=dict)

    enlisted: Iterable[tuple[UUID, Sequence[Run]]] = ()
    """Memberships: of which institution, in which months. They give tallies only."""

    def take(self, stored: Iterable[tuple[UUID, str, str]]) -> None:
        """Takes dossiers in: subject, noun, state as text."""
        for subject, noun, text in stored:
            self.put(subject, NOUNS[noun].model_validate_json(text))

    def put(self, subject: UUID, state: State) -> None:
        """Takes one subject in."""
        match state:
            case Activity():
                self.activities[subject] = state
            case Network():
                self.networks[subject] = state
            case VillageReport():
                self.reports[subject] = state
            case Institution():
                self.institutions[subject] = state
            case CulturalValue():
                self.values[subject] = state
            case _:
                raise TypeError(f"{type(state).__name__} has no dossier")

    def needed(self) -> set[UUID]:
        """The villages that its subjects name."""
        found = {state.village_id for state in self.activities.values()}
        found.update(*(institution.villages_of(state) for state in self.institutions.values()))
        return found.union(*(state.village_ids for state in self.values.values()))

    def tallied(self, owner: UUID) -> dict[int, dict[int, int]]:
        """An owner's tallies: tag, then period, then amount."""
        return self.tallies.get(owner, {})

    def contribute(self, sums: Sums, statistics_from: int) -> None:
        """Gives every contribution of the world's subjects."""
        emit = sums.emit
        for item in self.activities.values():
            activity.contribute(item, self.villages[item.village_id], emit)
        for owner, state in self.institutions.items():
            institution.contribute(state, self.tallied(owner), self.villages, statistics_from, emit)
        for owner, lived in self.values.items():
            value.contribute(lived, self.tallied(owner), self.villages, statistics_from, emit)
        for owner in self.giving:
            village.contribute(self.villages[owner], self.tallied(owner), statistics_from, emit)

    def tally(self) -> Iterator[tuple[UUID, Tag, int, int]]:
        """What the world's subjects add to tallies: (owner, tag, period, amount)."""
        for state in self.activities.values():
            yield from activity.tallies(state)
        for each in self.networks.values():
            yield from network.tallies(each)
        for told in self.reports.values():
            yield from report.tallies(told)
        yield from enrolment.tallies(self.enlisted)
