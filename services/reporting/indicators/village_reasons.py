"""Why a village is counted in STR-01's reach or LEM-02's coverage, or is not."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from services.reporting.indicators.candidates import Page
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell, tallied
from services.reporting.measures import Tag, runs
from services.reporting.measures.completeness import in_office
from services.reporting.measures.network import coverage
from services.reporting.measures.runs import TRAILING
from services.reporting.periods import Period, PeriodKind
from shared.codes import Role
from shared.events.registry import Network
from shared.language import Text


def counted(subject: UUID, page: Page, cell: Cell) -> Text:
    """Why a village is counted."""
    if cell.term == terms.VILLAGES:
        return Text("desa atau kelurahan di wilayah ini", "a village of this region")
    if cell.term == terms.COVERED:
        names = ", ".join(f"«{network.name}»" for network in _covering(subject, page, cell.period.last))
        return Text(
            f"dicakup {names}: aktif, pengesahan berlaku, ketua dan sekretaris menjabat",
            f"covered by {names}: active, legalised, ketua and sekretaris in office",
        )
    held = tallied(subject, page).get(Tag.AWARENESS, {})
    months = [month for month in held if cell.period.last - TRAILING < month <= cell.period.last]
    last = Period(max(months), PeriodKind.MONTH)
    return Text(f"kegiatan penyadaran selesai dalam {last}", f"awareness activity completed in {last}")


def excluded(subject: UUID, page: Page, cell: Cell) -> Text | None:
    """Why a village that lies in the region is not counted."""
    place = page.villages[subject]
    if (place.since and place.since > cell.period.ends) or (place.until and place.until <= cell.period.ends):
        return Text("tidak ada pada hari terakhir periode", "did not exist on the period's last day")
    if cell.term == terms.COVERED:
        return _uncovered(subject, page, cell)
    if cell.term == terms.REACHED:
        return Text(
            f"tanpa kegiatan penyadaran selesai dalam 12 bulan sampai {cell.period.ends}",
            f"no awareness activity completed in the 12 months to {cell.period.ends}",
        )
    return None


def _covering(village: UUID, page: Page, month: int) -> list[Network]:
    return [
        network for network in page.networks.get(village, []) if runs.holds(coverage(network).get(village, ()), month)
    ]


def _uncovered(village: UUID, page: Page, cell: Cell) -> Text:
    """What each network of the village lacks on the period's last day."""
    here = [
        network
        for network in page.networks.get(village, [])
        if runs.holds((runs.run(piece) for piece in network.territory if piece.village_id == village), cell.period.last)
    ]
    if not here:
        return Text("tidak ada WKSBM di desa ini", "no network works in this village")
    told = [(network.name, list(_missing(network, cell.period.last, cell.period.ends))) for network in here]
    return Text(
        "; ".join(f"«{name}»: {', '.join(text.id for text in missing)}" for name, missing in told),
        "; ".join(f"«{name}»: {', '.join(text.en for text in missing)}" for name, missing in told),
    )


def _missing(network: Network, month: int, day: date) -> Iterator[Text]:
    if not runs.holds(runs.of(network.active), month):
        yield Text("tidak aktif", "not active")
    if not runs.holds(runs.of(network.legalisations), month):
        ended = [each.until for each in network.legalisations if each.until is not None and each.until <= day]
        yield (
            Text(f"pengesahan tidak berlaku sejak {max(ended)}", f"legalisation not in force since {max(ended)}")
            if ended
            else Text("belum disahkan", "not legalised")
        )
    for role in (Role.KETUA, Role.SEKRETARIS):
        if not runs.holds(in_office(network.management, role), month):
            yield Text(f"tanpa {role} yang menjabat", f"no {role} in office")
