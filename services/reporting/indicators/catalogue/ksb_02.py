"""KSB-02, 12-month survival: active a year ago and still, or merged into one that is ÷ active a year ago."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="KSB-02",
    version=1,
    name=Text("Kelangsungan lembaga 12 bulan", "12-month survival"),
    concept=Text("Lembaga yang bertahan", "Institutions that last"),
    definition=Text(
        "Lembaga yang aktif pada hari terakhir bulan 12 bulan sebelumnya dan aktif pada hari terakhir periode, atau telah "
        "digabung ke lembaga yang aktif pada hari itu, dibagi lembaga yang aktif 12 bulan sebelumnya.",
        "Institutions active on the last day of the month 12 months before and on the period's last day, or merged into one "
        "that is active on that day, divided by institutions active 12 months before.",
    ),
    numerator_text=Text(
        "Lembaga yang masih aktif atau berlanjut dalam penerusnya",
        "Institutions still active or going on in a successor",
    ),
    denominator_text=Text("Lembaga yang aktif 12 bulan sebelumnya", "Institutions active 12 months before"),
    population=Text(
        "Lembaga lokal terverifikasi yang aktif pada hari terakhir bulan 12 bulan sebelumnya",
        "Verified local institutions active on the last day of the month 12 months before",
    ),
    classification=Text(
        "Menurut jenis lembaga (type); lembaga yang digabung menurut jenisnya sendiri",
        "By type of institution (type); a merged one by its own type",
    ),
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; hari terakhir periode dibandingkan dengan 12 bulan sebelumnya",
        "Month, quarter, semester, year; the period's last day against 12 months before",
    ),
    region=Text(
        "Desa kedudukan lembaga 12 bulan sebelumnya; wilayah di atasnya menjumlahkan pembilang dan penyebut",
        "The village of the institution's seat 12 months before; regions above add numerators and denominators",
    ),
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Butir B.3 pola WKSBM; rumus dari produk ini",
        "Item B.3 of the WKSBM pattern; the formula is this product's own",
    ),
    is_not=Text(
        "Penutupan yang direncanakan bukan kegagalan: kelompok program memang selesai. Alasan penutupan ada di riwayat lembaga.",
        "A planned closure is no failure: groups of a programme end with it. The reason of each closure stands in the "
        "institution's history.",
    ),
    notes=(
        Text(
            "Digabung ke penerus yang aktif dihitung berlanjut, juga melalui beberapa penggabungan.",
            "Merged into a living successor counts as surviving, also through several mergers.",
        ),
        Text(
            "Tutup dan dibuka kembali dalam 12 bulan dihitung berlanjut hanya bila aktif pada hari terakhir; vakum pada hari itu "
            "tidak.",
            "Closed and reopened within the 12 months counts as surviving only if active on the last day; dormant on that "
            "day does not.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.SURVIVED,
    denominator=terms.YEAR_BEFORE,
    multiplier=100,
    dimension=Dimension.TYPE,
)
