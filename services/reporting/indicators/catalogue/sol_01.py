"""SOL-01, self-help share: rupiah from members and the community ÷ rupiah from all sources, over completed activities."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="SOL-01",
    version=1,
    name=Text("Rasio keswadayaan", "Self-help share"),
    concept=Text("Kesetiakawanan: dibiayai bersama oleh warga sendiri", "Solidarity: carried by the community itself"),
    definition=Text(
        "Nilai sumber daya dari anggota dan masyarakat (iuran, jimpitan, donasi warga; tunai, barang, atau tenaga) dibagi "
        "nilai semua sumber daya, dalam kegiatan selesai.",
        "Value of resources from members and the community (iuran, jimpitan, donasi_warga; in cash, goods or labour) divided "
        "by the value of all resources, over completed activities.",
    ),
    numerator_text=Text(
        "Rupiah dari iuran, jimpitan, dan donasi warga", "Rupiah from iuran, jimpitan and donasi_warga"
    ),
    denominator_text=Text("Rupiah dari semua sumber", "Rupiah from all sources"),
    population=Text(
        "Sumber daya kegiatan selesai yang nilainya dicatat, setelah dikurangi pengembalian",
        "Resources of completed activities whose value was stated, refunds taken off",
    ),
    classification=terms.BY_SOURCE,
    measure=Text(
        "Rasio rupiah bulat dalam persen, dibulatkan ke dua desimal",
        "Ratio of whole rupiah in per cent, rounded half up to two places",
    ),
    unit=terms.PERCENT,
    period=terms.FLOW,
    region=terms.WHERE_HELD,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Pedoman WKSBM: dana terutama dari masyarakat; butir B.1 dan B.3 pola WKSBM",
        "WKSBM guideline: funds primarily from the community; items B.1 and B.3 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan laporan keuangan lembaga: hanya sumber daya yang dicatat pada kegiatan.",
        "Not an institution's accounts: only resources recorded with activities.",
    ),
    notes=(
        Text(
            "Tenaga: hari kerja × tarif yang dinyatakan. Tanpa tarif atau nilai tidak dihitung; nilai tidak pernah dikarang.",
            "Labour: days × the stated rate. Without a rate or a value it does not count; no value is ever invented.",
        ),
        Text(
            "Pengembalian mengurangi sumbangan yang sama, pada bulan kegiatannya.",
            "A refund takes off from the same contribution, in the month of its activity.",
        ),
        Text(
            "Dirinci menurut sumber, penyebut adalah rupiah dari sumber itu.",
            "Broken down by source, the denominator is the rupiah of that source.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.SELF_HELP,
    denominator=terms.RESOURCES,
    multiplier=100,
    dimension=Dimension.SOURCE,
)
