"""LEM-01, institutions per village: verified institutions active on the period's last day ÷ villages."""

from dataclasses import replace

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="LEM-01",
    version=1,
    name=Text("Kepadatan lembaga per desa", "Institutions per village"),
    concept=Text("Kelembagaan sosial lokal", "Local social institutions"),
    definition=Text(
        "Jumlah lembaga lokal terverifikasi yang aktif pada hari terakhir periode dibagi jumlah desa dan kelurahan.",
        "Verified local institutions active on the period's last day divided by villages (desa and kelurahan).",
    ),
    numerator_text=Text("Lembaga aktif pada hari terakhir periode", "Institutions active on the period's last day"),
    denominator_text=Text("Desa dan kelurahan pada hari terakhir periode", "Villages on the period's last day"),
    population=Text(
        "Lembaga lokal terverifikasi; mitra, nilai budaya, dan jejaring WKSBM tidak termasuk",
        "Verified local institutions; partners, cultural values and WKSBM networks are not among them",
    ),
    classification=terms.BY_TYPE,
    measure=Text("Rata-rata per desa, dibulatkan ke dua desimal", "Average per village, rounded half up to two places"),
    unit=Text("lembaga per desa", "institutions per village"),
    period=terms.AT_END,
    region=terms.WHERE_SEATED,
    missing=terms.SILENT,
    source=Text(
        "Profil WKSBM, lebih dari 50 kelompok per desa (Gunungkidul); butir B.3 dan D.1 pola WKSBM",
        "WKSBM profiles, more than 50 groups in a village (Gunungkidul); items B.3 and D.1 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran mutu: banyak kelompok kecil tidak lebih baik daripada sedikit kelompok kuat. Bukan untuk peringkat.",
        "Not a measure of quality: many tiny groups are not better than few strong ones. Not for ranking.",
    ),
    notes=(
        Text(
            "Setelah diverifikasi, lembaga dihitung sejak tanggal aktif yang dinyatakan, juga untuk bulan sebelum verifikasi.",
            "Once verified, an institution counts from its declared start, also for months before the verification.",
        ),
        Text("Masa vakum dan setelah tutup tidak dihitung.", "Dormant spells and days after the closure do not count."),
    ),
    direction=Direction.CONTEXT,
    numerator=terms.ACTIVE,
    denominator=terms.VILLAGES,
    multiplier=1,
    dimension=Dimension.TYPE,
    counts_places=True,
)

SECOND = replace(DEFINITION, version=2, missing=terms.PLACES_THERE)
"""Villages report by the month: one that reported has no institutions, one that did not is not known."""
