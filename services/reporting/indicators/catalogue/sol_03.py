"""SOL-03, mutual-help frequency: completed activities of kind gotong_royong ÷ villages."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Direction
from shared.language import Text

DEFINITION = Definition(
    code="SOL-03",
    version=1,
    name=Text("Frekuensi gotong royong per desa", "Mutual-help frequency per village"),
    concept=Text("Solidaritas sosial yang tampak dalam kerja bersama", "Solidarity as it shows in work done together"),
    definition=Text(
        "Jumlah kegiatan selesai berjenis gotong_royong dibagi jumlah desa dan kelurahan di wilayah.",
        "Completed activities of kind gotong_royong divided by the villages (desa and kelurahan) of the region.",
    ),
    numerator_text=Text("Kegiatan gotong royong yang selesai", "Completed activities of mutual help"),
    denominator_text=Text("Desa dan kelurahan pada hari terakhir periode", "Villages on the period's last day"),
    population=Text("Kegiatan selesai berjenis gotong_royong", "Completed activities of kind gotong_royong"),
    classification=terms.UNDIVIDED,
    measure=Text("Rata-rata per desa, dibulatkan ke dua desimal", "Average per village, rounded half up to two places"),
    unit=Text("kegiatan per desa per periode", "activities per village and period"),
    period=terms.FLOW,
    region=terms.WHERE_HELD,
    missing=terms.PLACES_THERE,
    source=Text(
        "IDM dan Indeks Desa 2025, skor frekuensi gotong royong (nilai penuh di atas 2); butir B.1 pola WKSBM",
        "IDM and Indeks Desa 2025, score of mutual-help frequency (full above 2); item B.1 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan jumlah orang yang ikut, dan bukan skor IDM itu sendiri.",
        "Not a number of people who took part, and not IDM's score itself.",
    ),
    notes=(Text("Menghitung kegiatan, bukan orang.", "It counts activities, not people."),),
    direction=Direction.UP,
    numerator=terms.MUTUAL_HELP,
    denominator=terms.VILLAGES,
    multiplier=1,
    dimension=None,
    counts_places=True,
)
