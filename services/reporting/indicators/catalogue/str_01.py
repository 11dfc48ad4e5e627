"""STR-01, awareness reach: villages with an awareness activity in the last twelve months ÷ villages."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Direction
from shared.language import Text

DEFINITION = Definition(
    code="STR-01",
    version=1,
    name=Text("Jangkauan penyadaran", "Awareness reach"),
    concept=Text("Strategi penyadaran", "The strategy of raising awareness"),
    definition=Text(
        "Desa dengan paling sedikit satu kegiatan selesai berjenis penyadaran atau sosialisasi_wksbm dalam 12 bulan "
        "terakhir, dibagi jumlah desa dan kelurahan.",
        "Villages with at least one completed activity of kind penyadaran or sosialisasi_wksbm in the last 12 months, "
        "divided by villages (desa and kelurahan).",
    ),
    numerator_text=Text("Desa yang dijangkau dalam 12 bulan", "Villages reached within 12 months"),
    denominator_text=Text("Desa dan kelurahan pada hari terakhir periode", "Villages on the period's last day"),
    population=Text("Desa dan kelurahan di wilayah", "Villages of the region"),
    classification=terms.UNDIVIDED,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; 12 bulan sampai dengan bulan terakhir periode",
        "Month, quarter, semester, year; the 12 months up to the period's last month",
    ),
    region=terms.WHERE_HELD,
    missing=terms.PLACES_THERE,
    source=Text(
        "Langkah «sosialisasi» WKSBM Bantul; butir E.2.a pola WKSBM",
        "The step «sosialisasi» of WKSBM in Bantul; item E.2.a of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan jumlah orang yang sadar: satu kegiatan sudah membuat desanya terjangkau.",
        "Not a number of people aware: one activity makes its village reached.",
    ),
    notes=(
        Text(
            "Jendela 12 bulan bergulir, sehingga semua triwulan sebanding.",
            "The window of 12 months rolls, so that all quarters are comparable.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.REACHED,
    denominator=terms.VILLAGES,
    multiplier=100,
    dimension=None,
    counts_places=True,
)
