"""KSB-01, activity continuity: institutions with a completed activity in each of four quarters ÷ active throughout them."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="KSB-01",
    version=1,
    name=Text("Kesinambungan kegiatan", "Activity continuity"),
    concept=Text("Kegiatan yang berkesinambungan", "Work that goes on"),
    definition=Text(
        "Lembaga yang memimpin atau ikut menyelenggarakan paling sedikit satu kegiatan selesai dalam setiap triwulan dari "
        "empat triwulan terakhir, dibagi lembaga yang aktif setiap hari dalam empat triwulan itu.",
        "Institutions that led or co-organised at least one completed activity in each of the last four quarters, divided "
        "by institutions active on every day of those four quarters.",
    ),
    numerator_text=Text(
        "Lembaga dengan ≥ 1 kegiatan selesai dalam setiap triwulan",
        "Institutions with ≥ 1 completed activity in each quarter",
    ),
    denominator_text=Text(
        "Lembaga yang aktif setiap hari dalam empat triwulan", "Institutions active on every day of the four quarters"
    ),
    population=Text(
        "Lembaga lokal terverifikasi yang aktif sepanjang empat triwulan kalender terakhir",
        "Verified local institutions active throughout the last four calendar quarters",
    ),
    classification=terms.BY_TYPE,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; empat triwulan kalender yang sudah berakhir pada akhir periode",
        "Month, quarter, semester, year; the four calendar quarters that have ended by the period's end",
    ),
    region=terms.WHERE_SEATED,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Butir B.3 dan C.2 «berkesinambungan» pola WKSBM; rumus dari produk ini",
        "Items B.3 and C.2 «berkesinambungan» of the WKSBM pattern; the formula is this product's own",
    ),
    is_not=Text(
        "Bukan banyaknya kegiatan: sepuluh kegiatan dalam satu triwulan tidak menutup triwulan yang kosong.",
        "Not a number of activities: ten in one quarter do not fill an empty one.",
    ),
    notes=(
        Text(
            "Lembaga yang lebih muda dari empat triwulan tidak masuk penyebut; masa vakum memutus «setiap hari».",
            "Institutions younger than four quarters are not in the denominator; a dormant spell breaks «every day».",
        ),
        Text(
            "Menjadi sasaran kegiatan lembaga lain tidak dihitung.",
            "Being the target of another's activity does not count.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.CONTINUING,
    denominator=terms.STEADY,
    multiplier=100,
    dimension=Dimension.TYPE,
)
