"""What an active institution has, or lacks, for LEM-03, LEM-04 and SAR-01."""

from collections.abc import Iterable
from datetime import date

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell
from services.reporting.measures import completeness, facilities, runs, stage
from services.reporting.measures.completeness import ITEMS, Item
from services.reporting.measures.facilities import CHECK_GOOD_FOR, USABLE
from services.reporting.measures.stage import GOOD_FOR
from shared.codes import DocumentKind, FacilityClass, Role
from shared.events.registry import Assessment, Facility, Institution
from shared.language import Text

_ITEMS = {
    Item.PENGURUS: Text("ketua dan sekretaris", "ketua and sekretaris"),
    Item.PENGESAHAN: Text("pengesahan", "legalisation"),
    Item.ATURAN_TERTULIS: Text("aturan tertulis", "written rules"),
    Item.BUKU: Text("buku kas atau buku anggota", "cash book or member book"),
}
_KINDS = {
    Item.PENGESAHAN: (DocumentKind.PENGESAHAN,),
    Item.ATURAN_TERTULIS: (DocumentKind.ATURAN_TERTULIS,),
    Item.BUKU: (DocumentKind.BUKU_KAS, DocumentKind.BUKU_ANGGOTA),
}


def counted(state: Institution, cell: Cell) -> Text:
    """What it has."""
    match cell.term.measure:
        case terms.FULFILLED.measure:
            return _items(state, cell)
        case terms.EQUIPPED.measure:
            return _usable(state, cell.period.last)
        case _:
            newest = _standing(state, cell.period.last)
            assert newest is not None  # noqa: S101  # it is counted
            return _found(newest)


def missing(state: Institution, cell: Cell) -> Text:
    """What an active institution with its seat here lacks."""
    match cell.term.measure:
        case terms.FULFILLED.measure:
            return _items(state, cell)
        case terms.EQUIPPED.measure:
            return _unequipped(state, cell)
        case _:
            newest = _standing(state, cell.period.last)
            return _found(newest) if newest else _not_assessed(state, cell.period.ends)


def _items(state: Institution, cell: Cell) -> Text:
    fulfilled = completeness.fulfilled(state)
    has = [item for item in Item if runs.holds(fulfilled.get(item, ()), cell.period.last)]
    lacks = [_lack(state, item, cell.period.last, cell.period.ends) for item in Item if item not in has]
    texts = [_joined([Text(f"{len(has)} dari {ITEMS} butir", f"{len(has)} of {ITEMS} items")])]
    if has:
        texts.append(_joined([_ITEMS[item] for item in has], "ada: ", "has: "))
    if lacks:
        texts.append(_joined(lacks, "tidak ada: ", "lacks: "))
    return _joined(texts, between="; ")


def _lack(state: Institution, item: Item, month: int, day: date) -> Text:
    """The item, and since when it has been missing if it once was there."""
    named = _ITEMS[item]
    if item is Item.PENGURUS:
        roles = [
            role
            for role in (Role.KETUA, Role.SEKRETARIS)
            if not runs.holds(completeness.in_office(state.officers, role), month)
        ]
        return Text(f"{' dan '.join(roles)} yang menjabat", f"{' and '.join(roles)} in office")
    ended = [
        document.until
        for document in state.documents
        if document.kind in _KINDS[item] and document.until is not None and document.until <= day
    ]
    if not ended:
        return named
    return Text(f"{named.id} (berakhir {max(ended)})", f"{named.en} (ended {max(ended)})")


def _standing(state: Institution, month: int) -> Assessment | None:
    """The assessment that stands at a month's end."""
    return next((each for each, run in stage.standing(state.assessments) if runs.holds([run], month)), None)


def _found(assessment: Assessment) -> Text:
    return Text(
        f"{assessment.stage} menurut penilaian {assessment.on}",
        f"{assessment.stage} by the assessment of {assessment.on}",
    )


def _not_assessed(state: Institution, day: date) -> Text:
    earlier = [each.on for each in state.assessments if each.on <= day]
    if not earlier:
        return Text("belum dinilai", "not assessed")
    return Text(
        f"penilaian terakhir {max(earlier)} sudah {GOOD_FOR} bulan",
        f"the last assessment, of {max(earlier)}, is {GOOD_FOR} months old",
    )


def _usable(state: Institution, month: int) -> Text:
    """One usable item of each class."""
    named = [
        next(
            f"{item.name} ({kind})"
            for item in state.facilities
            if item.facility_class is kind and runs.holds(facilities.usable(item), month)
        )
        for kind in FacilityClass
    ]
    return Text(f"layak pakai: {', '.join(named)}", f"usable: {', '.join(named)}")


def _unequipped(state: Institution, cell: Cell) -> Text:
    """For each class without a usable item, what is the matter with its items."""
    lacks = [
        _joined([_unusable(item, cell) for item in state.facilities if item.facility_class is kind] or [_NOTHING],
                f"{kind}: ", f"{kind}: ")
        for kind in FacilityClass
        if not runs.holds(facilities.usable_of(state.facilities, kind), cell.period.last)
    ]  # fmt: skip
    return _joined(lacks, between="; ")


_NOTHING = Text("tidak ada", "nothing recorded")


def _unusable(item: Facility, cell: Cell) -> Text:
    if not runs.holds([runs.run(item)], cell.period.last):
        return Text(f"{item.name} tidak ada lagi atau belum ada", f"{item.name} not there any more or not yet")
    checks = [check for check in sorted(item.checks, key=lambda check: check.on) if check.on <= cell.period.ends]
    if not checks:
        return Text(f"{item.name} belum diperiksa", f"{item.name} never checked")
    if checks[-1].condition not in USABLE:
        found = checks[-1]
        return Text(f"{item.name} {found.condition} pada {found.on}", f"{item.name} {found.condition} on {found.on}")
    return Text(
        f"{item.name} terakhir diperiksa {checks[-1].on}, sudah {CHECK_GOOD_FOR} bulan",
        f"{item.name} last checked on {checks[-1].on}, {CHECK_GOOD_FOR} months ago or more",
    )


def _joined(texts: Iterable[Text], before_id: str = "", before_en: str = "", between: str = ", ") -> Text:
    listed = list(texts)
    return Text(
        before_id + between.join(text.id for text in listed), before_en + between.join(text.en for text in listed)
    )
