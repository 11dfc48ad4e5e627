"""Whom a batch is about, and which parts of their contributions may change. Pure, on rows that are locked."""

from collections.abc import Iterable
from uuid import UUID

from services.reporting.measures.people import Unit
from services.reporting.people import facts
from services.reporting.people.batch import Batch
from services.reporting.people.facts import Attended
from services.reporting.people.world import EVER
from shared.arrived import Arrived
from shared.events.registry import Family, Person


def people(batch: Batch) -> set[UUID]:
    """The persons who are told of: who came, joined, was helped, is a head, and whose own record it is, or is about."""
    found: set[UUID] = set(batch.told[Unit.PERSON])
    for item in batch.told[Unit.PERSON].values():
        if isinstance(item.state, Person) and item.state.duplicate_of:
            found.add(item.state.duplicate_of)
    for item in batch.told[Unit.FAMILY].values():
        if isinstance(item.state, Family):
            found.update(head.person_id for head in facts.heads(item.state))
    found.update(*(each.after for each in batch.attended.values()))
    found.update(each.state.person_id for each in batch.memberships.values())
    given = (facts.beneficiary(each.state) for each in batch.benefits.values())
    found.update(id_ for unit, id_ in given if unit is Unit.PERSON)
    return found


def records(batch: Batch) -> set[int]:
    """Those who were told of before."""
    found = {each.stored["person_key"] for each in batch.memberships.values()} - {None}
    return found.union(*(each.before for each in batch.attended.values()))


def newer(batch: Batch, unit: Unit) -> dict[int, Arrived]:
    """The events of owners that are newer than their rows, which are locked."""
    found = {}
    for id_, item in batch.told[unit].items():
        key = batch.held.of(unit, id_)
        if batch.held.rows[key].sequence < item.event.sequence:
            found[key] = item
    batch.owners |= found
    return found


def links(batch: Batch) -> dict[int, int | None]:
    """The persons of whom it is told anew whose duplicate they are: by key, of whom."""
    found: dict[int, int | None] = {}
    for key, item in newer(batch, Unit.PERSON).items():
        if isinstance(item.state, Person):
            of = item.state.duplicate_of
            link = batch.held.of(Unit.PERSON, of) if of else None
            if link != batch.held.rows[key].duplicate_of:
                found[key] = link
    return found


def touched(batch: Batch, members: Iterable[int], helped: Iterable[int]) -> set[int]:
    """Asks for what people give that may change; returns those whose membership of anything may be another."""
    asked, roots = batch.asked, _Roots(batch)
    belonging: set[int] = set()
    for key in {*batch.owners, *batch.ends}:
        for root in roots.of(key):
            asked.all_of(root)
            belonging.add(root)
    joined = {batch.held.of(Unit.PERSON, each.state.person_id) for each in batch.memberships.values()}
    joined |= {each.stored["person_key"] for each in batch.memberships.values()} - {None}
    for key in joined:
        for root in roots.of(key):
            asked.all_of(root)
            belonging.add(root)
    for key in members:
        for root in roots.of(key):
            asked.years(root, *EVER)
            asked.belongs.add(root)
    given = (facts.beneficiary(each.state) for each in batch.benefits.values())
    now_helped = {batch.held.of(unit, id_) for unit, id_ in given if unit is Unit.PERSON}
    for key in {*helped, *now_helped}:
        asked.helped.update(roots.of(key))
    asked.organisers.update(*(each.state.organiser_ids for each in batch.sheets.values()))
    for each in batch.attended.values():
        _ask_attended(batch, each, roots)
    return belonging


def _ask_attended(batch: Batch, each: Attended, roots: "_Roots") -> None:
    after = {batch.held.of(Unit.PERSON, id_) for id_ in each.after}
    years = [year for year in (each.year_before, each.year_after) if year is not None]
    for key in after | each.before if each.moved else after ^ each.before:
        for root in roots.of(key):
            batch.asked.years(root, min(years), max(years))


class _Roots:
    """Whom records count as, before and after."""

    def __init__(self, batch: Batch) -> None:
        self._rows = batch.held.rows
        self._ends = batch.ends

    def of(self, key: int) -> set[int]:
        root = self._rows[key].root
        return {root, self._ends.get(key, root)}
