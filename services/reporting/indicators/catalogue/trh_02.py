"""TRH-02, plan realisation: activities planned for the period and completed by 30 days after it ÷ planned for it."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="TRH-02",
    version=1,
    name=Text("Realisasi rencana", "Plan realisation"),
    concept=Text("Kegiatan yang terarah: direncanakan, lalu dilaksanakan", "Directed work: planned, then carried out"),
    definition=Text(
        "Kegiatan yang direncanakan untuk periode ini dan selesai paling lambat 30 hari setelah periode berakhir, dibagi "
        "kegiatan yang direncanakan untuk periode ini.",
        "Activities planned for this period and completed by 30 days after its end, divided by activities planned for it.",
    ),
    numerator_text=Text(
        "Kegiatan terencana yang selesai paling lambat 30 hari setelah periode",
        "Planned activities completed by 30 days after the period",
    ),
    denominator_text=Text("Kegiatan yang direncanakan untuk periode ini", "Activities planned for this period"),
    population=Text(
        "Kegiatan dengan versi rencana yang dicatat sebelum hari mulainya; salah input tidak termasuk",
        "Activities with a plan version recorded before its own first day; entry errors are not among them",
    ),
    classification=terms.BY_KIND,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun, masing-masing dihitung sendiri: periode hari terakhir yang direncanakan",
        "Month, quarter, semester and year, each counted by itself: the period of the last planned day",
    ),
    region=terms.WHERE_HELD,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "LKjIP, capaian terhadap rencana; butir C.2 «terarah» pola WKSBM",
        "LKjIP, achievement against plan; item C.2 «terarah» of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran mutu kegiatan; angka bulan tidak dapat dijumlahkan menjadi triwulan.",
        "Not a measure of an activity's quality; months cannot be added up to a quarter.",
    ),
    notes=(
        Text(
            "Dipindah ke periode lain sebelum tanggal rencananya: keluar dari penyebut. Dipindah sesudahnya: tetap dihitung "
            "sebagai tidak terlaksana, dan dihitung lagi di periode baru.",
            "Moved to another period before the planned day: it leaves the denominator. Moved later: it stays as not "
            "realised and counts again in the new period.",
        ),
        Text("Kegiatan yang dibatalkan tetap ada di penyebut.", "A cancelled activity stays in the denominator."),
        Text(
            "Kegiatan yang dicatat setelah dilaksanakan tidak dihitung di mana pun.",
            "An activity recorded after it was held counts nowhere.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.REALISED,
    denominator=terms.PLANNED,
    multiplier=100,
    dimension=Dimension.KIND,
)
