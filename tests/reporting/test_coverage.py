"""The rules of LEM-02, one claim each, and beside its plainest reading: one question per village and last day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.measures import network, village
from shared.codes import NetworkStatus, Role
from shared.events.envelope import Spell
from shared.events.registry import Legalisation, Network, Term, Territory
from tests.reporting import histories
from tests.reporting.histories import VILLAGES
from tests.reporting.last_days import covers, day, months, on_last_days, until

LONG_AGO = date(2020, 1, 1)


def term(role: Role, since: str = "2020-01-01", end: str | None = None) -> Term:
    return Term(role=role, since=day(since), until=until(end))


def wksbm(**parts: Any) -> Network:
    """A network that covers the first village for ever, but for what is told."""
    state: dict[str, Any] = {
        "name": "WKSBM Karangasem", "status": NetworkStatus.AKTIF, "territory": [Territory(village_id=VILLAGES[0])],
        "active": [Spell(since=LONG_AGO)], "legalisations": [Legalisation(number="140/7", since=LONG_AGO)],
        "management": [term(Role.KETUA), term(Role.SEKRETARIS)],
    }  # fmt: skip
    return Network(**(state | parts))


def covered(*networks: Network, at: UUID = VILLAGES[0]) -> list[str]:
    """The months in which these networks cover a village, through its tally."""
    changes: dict[int, int] = {}
    for each in networks:
        for owner, _, month, amount in network.tallies(each):
            if owner == at:
                changes[month] = changes.get(month, 0) + amount
    return months(village.covered(changes))


def test_a_village_is_covered_while_active_legalised_and_led() -> None:
    assert covered(wksbm()) == ["2020-01.."]
    parts: dict[str, Any] = {
        "active": [Spell(since=LONG_AGO, until=day("2025-06-30"))],
        "legalisations": [Legalisation(number="140/7", since=LONG_AGO, until=day("2025-06-30"))],
        "management": [term(Role.KETUA), term(Role.SEKRETARIS, end="2025-06-30")],
        "territory": [Territory(village_id=VILLAGES[0], until=day("2025-06-30"))],
    }
    for name, part in parts.items():
        assert covered(wksbm(**{name: part})) == ["2020-01..2025-05"], name
    for name in ("active", "legalisations", "management"):
        assert covered(wksbm(**{name: []})) == [], name
    assert covered(wksbm(voided=True)) == []


def test_a_decree_that_expired_yesterday_covers_nothing_and_one_valid_today_does() -> None:
    for end, expected in (("2026-03-31", "2026-02"), ("2026-04-01", "2026-03")):
        decree = Legalisation(number="140/7", since=LONG_AGO, until=day(end))
        assert covered(wksbm(legalisations=[decree])) == [f"2020-01..{expected}"]


def test_two_networks_in_one_village_cover_it_once_and_the_last_to_end_uncovers_it() -> None:
    one = wksbm(active=[Spell(since=day("2025-01-10"), until=day("2025-09-01"))])
    other = wksbm(active=[Spell(since=day("2025-05-01"), until=day("2026-02-01"))])
    assert covered(one, other) == ["2025-01..2026-01"]


def test_a_network_covers_every_village_of_its_territory_and_a_part_of_one_as_a_whole() -> None:
    pieces = [
        Territory(village_id=VILLAGES[0], part="Dusun I", until=day("2025-04-01")),
        Territory(village_id=VILLAGES[0], part="Dusun II", since=day("2025-02-01"), until=day("2025-08-01")),
        Territory(village_id=VILLAGES[1]),
    ]
    found = network.coverage(wksbm(territory=pieces))
    assert {owner: months(each) for owner, each in found.items()} == {
        VILLAGES[0]: ["2020-01..2025-07"], VILLAGES[1]: ["2020-01.."],
    }  # fmt: skip
    assert covered(wksbm(territory=pieces)) == ["2020-01..2025-07"]


@given(networks=st.lists(histories.network_states(), max_size=3))
def test_coverage_is_what_each_last_day_says(networks: list[Network]) -> None:
    def standing(each: Network, at: date) -> bool:
        held = {found.role for found in each.management if covers(found.since, found.until, at)}
        spells: Sequence[Sequence[Any]] = each.active, each.legalisations
        return (
            not each.voided
            and {Role.KETUA, Role.SEKRETARIS} <= held
            and all(any(covers(spell.since, spell.until, at) for spell in listed) for listed in spells)
        )

    for place in VILLAGES[:3]:
        changes: dict[int, int] = {}
        for each in networks:
            for owner, _, month, amount in network.tallies(each):
                if owner == place:
                    changes[month] = changes.get(month, 0) + amount
        here = [
            (each, piece) for each in networks for piece in each.territory if piece.village_id == place
        ]  # fmt: skip
        on_last_days(
            village.covered(changes),
            lambda at, here=here: any(  # type: ignore[misc]
                covers(piece.since, piece.until, at) and standing(each, at) for each, piece in here
            ),
        )
