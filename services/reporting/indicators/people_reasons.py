"""Why somebody is counted in a number over people, or is not: by which facts, of which days and records. Pure.

Nobody is named: people, families and communities are their ids, which registry tells who may know them.
"""

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell
from services.reporting.indicators.people_candidates import Page
from services.reporting.measures import BENEFICIARY, MEMBER, PARTICIPANT, PPKS
from services.reporting.measures.people import Benefit, Giver, Sheet
from services.reporting.places import Path, Tree, Village
from shared.language import Text

MOST = 5
"""Facts that one sentence tells."""
GIVERS = {
    Giver.INSTITUTION: Text("lembaga", "institution"),
    Giver.NETWORK: Text("WKSBM", "network"),
    Giver.PARTNER: Text("mitra", "partner"),
}


Covers = Callable[[UUID], bool]
"""Whether a village lies in the caller's area today: what came to pass elsewhere is not told."""


def counted(key: int, page: Page, cell: Cell, covers: Covers) -> tuple[Text, list[UUID]]:
    """Why an owner is counted, and in which villages what makes it count lies."""
    if cell.term.group is PARTICIPANT:
        came = _came(key, page, cell)
        return _attendances(came, covers), [sheet.village_id for sheet in came]
    if cell.term.group is MEMBER:
        return _as_member(key, page, cell)
    given = [each for each in _given(key, page, cell) if _of_term(key, each, page, cell)]
    return _benefits(given, covers), [each.village_id for each in given]


def excluded(key: int, page: Page, cell: Cell, covers: Covers) -> tuple[Text, list[UUID]] | None:
    """Why an owner that has to do with a number is not counted; None for one that has not."""
    if cell.term.group is MEMBER:
        return _not_active(key, page, cell)
    if cell.term.group is not BENEFICIARY:
        return None
    given = _given(key, page, cell)
    places = [each.village_id for each in given]
    if given and all(each.giver is Giver.PARTNER for each in given):
        return Text("hanya menerima dari mitra", "helped by partners only"), places
    if given and cell.term.measure == terms.BEYOND.measure:
        told = _benefits(given, covers)
        return Text(
            f"hanya menerima dari lembaganya sendiri: {told.id}", f"helped by their own only: {told.en}"
        ), places  # fmt: skip
    return None


def _here(village: Village, day: date, cell: Cell) -> bool:
    return any(path.tree in (Tree.BOTH, cell.tree) and cell.region in path.keys for path in village.on(day))


def _came(key: int, page: Page, cell: Cell) -> list[Sheet]:
    """What a person came to in the region and period."""
    people = page.people
    found = [
        people.sheets[sheet] for record in people.records.get(key, ()) for sheet in people.attendance.get(record, ())
    ]
    return sorted(
        (
            sheet
            for sheet in found
            if cell.period.begins <= sheet.held_on <= cell.period.ends
            and _here(people.villages[sheet.village_id], sheet.held_on, cell)
        ),
        key=lambda sheet: sheet.held_on,
    )


def _attended(sheet: Sheet) -> Text:
    return Text(
        f"hadir {sheet.held_on} (kegiatan {sheet.activity_id})", f"came {sheet.held_on} (activity {sheet.activity_id})"
    )


def _attendances(came: Iterable[Sheet], covers: Covers) -> Text:
    return _told(_attended(sheet) for sheet in came if covers(sheet.village_id))


def _given(key: int, page: Page, cell: Cell) -> list[Benefit]:
    """What somebody was given in the region and period."""
    people = page.people
    return sorted(
        (
            each
            for each in people.given(key)
            if cell.period.begins <= each.given_on <= cell.period.ends
            and _here(people.villages[each.village_id], each.given_on, cell)
        ),
        key=lambda each: each.given_on,
    )


def _of_term(key: int, each: Benefit, page: Page, cell: Cell) -> bool:
    """Whether a benefit makes somebody count in a number."""
    if cell.term.group is BENEFICIARY:
        inside = each.giver is not Giver.PARTNER
        return inside and (cell.term.measure != terms.BEYOND.measure or not page.people.own(key, each))
    wanted = [number for number in cell.term.only or () if number >= 0]
    return any(each.kinds >> number & 1 for number in wanted) if wanted else bool(each.kinds)


def _benefit(each: Benefit) -> Text:
    giver = GIVERS[each.giver]
    kinds = ", ".join(code for number, code in enumerate(PPKS) if each.kinds >> number & 1)
    of = f", {kinds}" if kinds else ""
    return Text(
        f"bantuan {each.given_on} dari {giver.id} {each.giver_id}{of} ({each.id})",
        f"help {each.given_on} from {giver.en} {each.giver_id}{of} ({each.id})",
    )


def _benefits(given: Iterable[Benefit], covers: Covers) -> Text:
    return _told(_benefit(each) for each in given if covers(each.village_id))


def _in_region(path: Path, run: tuple[int, int], cell: Cell) -> bool:
    here = path.tree in (Tree.BOTH, cell.tree) and cell.region in path.keys
    return here and run[0] <= cell.period.last < run[1]


def _institutions(key: int, page: Page, cell: Cell) -> list[UUID]:
    """The active institutions with a seat in the region of which a person is a member on the period's last day."""
    found = (id_ for id_, path, run in page.people.as_member(key) if _in_region(path, run, cell))
    return list(dict.fromkeys(found))


def _seats(institutions: Iterable[UUID], page: Page) -> list[UUID]:
    return [page.people.standings[id_].seats[-1].village_id for id_ in institutions]


def _to_own(key: int, institutions: list[UUID], page: Page, cell: Cell) -> list[Sheet]:
    people = page.people
    found = {
        sheet: people.sheets[sheet]
        for record in people.records.get(key, ())
        for sheet in people.attendance.get(record, ())
    }
    return sorted(
        (
            sheet
            for sheet in found.values()
            if cell.period.begins <= sheet.held_on <= cell.period.ends and set(institutions) & set(sheet.organiser_ids)
        ),
        key=lambda sheet: sheet.held_on,
    )


def _as_member(key: int, page: Page, cell: Cell) -> tuple[Text, list[UUID]]:
    institutions = _institutions(key, page, cell)
    member = _member(institutions)
    if cell.term.measure == terms.MEMBERS.measure:
        return member, _seats(institutions, page)
    came = _told(map(_attended, _to_own(key, institutions, page, cell)))
    return Text(f"{member.id}; {came.id}", f"{member.en}; {came.en}"), _seats(institutions, page)


def _member(institutions: list[UUID]) -> Text:
    named = ", ".join(map(str, institutions[:MOST]))
    return Text(f"anggota lembaga {named}", f"member of {named}")


def _not_active(key: int, page: Page, cell: Cell) -> tuple[Text, list[UUID]] | None:
    institutions = _institutions(key, page, cell)
    if institutions:
        member = _member(institutions)
        return Text(
            f"{member.id}, tidak hadir dalam kegiatannya", f"{member.en}, came to none of their activities"
        ), _seats(institutions, page)
    once = [each.of for each in page.people.of_person(key) if each.of in page.people.standings]
    if not once:
        return None
    return Text(
        f"pada {cell.period.ends} bukan anggota lembaga aktif di wilayah ini",
        f"no member of an active institution of this region on {cell.period.ends}",
    ), _seats(once, page)


def _told(facts: Iterable[Text]) -> Text:
    """The first of these facts, and how many more there are."""
    listed = list(facts)
    shown, more = listed[:MOST], len(listed) - MOST
    tail = Text(f"; dan {more} lagi", f"; and {more} more") if more > 0 else Text("", "")
    return Text("; ".join(each.id for each in shown) + tail.id, "; ".join(each.en for each in shown) + tail.en)
