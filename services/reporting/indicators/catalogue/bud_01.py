"""BUD-01, local values kept alive: registered values practised in the last twelve months ÷ registered values alive."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Direction
from shared.language import Text

DEFINITION = Definition(
    code="BUD-01",
    version=1,
    name=Text("Nilai budaya lokal yang dijalankan", "Local values kept alive"),
    concept=Text("Pelestarian nilai budaya lokal", "Local cultural values preserved"),
    definition=Text(
        "Nilai budaya lokal terdaftar yang masih hidup dan terkait paling sedikit satu kegiatan selesai dalam 12 bulan "
        "terakhir, dibagi nilai budaya lokal terdaftar yang masih hidup.",
        "Registered local cultural values that are alive and linked to at least one completed activity in the last 12 "
        "months, divided by registered local cultural values that are alive.",
    ),
    numerator_text=Text("Nilai hidup yang dijalankan dalam 12 bulan", "Values alive and practised within 12 months"),
    denominator_text=Text("Nilai hidup pada hari terakhir periode", "Values alive on the period's last day"),
    population=Text(
        "Nilai budaya lokal terdaftar sejak keadaan pertamanya, selain selama keadaannya hilang",
        "Registered local cultural values from their first state on, but for the time in which they are lost (hilang)",
    ),
    classification=terms.UNDIVIDED,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; keadaan pada hari terakhir, kegiatan dalam 12 bulan sampai bulan terakhir",
        "Month, quarter, semester, year; the state on the last day, activities of the 12 months up to the last month",
    ),
    region=Text(
        "Setiap desa tempat nilai itu hidup; di wilayah di atasnya satu nilai dihitung satu kali, bukan dijumlahkan",
        "Every village where it is practised; in a region above a value counts once: it is not added up",
    ),
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Indeks Desa 2025, Kearifan Sosial/Budaya; SDGs Desa tujuan 18; butir E.1.b pola WKSBM",
        "Indeks Desa 2025, Kearifan Sosial/Budaya; SDGs Desa goal 18; item E.1.b of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran kuatnya tradisi: satu kegiatan terkait sudah membuat nilainya dijalankan.",
        "Not a measure of how strong a tradition is: one linked activity makes it practised.",
    ),
    notes=(
        Text(
            "Nilai milik beberapa desa dihitung di setiap desanya, juga bila dijalankan di satu desa saja.",
            "A value of several villages counts in each of them, also if it was practised in one only.",
        ),
        Text(
            "Jendela 12 bulan bergulir, sehingga semua triwulan sebanding.",
            "The window of 12 months rolls, so that all quarters are comparable.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.PRACTISED,
    denominator=terms.ALIVE,
    multiplier=100,
    dimension=None,
)
