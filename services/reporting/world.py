"""What the measures see at one moment, and what they give then."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from services.reporting.cells import Sums
from services.reporting.dossiers import Tallies
from services.reporting.measures import Tag, activity, institution, network, village
from services.reporting.places import Village
from shared.events.activities import Activity
from shared.events.registry import Institution, Network


@dataclass
class World:
    """Affected subjects, the villages they lie in, the tallies of owners.

    The measures of one world, taken twice, before and after a change, give what changes.
    """

    activities: dict[UUID, Activity] = field(default_factory=dict)
    networks: dict[UUID, Network] = field(default_factory=dict)
    """They give tallies only."""
    institutions: dict[UUID, Institution] = field(default_factory=dict)
    villages: dict[UUID, Village] = field(default_factory=dict)
    """Those in which these subjects lie, or once lay, and those that give by themselves."""
    giving: Collection[UUID] = ()
    """The villages whose own contributions may change."""
    tallies: Tallies = field(default_factory=dict)

    def needed(self) -> set[UUID]:
        """The villages that its subjects name."""
        found = {state.village_id for state in self.activities.values()}
        return found.union(*(institution.villages_of(state) for state in self.institutions.values()))

    def organised(self, owner: UUID) -> Collection[int]:
        """Quarters in which an institution organised a completed activity."""
        return self.tallies.get(owner, {}).get(Tag.ORGANISED, {})

    def contribute(self, sums: Sums, statistics_from: int) -> None:
        """Gives every contribution of the world's subjects."""
        for item in self.activities.values():
            activity.contribute(item, self.villages[item.village_id], sums.emit)
        for owner, state in self.institutions.items():
            institution.contribute(state, self.organised(owner), self.villages, statistics_from, sums.emit)
        for owner in self.giving:
            tallied = self.tallies.get(owner, {})
            village.contribute(
                self.villages[owner], tallied.get(Tag.AWARENESS, {}), tallied.get(Tag.COVERED, {}), statistics_from,
                sums.emit,
            )  # fmt: skip

    def tally(self) -> Iterator[tuple[UUID, Tag, int, int]]:
        """What the world's subjects add to tallies: (owner, tag, period, amount)."""
        for state in self.activities.values():
            yield from activity.tallies(state)
        for each in self.networks.values():
            yield from network.tallies(each)
