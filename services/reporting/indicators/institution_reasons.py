"""Why an institution is counted in a number over institutions, or is not. What single indicators say lies beside it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.reporting.indicators import standing_reasons
from services.reporting.indicators.candidates import Page
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell, tallied
from services.reporting.indicators.definitions import Term
from services.reporting.measures import TYPE_NUMBER, Tag, runs
from services.reporting.measures.continuity import QUARTER, WINDOW, steady_months
from services.reporting.measures.institution import empowered
from services.reporting.measures.runs import TRAILING
from services.reporting.measures.survival import YEAR
from services.reporting.periods import Period, PeriodKind, last_day, period_of
from services.reporting.places import FOREVER
from shared.codes import Verification
from shared.events.registry import Institution
from shared.language import Text

_SURVIVAL = (terms.YEAR_BEFORE.measure, terms.SURVIVED.measure)


def counted(subject: UUID, page: Page, cell: Cell) -> Text:
    """Why an institution is counted."""
    state, measure = page.institutions[subject], cell.term.measure
    if measure == terms.ACTIVE.measure:
        since = next(spell.since for spell in state.active if _on(spell.since, spell.until, cell.period.ends))
        return Text(f"aktif sejak {since}", f"active since {since}")
    if measure in _SURVIVAL:
        return _survived(subject, page, cell)
    if measure == terms.EMPOWERED.measure:
        months = [m for m in empowered(tallied(subject, page)) if cell.period.last - TRAILING < m <= cell.period.last]
        last_month = Period(max(months), PeriodKind.MONTH)
        return Text(
            f"sasaran kegiatan pemberdayaan yang selesai dalam {last_month}",
            f"target of an empowering activity completed in {last_month}",
        )
    if measure not in (terms.STEADY.measure, terms.CONTINUING.measure):
        return standing_reasons.counted(state, cell)
    first, last = quarters(cell.period)[0], quarters(cell.period)[-1]
    if measure == terms.STEADY.measure:
        return Text(f"aktif setiap hari {first} sampai {last}", f"active on every day of {first} to {last}")
    return Text(
        f"kegiatan selesai dalam setiap triwulan {first} sampai {last}",
        f"completed activities in each quarter {first} to {last}",
    )


def excluded(subject: UUID, page: Page, cell: Cell) -> Text | None:
    """Why an institution of the region is not counted; None for one of another type, or that never had its seat here."""
    state = page.institutions[subject]
    if cell.term.only is not None and TYPE_NUMBER[state.type] not in cell.term.only:
        return None
    if not _ever_here(state, page, cell):
        return None
    if state.voided:
        return Text("salah input", "an entry error")
    if state.verification is not Verification.TERVERIFIKASI:
        return Text(f"belum terverifikasi ({state.verification})", f"not verified ({state.verification})")
    if cell.term.measure in _SURVIVAL:
        return _not_survived(subject, page, cell)
    if cell.term.measure in (terms.STEADY.measure, terms.CONTINUING.measure):
        return _not_continuing(subject, page, cell)
    inactive = _not_active(state, cell.period.ends)
    if inactive or cell.term.measure == terms.ACTIVE.measure or not _counts(terms.ACTIVE, subject, page, cell):
        return inactive or _elsewhere(cell.period.ends)
    if cell.term.measure == terms.EMPOWERED.measure:
        return Text(
            f"bukan sasaran pelatihan, bimbingan, atau bantuan sarana dalam 12 bulan sampai {cell.period.ends}",
            f"no target of training, guidance or equipment in the 12 months to {cell.period.ends}",
        )
    return standing_reasons.missing(state, cell)


def _counts(term: Term, subject: UUID, page: Page, cell: Cell) -> int:
    """What the record contributes to another term of the same cell."""
    return replace(cell, term=replace(term, only=cell.term.only)).of(subject, page)


def _ever_here(state: Institution, page: Page, cell: Cell) -> bool:
    """Whether a seat of its own lay in the region at any time; that of what it absorbed is another's."""
    return any(
        cell.region in path.keys
        for seat in state.seats
        for path, _, _ in page.villages[seat.village_id].over(0, FOREVER)
    )  # fmt: skip


def _not_continuing(subject: UUID, page: Page, cell: Cell) -> Text:
    state = page.institutions[subject]
    if not any(first <= cell.period.last < end for first, end in steady_months(state.active)):
        first, *_, last = quarters(cell.period)
        return Text(f"tidak aktif setiap hari {first} sampai {last}", f"not active on every day of {first} to {last}")
    held = tallied(subject, page).get(Tag.ORGANISED, {})
    empty = ", ".join(str(quarter) for quarter in quarters(cell.period) if quarter.first not in held)
    if cell.term.measure == terms.CONTINUING.measure and empty:
        return Text(f"tanpa kegiatan selesai dalam {empty}", f"no completed activity in {empty}")
    return _elsewhere(cell.period.ends)


def _survived(subject: UUID, page: Page, cell: Cell) -> Text:
    """Its own survival, and how many that were merged into it go on in it."""
    then, now = last_day(cell.period.last - YEAR), cell.period.ends
    if cell.term.measure == terms.YEAR_BEFORE.measure:
        return Text(f"aktif pada {then}", f"active on {then}")
    state = page.institutions[subject]
    itself = _counts(terms.YEAR_BEFORE, subject, page, cell)
    itself *= runs.holds(runs.of(state.active), cell.period.last)
    others = _counts(terms.SURVIVED, subject, page, cell) - itself
    told = [Text(f"aktif pada {then} dan {now}", f"active on {then} and on {now}")] if itself else []
    if others:
        told.append(
            Text(
                f"{others} lembaga yang aktif pada {then} telah digabung ke sini dan berlanjut pada {now}",
                f"{others} active on {then} merged into it and going on in it on {now}",
            )
        )
    return Text("; ".join(text.id for text in told), "; ".join(text.en for text in told))


def _not_survived(subject: UUID, page: Page, cell: Cell) -> Text:
    state = page.institutions[subject]
    then = last_day(cell.period.last - YEAR)
    if not _counts(terms.YEAR_BEFORE, subject, page, cell):
        return _not_active(state, then) or _elsewhere(then)
    why = _not_active(state, cell.period.ends) or _elsewhere(cell.period.ends)
    if state.successor_id is None:
        return why
    return Text(
        f"{why.id}; digabung ke {state.successor_id}, yang menghitungnya selama aktif",
        f"{why.en}; merged into {state.successor_id}, which counts for it while active",
    )


def _on(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day < until)


def _not_active(state: Institution, day: date) -> Text | None:
    if any(_on(spell.since, spell.until, day) for spell in state.active):
        return None
    stopped = [spell.until for spell in state.active if spell.until is not None and spell.until <= day]
    if stopped:
        return Text(f"tidak aktif sejak {max(stopped)}", f"not active since {max(stopped)}")
    begins = [spell.since for spell in state.active if spell.since > day]
    if begins:
        return Text(f"baru aktif {min(begins)}", f"active only from {min(begins)}")
    return Text("tidak pernah aktif", "never active")


def _elsewhere(day: date) -> Text:
    return Text(f"kedudukannya tidak di wilayah ini pada {day}", f"its seat was not in this region on {day}")


def quarters(period: Period) -> list[Period]:
    """The last four calendar quarters that have ended by the period's end (`semantics.md` §5)."""
    base = period_of(period.last + 1, QUARTER)
    return [Period(base - WINDOW + step, PeriodKind.QUARTER) for step in range(0, WINDOW, QUARTER)]
